from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.marking.short_code import code_of, find_codes, read_code

DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)


class TestCodeOf:
    def test_vector(self) -> None:
        """The code is fixed for ever: 50 bits in Crockford's base32, then Luhn's check modulo 32."""
        assert "00000-00000-0" == code_of("00" * 32)
        assert "ZZZZZ-ZZZZZ-A" == code_of("ff" * 32)
        assert "04HMA-SW9NF-0" == code_of("0123456789abcdef" * 4)

    @given(DIGESTS)
    def test_round(self, digest: str) -> None:
        """Every code reads back as itself."""
        assert code_of(digest) == read_code(code_of(digest))

    @pytest.mark.parametrize("digest", ["", "12", "AB" * 32, "é" * 64])
    def test_refused(self, digest: str) -> None:
        """Only a digest has a code."""
        with pytest.raises(InputError):
            code_of(digest)


class TestReadCode:
    @given(DIGESTS)
    def test_forgiving(self, digest: str) -> None:
        """Case, spaces, missing hyphens and the letters that look like digits do not matter."""
        code = code_of(digest)
        written = code.replace("-", " ").lower().replace("1", "l").replace("0", "o")
        assert code == read_code(written)

    @given(DIGESTS, st.integers(0, 10), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    def test_one_wrong(self, digest: str, place: int, wrong: str) -> None:
        """One wrong character is always noticed."""
        plain = code_of(digest).replace("-", "")
        if plain[place] == wrong:
            return
        with pytest.raises(InputError):
            read_code(plain[:place] + wrong + plain[place + 1 :])

    @pytest.mark.parametrize("text", ["", "7K3QM", "U" * 11, "00000-00000-1", "é" * 11, "0" * 100])
    def test_refused(self, text: str) -> None:
        """What is no code is refused."""
        with pytest.raises(InputError):
            read_code(text)


class TestFindCodes:
    def test_in_post(self) -> None:
        """Codes are found in running text, once each, and words that look like one are not."""
        code = code_of("12" * 32)
        text = f"目印コード {code}、もう一度 {code.lower()} / HELLO-WORLD-X ABC{code}"
        assert (code,) == find_codes(text)
