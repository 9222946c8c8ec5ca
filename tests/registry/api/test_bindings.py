import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import ISCC, PDQ64, Fingerprint
from myself_i2i.fingerprint.iscc import iscc_unit
from myself_i2i.registry.api.bindings import ISCC_NAME, PDQ64_NAME, Binding, read_binding, score

CODE = bytes(range(32))
UNIT = iscc_unit(Fingerprint(ISCC, CODE))
TEXT_UNIT = b"\x20\x01" + bytes(8)  # a unit of another type, 64 bits
CODES = st.binary(min_size=32, max_size=32)


def written(data: bytes) -> str:
    return base64.b64encode(data).decode()


class TestReadBinding:
    @given(CODES)
    def test_pdq64(self, code: bytes) -> None:
        """The 32 bytes of our own fingerprint, in either alphabet, with padding or without."""
        forms = {
            written(code),
            written(code).rstrip("="),
            base64.urlsafe_b64encode(code).decode(),
        }
        assert {Binding(PDQ64, code)} == {read_binding(PDQ64_NAME, form) for form in forms}

    @given(CODES)
    def test_iscc(self, code: bytes) -> None:
        """An ISCC-UNIT of an image with 256 bits, as our marks carry it."""
        unit = iscc_unit(Fingerprint(ISCC, code))
        assert Binding(ISCC, code) == read_binding(ISCC_NAME, written(unit))

    def test_sequence(self) -> None:
        """Of several units (IEP-0020) the image's is taken, wherever it stands."""
        assert Binding(ISCC, CODE) == read_binding(ISCC_NAME, written(TEXT_UNIT + UNIT + TEXT_UNIT))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            (PDQ64_NAME, ""),
            (PDQ64_NAME, "????"),
            (PDQ64_NAME, written(CODE[:31])),
            (PDQ64_NAME, written(CODE).replace("A", " ", 1)),
            (PDQ64_NAME, "A"),
            (ISCC_NAME, written(CODE)),
            (ISCC_NAME, written(UNIT[:-1])),
            (ISCC_NAME, written(TEXT_UNIT)),
            (ISCC_NAME, written(b"\x21\x01" + bytes(8))),
            ("pdq64_v1", written(CODE)),
            ("com.adobe.trustmark.P", written(CODE)),
            ("", written(CODE)),
        ],
    )
    def test_refused(self, name: str, value: str) -> None:
        """Anything else is no binding that is looked up here."""
        with pytest.raises(InputError):
            read_binding(name, value)

    @given(st.sampled_from([ISCC_NAME, PDQ64_NAME]), st.binary(max_size=80))
    def test_anything(self, name: str, data: bytes) -> None:
        """Strangers' bytes give a code of 256 bits or our own error."""
        with contextlib.suppress(InputError):
            assert 32 == len(read_binding(name, written(data)).code)


class TestScore:
    def test_scale(self) -> None:
        """100 for equal codes alone, falling, 0 from half the bits on."""
        scores = [score(distance) for distance in range(257)]
        assert (100, 99, 75, 0) == (scores[0], scores[1], scores[31], scores[128])
        assert scores == sorted(scores, reverse=True)
        assert 1 == scores.count(100)
