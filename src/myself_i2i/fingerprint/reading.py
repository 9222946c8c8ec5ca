"""From a picture file's bytes to the samples that fingerprints are made of, with as little decoding as will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL.Image import fromarray, new

from myself_i2i.fingerprint.interface import Bytes
from myself_i2i.image.decoding import decode_small

if TYPE_CHECKING:
    from PIL.Image import Image

    from myself_i2i.image.decoding import Small

__all__ = ["FULL", "Stored", "read_colour", "read_grey", "read_stored", "upright"]

Sample = TypeVar("Sample", bound=np.generic)
ORIENTATION: Final = 0x0112
WHITE: Final = (255, 255, 255)
FULL: Final = 65_535
"""The `side` that reads every picture in full: no JPEG is larger."""


class Stored(NamedTuple):
    """A picture in grey as its file stores it, not turned, and what its samples stand for."""

    grey: Bytes
    """The samples, shape (rows, columns)."""
    size: tuple[int, int]
    """Height and width of the picture itself, in pixels."""
    scale: int
    """A sample stands for so many pixels each way, those of the last row and column for what is left of them."""
    orientation: int
    """How it is turned, 1..8 (CIPA DC-008, table 4)."""


def read_grey(data: bytes, *, side: int) -> Bytes:
    """Return the picture in grey: shape (height, width), upright, first frame, transparency over white.

    A JPEG is decoded at the smallest of 1/8, 1/4, 1/2 and 1 of its size that leaves its shorter side `side` pixels
    (1 or more); others at their size. Grey is BT.601 luma: as a JPEG holds it, else computed with the integer weights
    of spec/fingerprints.md; a colour profile is not applied. Raises `InputError` for anything that is no whole
    picture, `LimitError` past `LIMITS`.
    """
    small = decode_small(data, side=side, grey=True)
    return np.ascontiguousarray(upright(_whole(_grey(small.image), small), _orientation(small.image)))


def read_colour(data: bytes, *, side: int) -> Bytes:
    """Return the picture in colour: shape (height, width, 3), red, green, blue; all else as `read_grey`."""
    small = decode_small(data, side=side)
    opaque = _opaque(small.image)
    samples = np.asarray(opaque if opaque.mode == "RGB" else opaque.convert("RGB"))
    return np.ascontiguousarray(upright(_whole(samples, small), _orientation(small.image)))


def read_stored(data: bytes, *, side: int) -> Stored:
    """Return the picture in grey with all that is needed to place its samples exactly; all else as `read_grey`."""
    small = decode_small(data, side=side, grey=True)
    return Stored(_grey(small.image), (small.height, small.width), small.scale, _orientation(small.image))


def upright(samples: NDArray[Sample], orientation: int) -> NDArray[Sample]:
    """Return samples of shape (height, width, ...) turned and mirrored as an EXIF Orientation of 1..8 asks."""
    if orientation in {5, 6, 7, 8}:  # stored on its side
        samples = samples.swapaxes(0, 1)
    if orientation in {3, 4, 7, 8}:
        samples = samples[::-1]
    if orientation in {2, 3, 6, 7}:
        samples = samples[:, ::-1]
    return samples


def _whole(samples: Bytes, small: Small) -> Bytes:
    """Return the samples without a last row or column that stands for less than half of the others' pixels."""
    rows, columns = ((length + small.scale // 2) // small.scale for length in (small.height, small.width))
    return samples[: max(1, rows), : max(1, columns)]


def _orientation(image: Image) -> int:
    return int(image.getexif().get(ORIENTATION, 1))


def _grey(image: Image) -> Bytes:
    opaque = _opaque(image)
    return np.asarray(opaque if opaque.mode == "L" else opaque.convert("L"))


def _opaque(image: Image) -> Image:
    """Return the picture in mode "L" or "RGB": what shows through is white, of 16 bits the high 8 are kept."""
    if image.mode.startswith("I"):  # Pillow would cut off at 255 what is above it
        return fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = new("RGB", image.size, WHITE)
        paper.paste(layer, mask=layer)
        return paper
    if image.mode in {"L", "RGB"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")
