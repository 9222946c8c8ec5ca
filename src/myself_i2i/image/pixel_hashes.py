"""The digests of decoded pixels by which generators name an image input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import ImageOps

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PixelHashes", "pixel_hashes", "rgb_bytes"]

ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class PixelHashes:
    """Every digest a generator may have written for this picture; which one depends on how it loaded the file."""

    md5: tuple[str, ...]
    """Lower-case hex md5 of the pixel bytes, without repeats: A1111's `Init image hash`."""
    sha256: tuple[str, ...]
    """Lower-case hex sha256 of the same bytes, in the same order: SD.Next writes the first 8 digits."""


def pixel_hashes(image: Image) -> PixelHashes:
    """Return the digests of `image.tobytes()` as stored, as RGB and as RGBA, turned upright and as stored.

    A1111 hashes what its upload widget made of the file (RGBA or RGB, turned by EXIF, `processing.py`), SD.Next what
    it loaded (`modules/processing_info.py`). A palette picture is hashed as loaded too. The image is not changed.
    """
    candidates = (
        (picture if mode == picture.mode else picture.convert(mode)).tobytes()
        for picture in _orientations(image)
        for mode in dict.fromkeys((picture.mode, "RGB", "RGBA"))
    )
    unique = list(dict.fromkeys(candidates))
    return PixelHashes(
        md5=tuple(hashlib.md5(pixels, usedforsecurity=False).hexdigest() for pixels in unique),
        sha256=tuple(hashlib.sha256(pixels).hexdigest() for pixels in unique),
    )


def rgb_bytes(image: Image) -> bytes:
    """Return the pixels as R, G, B bytes, row by row from the top, alpha left out (what NovelAI signs)."""
    return (image if image.mode == "RGB" else image.convert("RGB")).tobytes()


def _orientations(image: Image) -> list[Image]:
    if image.getexif().get(ORIENTATION, 1) == 1:
        return [image]
    return [ImageOps.exif_transpose(image), image]
