"""Values of soft bindings, as clients send them: which algorithm, and the bits that are looked up. Pure.

Names and values are those of the C2PA Soft Binding Resolution API 2.4; what a value holds is spec/registry-api.md.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import ISCC, PDQ64
from myself_i2i.wording import Text

__all__ = ["BITS", "ISCC_NAME", "NAMES", "PDQ64_NAME", "Binding", "read_algorithm", "read_binding", "score"]

ISCC_NAME: Final = "io.iscc.v0"
"""In the C2PA list of soft binding algorithms; the value is one or more ISCC-UNITs (IEP-0020)."""
PDQ64_NAME: Final = "org.myself-i2i.pdq64.v1"
"""Ours; the value is the 32 bytes of `pdq64_v1`."""
BITS: Final = 256
"""Both kinds of code have so many."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_SHOWN: Final = 60
_CONTENT_IMAGE: Final = 0x21  # ISO 24138: main type "content", sub type "image"
_LAST_TYPE: Final = 4  # meta, semantic, content, data, instance: the units that have a length of their own
_LAST_LENGTH: Final = 7  # 256 bits
_HEADER: Final = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """One soft binding to look up."""

    algorithm: str
    """The kind of fingerprint, in our own words: `PDQ64` or `ISCC`."""
    code: bytes
    """Its 256 bits."""


def read_algorithm(name: str) -> str:
    """Return our word for the algorithm that the C2PA API calls `name`; raises `InputError` for others."""
    if name not in NAMES:
        raise InputError(
            Text(
                en="got the algorithm {got!r}, wanted one of {wanted}",
                ja="アルゴリズム {got!r} は使えません（使えるもの: {wanted}）",
            ).format(got=name[:_SHOWN], wanted=", ".join(NAMES))
        )
    return NAMES[name]


def read_binding(name: str, value: str) -> Binding:
    """Return what the value of the algorithm `name` looks up; raises `InputError` when it is none.

    Base64 of either alphabet, padding may be left out.
    """
    algorithm = read_algorithm(name)
    return Binding(algorithm, _READERS[algorithm](_decoded(value)))


def score(distance: int) -> int:
    """Return `similarityScore`: 100 for equal codes only, 0 at half the bits, where unrelated pictures lie."""
    return max(0, 100 - -(-distance * 200 // BITS))


def _decoded(value: str) -> bytes:
    if _BASE64.fullmatch(value):
        try:
            plain = value.rstrip("=").replace("-", "+").replace("_", "/")
            return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):
            pass
    raise InputError(
        Text(en="the value is not base64", ja="value が base64 ではありません"),
        hint=Text(en="in a query string, + is written %2B", ja="クエリ文字列では + を %2B と書きます"),
    )


def _pdq64(data: bytes) -> bytes:
    if len(data) * 8 != BITS:
        raise InputError(
            Text(
                en="got a value of {size} bytes, wanted 32", ja="value は32バイトのはずです（{size} バイト）"
            ).format(size=len(data))
        )
    return data


def _iscc(data: bytes) -> bytes:
    """Return the code of the first image unit among the ISCC-UNITs that stand one behind the other."""
    rest = data
    while len(rest) > _HEADER:
        kind, version, length = rest[0], rest[1] >> 4, rest[1] & 15
        stop = _HEADER + (length + 1) * 4
        if kind >> 4 > _LAST_TYPE or version or length > _LAST_LENGTH or len(rest) < stop:
            break
        if kind == _CONTENT_IMAGE and length == _LAST_LENGTH:
            return rest[_HEADER:stop]
        rest = rest[stop:]
    raise InputError(
        Text(
            en="the value holds no ISCC image unit of 256 bits",
            ja="value に、256ビットのISCC画像ユニットが含まれていません",
        ),
        hint=Text(
            en="the unit is 2 bytes of header, 0x21 0x07, and 32 bytes of code",
            ja="ユニットは、ヘッダー2バイト（0x21 0x07）と符号32バイトです",
        ),
    )


NAMES: Final = {PDQ64_NAME: PDQ64, ISCC_NAME: ISCC}
"""What may be asked for -> our own word for it."""
_READERS: Final[dict[str, Callable[[bytes], bytes]]] = {PDQ64: _pdq64, ISCC: _iscc}
