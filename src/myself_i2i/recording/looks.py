"""How a picture looks, for statements and marks: so that it is found again after a site changed its bytes.

A fingerprint says less than a thumbnail and more than a digest: whoever has a picture can see whether it is near. A
person who wants to keep that of their sources says so (`recording.toml`, `mark --seal-sources`).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL.Image import fromarray

from myself_i2i.fingerprint.interface import Bytes, Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LAYOUT_SIDE", "fingerprints_of_file", "fingerprints_of_image"]

LAYOUT_SIDE: Final = 256
"""The shorter side down to which a picture is made smaller for its layout."""
LONGEST: Final = 4096
"""Most characters of one fingerprint in a statement, as of any text there."""
_JPEG: Final = b"\xff\xd8\xff"
_ORIENTATION: Final = 0x0112


def fingerprints_of_file(data: bytes, image: Image | None = None) -> dict[str, str]:
    """Return the fingerprints of a picture file by algorithm, as statements carry them; empty when there are none.

    `image` MUST be what `decode(data)` gave, when the caller has it: most pictures are then not decoded again. Never
    raises: a record is worth more than what it says of looks. A picture too flat to be told from others has none.
    """
    with suppress(Exception):
        if data.startswith(_JPEG):
            return _told(read_pdq64(data), read_colour(data, side=LAYOUT_SIDE))
        colour = read_colour(data, side=1) if image is None or not _is_plain(image) else np.asarray(image)
        return _of_colour(colour)
    return {}


def fingerprints_of_image(image: Image) -> dict[str, str]:
    """Return the fingerprints of a picture in memory, which no file says how to turn; never raises."""
    with suppress(Exception):
        return _of_colour(np.asarray(image.convert("RGB")))
    return {}


def _of_colour(colour: Bytes) -> dict[str, str]:
    image = fromarray(colour)
    step = max(1, min(image.size) // LAYOUT_SIDE)
    return _told(pdq64(np.asarray(image.convert("L"))), np.asarray(image.reduce(step)))


def _told(same: Fingerprint, small: Bytes) -> dict[str, str]:
    """Return what is written down; the layout's is made only where the picture has one."""
    if same.quality < LEAST_QUALITY:
        return {}
    layout = origin(small)
    return {one.algorithm: one.text for one in (same, layout) if len(one.text) <= LONGEST}


def _is_plain(image: Image) -> bool:
    """Whether the samples are those of the picture as it is seen: upright, opaque, of 8 bits."""
    turned = image.getexif().get(_ORIENTATION, 1) != 1
    return image.mode == "RGB" and not image.has_transparency_data and not turned
