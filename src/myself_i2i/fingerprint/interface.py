"""What a fingerprint is: a named algorithm and the bytes it makes of a picture's looks.

A fingerprint says how a picture looks, never who made it; two pictures can be near by chance, and how often they
are is measured in docs/closeness.md. Shipped algorithms never change: a better one gets another name.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["HEX", "ISCC", "ORIGIN", "PARTS", "PDQ", "PDQ64", "PDQ64_FLAT", "Bits", "Bytes", "Fingerprint"]

Bytes = NDArray[np.uint8]
"""Samples 0..255: shape (height, width) for grey, (height, width, 3) for sRGB."""
Bits = NDArray[np.bool_]

PDQ: Final = "pdq_v1"
"""PDQ as ThreatExchange defines it, of the picture at its own size: for interchange. 32 bytes."""
PDQ64: Final = "pdq64_v1"
"""Ours: PDQ's transform on an area mean of 64 x 64 grey samples, all in integers. 32 bytes."""
PDQ64_FLAT: Final = "pdq64flat_v1"
"""The same bytes, of a picture with little structure: near to less, so looked up apart and more strictly."""
ISCC: Final = "iscc_v0"
"""The ISCC image code (ISO 24138), for the C2PA soft binding `io.iscc.v0`. 8 to 32 bytes."""
ORIGIN: Final = "origin_v1"
"""Layout kept while texture changed: a vector of int8, compared by cosine."""
PARTS: Final = "parts_v1"
"""Local features with their places, at most 4,096 bytes: for crops, collages and pasted regions."""

HEX: Final = frozenset({PDQ, PDQ64, PDQ64_FLAT})
"""Written as lower-case hexadecimal, as ThreatExchange does; all others as base64url without padding."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One picture by one algorithm."""

    algorithm: str
    """Its name with the version in it, one of the constants of this module."""
    value: bytes
    """What the algorithm made."""
    quality: int = 100
    """0..100, how much there was to hold on to; a flat picture has little, and matches by chance."""

    @property
    def text(self) -> str:
        """The value as statements and marks carry it."""
        if self.algorithm in HEX:
            return self.value.hex()
        return base64.urlsafe_b64encode(self.value).rstrip(b"=").decode()

    @classmethod
    def from_text(cls, algorithm: str, text: str, *, quality: int = 100) -> Self:
        """Return the fingerprint that `text` writes down; raises `InputError` for anything `text` would not write."""
        try:
            if algorithm in HEX:
                value = bytes.fromhex(text)
            else:
                value = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (ValueError, binascii.Error) as error:
            raise _not_written(algorithm, text) from error
        found = cls(algorithm, value, quality)
        if found.text != text:  # one value, one spelling: spaces, capitals and padding are refused
            raise _not_written(algorithm, text)
        return found


def _not_written(algorithm: str, text: str) -> InputError:
    return InputError(
        Text(
            en="{text!r} is not a fingerprint of the kind {algorithm}",
            ja="「{text}」は {algorithm} の指紋ではありません",
        ).format(text=text[:80], algorithm=algorithm)
    )
