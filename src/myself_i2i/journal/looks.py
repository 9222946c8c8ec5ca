"""The fingerprints that a journal seals: of a frame as it looks, so that it can be found later in what became of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import numpy as np
from PIL.Image import fromarray

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.parts import KEPT_SIDE, parts
from myself_i2i.fingerprint.pdq64 import SIDE, pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey

__all__ = ["fingerprints_of"]

ORIGIN_SIDE: Final = 256
"""The `side` with which pictures are read for `origin`."""
_JPEG: Final = b"\xff\xd8"


def fingerprints_of(picture: bytes) -> tuple[Fingerprint, ...]:
    """Return origin_v1, pdq64_v1 and, where OpenCV is installed, parts_v1 of a PNG, JPEG or WebP, in this order.

    Raises `InputError` or `LimitError` for what is no picture within the bounds.
    """
    colour = read_colour(picture, side=ORIGIN_SIDE)
    if picture.startswith(_JPEG):
        grey, larger = (read_grey(picture, side=side) for side in (SIDE, KEPT_SIDE))
    else:
        # Only a JPEG is read smaller than it is. Of the others grey is this, to the bit, and a second decoding is saved.
        grey = larger = np.asarray(fromarray(colour).convert("L"))
    found = [pdq64(grey), origin(colour)]
    with suppress(UsageError):  # OpenCV is an extra
        found.append(parts(larger))
    return tuple(sorted(found, key=lambda one: one.algorithm))
