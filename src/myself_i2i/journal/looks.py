"""The fingerprints that a journal seals: of a frame as it looks, so that it can be found later in what became of it."""

from __future__ import annotations

from contextlib import suppress

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.parts import KEPT_SIDE, parts
from myself_i2i.fingerprint.pdq64 import SIDE, pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey

__all__ = ["fingerprints_of"]

ORIGIN_SIDE = 256
_JPEG = b"\xff\xd8"


def fingerprints_of(picture: bytes) -> tuple[Fingerprint, ...]:
    """Return origin_v1, pdq64_v1 and, where OpenCV is installed, parts_v1 of a PNG, JPEG or WebP, in this order.

    Raises `InputError` or `LimitError` for what is no picture within the bounds.
    """
    grey = read_grey(picture, side=SIDE)
    found = [pdq64(grey), origin(read_colour(picture, side=ORIGIN_SIDE))]
    # Only a JPEG is read smaller than it is: the others need no second decoding.
    larger = read_grey(picture, side=KEPT_SIDE) if picture.startswith(_JPEG) else grey
    with suppress(UsageError):  # OpenCV is an extra
        found.append(parts(larger))
    return tuple(sorted(found, key=lambda one: one.algorithm))
