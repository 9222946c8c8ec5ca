"""The small part of CBOR (RFC 8949) that COSE signatures and C2PA claims use, read with bounds.

A general decoder does more than a stranger's bytes may ask for (regular expressions, fractions, dates, shared
references out of tags). This one knows integers, strings, arrays, maps, tags left as they are, and the simple
values; definite lengths only, no repeated map keys, shallow. What it does not know is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["Tagged", "decode", "encode_bytes_header", "encode_text"]

_DEPTH: Final = 16
_ITEMS: Final = 50_000

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)  # RFC 8949 §3.1
_SIMPLE_VALUES: Final = {20: False, 21: True, 22: None}  # 23 is "undefined": C2PA has no use for it
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_INDEFINITE: Final = 31


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag and its value, uninterpreted."""

    tag: int
    """The tag number."""
    value: Any
    """The value under it."""


def decode(data: bytes) -> Any:
    """Return the one item that `data` is, whole.

    Raises:
        InputError: not CBOR, not of the supported part, past a bound, or bytes left over.
    """
    walker = _Walker(data)
    value = walker.item(_DEPTH)
    if walker.at != len(data):
        raise _bad(Text(en="bytes after the item", ja="値のあとに余分なデータがあります"))
    return value


def encode_text(text: str) -> bytes:
    """Return `text` as a CBOR text string."""
    raw = text.encode()
    return _header(_TEXT, len(raw)) + raw


def encode_bytes_header(length: int) -> bytes:
    """Return the header of a CBOR byte string of `length` bytes, so that large content needs no copy."""
    return _header(_BYTES, length)


def _header(major: int, length: int) -> bytes:
    if length < 24:  # noqa: PLR2004 - RFC 8949 §3: lengths below 24 stand in the first byte
        return bytes([major << 5 | length])
    for extra, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if length < 1 << 8 * struct.calcsize(form):
            return bytes([major << 5 | extra]) + struct.pack(form, length)
    raise _bad(
        Text(en="length past 64 bits", ja="長さが64ビットを超えています")
    )  # pragma: no cover - no such bytes object exists


def _bad(why: Text) -> InputError:
    return InputError(
        Text(en=f"a signature's cbor cannot be read: {why.en}", ja=f"署名のCBORを読み取れません: {why.ja}")
    )


class _Walker:
    """A cursor over the bytes; one per `decode`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.items = 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise _bad(Text(en="it ends early", ja="途中で終わっています"))
        found = self.data[self.at : self.at + count]
        self.at += count
        return found

    def item(self, depth: int) -> Any:
        # Recursion is bounded by `depth`, the number of items by `_ITEMS`: a megabyte of empty arrays is refused.
        self.items += 1
        if depth == 0 or self.items > _ITEMS:
            raise _bad(Text(en="too deep or too many items", ja="入れ子が深すぎるか、項目が多すぎます"))
        first = self.take(1)[0]
        major, extra = first >> 5, first & 31
        if major == _SIMPLE:
            return self.simple(extra)
        length = self.length(extra)
        match major:
            case 0 | 1:
                return length if major == _UNSIGNED else -1 - length
            case 2 | 3:
                return self.take(length) if major == _BYTES else self.text(length)
            case 4 | 5:
                return self.array(length, depth) if major == _ARRAY else self.map(length, depth)
        return Tagged(length, self.item(depth - 1))

    def array(self, length: int, depth: int) -> list[Any]:
        return [self.item(depth - 1) for _ in range(min(length, _ITEMS + 1))]

    def length(self, extra: int) -> int:
        if extra < 24:  # noqa: PLR2004 - RFC 8949 §3
            return extra
        if extra > 27:  # noqa: PLR2004 - 28..30 are reserved, 31 is indefinite
            raise _bad(Text(en="indefinite or reserved length", ja="対応していない長さの書き方です"))
        return int.from_bytes(self.take(1 << extra - 24), "big")

    def simple(self, extra: int) -> Any:
        if extra in _SIMPLE_VALUES:
            return _SIMPLE_VALUES[extra]
        if extra in _FLOATS:
            form = _FLOATS[extra]
            return struct.unpack(form, self.take(struct.calcsize(form)))[0]
        raise _bad(Text(en="unknown simple value", ja="対応していない値です"))

    def text(self, length: int) -> str:
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as cause:
            raise _bad(Text(en="text that is not utf-8", ja="UTF-8ではない文字列があります")) from cause

    def map(self, length: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(min(length, _ITEMS + 1)):
            key = self.item(depth - 1)
            # Two values under one key would let two readers see two different signatures.
            if not isinstance(key, int | str | bytes) or key in found:
                raise _bad(
                    Text(
                        en="a repeated or structured map key",
                        ja="同じ名前の項目が2つあるか、名前の形式が違います",
                    )
                )
            found[key] = self.item(depth - 1)
        return found
