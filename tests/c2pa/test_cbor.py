from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.c2pa import _cbor
from myself_i2i.errors import Error, InputError

SCALARS = (
    st.integers(-(2**64), 2**64 - 1)
    | st.binary()
    | st.text()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text() | st.integers(-9, 99), inner, max_size=5)
    ),
    max_leaves=20,
)


class TestDecode:
    @given(VALUES)
    def test_same_as_cbor2(self, value: Any) -> None:
        """What a general encoder writes is read back the same."""
        assert value == _cbor.decode(cbor2.dumps(value))

    @given(st.binary(max_size=200))
    def test_fuzz(self, data: bytes) -> None:
        """Any bytes give a value or our error, and where both decoders answer they answer alike."""
        try:
            ours = _cbor.decode(data)
        except Error:
            return
        if _is_plain(ours):
            assert repr(cbor2.loads(data)) == repr(ours)

    def test_tag(self) -> None:
        """A tag is kept and not acted upon, even one that asks a general decoder for work."""
        assert _cbor.Tagged(35, "(a+)+$") == _cbor.decode(cbor2.dumps(cbor2.CBORTag(35, "(a+)+$")))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x01\x01",
            b"\x5f\x41\x01\xff",
            b"\x9f\xff",
            b"\xa2\x01\x02\x01\x03",
            b"\xa1\x80\x01",
            b"\x61\xff",
            b"\x81" * 17 + b"\x01",
            b"\x9b" + b"\xff" * 8,
            b"\xbb" + b"\xff" * 8,
            b"\x5b" + b"\xff" * 8,
            b"\x9a\x00\x01\x86\xa0" + b"\x01" * 100_000,
            b"\x1c",
            b"\xf8\x20",
        ],
        ids=lambda data: data[:6].hex(),
    )
    def test_refused(self, data: bytes) -> None:
        """Leftovers, open lengths, repeated keys, depth, and lengths that promise more than there is."""
        with pytest.raises(InputError):
            _cbor.decode(data)


class TestEncode:
    @given(st.text(max_size=300))
    def test_text(self, text: str) -> None:
        """Text is written as the general encoder writes it."""
        assert cbor2.dumps(text) == _cbor.encode_text(text)

    @pytest.mark.parametrize("length", [0, 23, 24, 255, 256, 65_535, 65_536])
    def test_bytes_header(self, length: int) -> None:
        """Byte strings too, at every change of width."""
        assert cbor2.dumps(bytes(length)) == _cbor.encode_bytes_header(length) + bytes(length)


def _is_plain(value: Any) -> bool:
    """No tags in it: those a general decoder turns into other things."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return not isinstance(value, _cbor.Tagged)
