"""From a picture file's bytes to the samples that fingerprints are made of, with as little decoding as will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL.Image import Transpose, fromarray, new

from myself_i2i.image import decode

if TYPE_CHECKING:
    from PIL.Image import Image

    from myself_i2i.fingerprint.interface import Bytes

__all__ = ["read_colour", "read_grey"]

ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What sets a picture of each Orientation upright (CIPA DC-008, table 4)."""
WHITE: Final = (255, 255, 255)


def read_grey(data: bytes, *, side: int) -> Bytes:
    """Return the picture in grey: shape (height, width), upright, first frame, transparency over white.

    A JPEG is decoded at the smallest of 1/8, 1/4, 1/2 and 1 of its size that leaves its shorter side `side` pixels
    (1 or more); others at their size. Grey is BT.601 luma: as a JPEG holds it, else computed with the integer weights
    of spec/fingerprints.md; a colour profile is not applied. Raises `InputError` for anything that is no whole
    picture, `LimitError` past `LIMITS`.
    """
    image = _upright(decode(data, side=side, grey=True))
    return np.asarray(image if image.mode == "L" else image.convert("L"))


def read_colour(data: bytes, *, side: int) -> Bytes:
    """Return the picture in colour: shape (height, width, 3), red, green, blue; all else as `read_grey`."""
    image = _upright(decode(data, side=side))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _upright(stored: Image) -> Image:
    shown = _opaque(stored)
    turn = _UPRIGHT.get(stored.getexif().get(ORIENTATION, 1))
    return shown if turn is None else shown.transpose(turn)


def _opaque(image: Image) -> Image:
    """Return the picture in mode "L" or "RGB": what shows through is white, of 16 bits the high 8 are kept."""
    if image.mode.startswith("I"):  # Pillow would cut off at 255 what is above it
        return fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = new("RGB", image.size, WHITE)
        paper.paste(layer, mask=layer)
        return paper
    return image.convert("L" if image.mode in {"L", "1"} else "RGB")
