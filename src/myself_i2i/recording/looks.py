"""How a picture looks, for statements and marks: so that it is found again after a site changed its bytes.

A fingerprint says less than a thumbnail and more than a digest: whoever has a picture can see whether it is near. A
person who wants to keep that of their sources says so (`recording.toml`, `mark --seal-sources`).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np

from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LAYOUT_SIDE", "fingerprints_of_file", "fingerprints_of_image"]

LAYOUT_SIDE: Final = 256
"""The `side` with which pictures are read for their layout."""
_JPEG: Final = b"\xff\xd8\xff"
_ORIENTATION: Final = 0x0112


def fingerprints_of_file(data: bytes, image: Image | None = None, *, layout: bool = False) -> dict[str, str]:
    """Return the fingerprints of a picture file by algorithm, as statements carry them; empty when there are none.

    pdq64_v1, and with `layout` origin_v1, which is too dear beside a generation: its matrices are multiplied on all
    cores, 8 ms on one. `image` MUST be what `decode(data)` gave, when the caller has it: most pictures are then not
    decoded again. Never raises: a record is worth more than what it says of looks. A picture too flat to be told from
    others has none.
    """
    with suppress(Exception):
        if image is not None and _is_plain(image) and not data.startswith(_JPEG):
            same = _of_image(image)
        else:
            same = read_pdq64(data)
        if same.quality >= LEAST_QUALITY:
            found = [same, _layout_of(data)] if layout else [same]
            return {one.algorithm: one.text for one in found}
    return {}


def fingerprints_of_image(image: Image) -> dict[str, str]:
    """Return the same, without the layout, of a picture in memory, which no file says how to turn; never raises."""
    with suppress(Exception):
        same = _of_image(image)
        return {same.algorithm: same.text} if same.quality >= LEAST_QUALITY else {}
    return {}


def _layout_of(data: bytes) -> Fingerprint:
    from myself_i2i.fingerprint.origin import origin  # noqa: PLC0415  # its tables have no place in a host's memory

    return origin(read_colour(data, side=LAYOUT_SIDE))


def _of_image(image: Image) -> Fingerprint:
    return pdq64(np.asarray(image.convert("RGB").convert("L")))


def _is_plain(image: Image) -> bool:
    """Whether the samples are those of the picture as it is seen: upright, opaque, of 8 bits."""
    turned = image.getexif().get(_ORIENTATION, 1) != 1
    return image.mode == "RGB" and not image.has_transparency_data and not turned
