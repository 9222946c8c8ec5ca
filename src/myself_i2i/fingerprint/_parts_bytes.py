"""The bytes of `parts_v1` (spec/fingerprints-parts.md): a header of five bytes, then 13 bytes for each feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["CODE", "MOST", "Kept", "pack", "unpack"]

VERSION: Final = 1
HEADER: Final = 5
GEOMETRY: Final = 5
CODE: Final = 8
"""Bytes of one feature's code."""
FEATURE: Final = GEOMETRY + CODE
MOST: Final = 314
"""Features that fit into 4,096 bytes."""
UNIT: Final = 4095
"""Coordinates are written as multiples of this part of the longer side."""
SIZE_STEPS: Final = 32
"""Steps to an octave in which a feature's size is written."""
SMALLEST: Final = 1 / 1024
"""The smallest size that can be written, as a part of the longer side."""
TURN: Final = 256


@dataclass(frozen=True, slots=True)
class Kept:
    """A parsed fingerprint: n features, strongest and best spread first."""

    width: float
    """The picture's width as a part of its longer side, 0 < width <= 1; width or height is 1."""
    height: float
    """The picture's height, likewise."""
    places: NDArray[np.float64]
    """Shape (n, 4): x, y, size as parts of the longer side, angle in radians (clockwise, y points down)."""
    codes: NDArray[np.uint8]
    """Shape (n, 8): the 64 sign bits of the projected descriptor, first bit highest."""


def pack(kept: Kept) -> bytes:
    """Return the bytes of at most 314 features; places are rounded to what the format can say."""
    count = len(kept.places)
    x, y, size, angle = kept.places.T
    across = np.clip(np.rint(x * UNIT), 0, round(kept.width * UNIT)).astype(np.uint32)
    down = np.clip(np.rint(y * UNIT), 0, round(kept.height * UNIT)).astype(np.uint32)
    octave = np.clip(np.rint(np.log2(size / SMALLEST) * SIZE_STEPS), 0, 255)
    rows = np.empty((count, FEATURE), np.uint8)
    rows[:, 0] = across >> 4
    rows[:, 1] = (across & 15) << 4 | down >> 8
    rows[:, 2] = down & 255
    rows[:, 3] = octave
    rows[:, 4] = np.rint(angle / (2 * np.pi) * TURN).astype(np.int64) % TURN
    rows[:, GEOMETRY:] = kept.codes
    sides = b"".join(round(side * UNIT).to_bytes(2, "big") for side in (kept.width, kept.height))
    return bytes([VERSION]) + sides + rows.tobytes()


def unpack(value: bytes) -> Kept:
    """Return the features that `value` holds; raises `InputError` for any bytes that `pack` would not write."""
    if len(value) < HEADER or value[0] != VERSION:
        raise _malformed(
            Text(en="it does not begin as version 1 does", ja="バージョン1の形で始まっていません")
        )
    count, rest = divmod(len(value) - HEADER, FEATURE)
    if rest or count > MOST:
        raise _malformed(Text(en="its length is impossible", ja="長さがありえない値です"))
    width, height = int.from_bytes(value[1:3], "big"), int.from_bytes(value[3:5], "big")
    if max(width, height) != UNIT or not min(width, height):
        raise _malformed(Text(en="its sides are impossible", ja="辺の長さがありえない値です"))
    rows = np.frombuffer(value, np.uint8, offset=HEADER).reshape(count, FEATURE)
    wide = rows[:, :GEOMETRY].astype(np.int64)
    x = wide[:, 0] << 4 | wide[:, 1] >> 4
    y = (wide[:, 1] & 15) << 8 | wide[:, 2]
    if count and (x.max() > width or y.max() > height):
        raise _malformed(Text(en="a feature lies outside the picture", ja="特徴点が画像の外にあります"))
    size = SMALLEST * 2 ** (wide[:, 3] / SIZE_STEPS)
    places = np.stack([x / UNIT, y / UNIT, size, wide[:, 4] * (2 * np.pi / TURN)], axis=1)
    return Kept(width / UNIT, height / UNIT, places, rows[:, GEOMETRY:])


def _malformed(reason: Text) -> InputError:
    return InputError(
        Text(
            en="this is no parts_v1 fingerprint: {reason}", ja="parts_v1 の指紋ではありません（{reason}）"
        ).format(reason=reason)
    )
