"""Everything a comparison needs of one picture, taken from its bytes once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from PIL import Image

from myself_i2i.comparison.structure import fit_within
from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import Bytes, Fingerprint
from myself_i2i.fingerprint.origin import Variant, variants
from myself_i2i.fingerprint.pdq64 import orientations, read_orientations
from myself_i2i.fingerprint.reading import read_colour
from myself_i2i.fingerprint.taking import LAYOUT_SIDE

if TYPE_CHECKING:
    from myself_i2i.fingerprint.parts import Query

__all__ = ["CANONICAL", "Kept", "Looks"]

CANONICAL: Final = 640
"""Longer side, in pixels, at which every picture is drawn; larger ones are made smaller, by area means."""
READ_SIDE: Final = 512
"""Shorter side down to which a JPEG may be decoded small."""
QUERY_SIDE: Final = 1024
"""Longer side for finding parts."""
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is held of a picture that others are compared with: fingerprints only, small and without pixels."""

    sha256: str
    """Of the file."""
    pdq64: Fingerprint
    """The canonical fingerprint."""
    origin: tuple[Fingerprint, ...]
    """The origin fingerprint as it is first, then mirrored and cropped."""
    parts: Fingerprint | None
    """The parts fingerprint; None without OpenCV."""
    shape: tuple[int, int]
    """Height and width of the picture at canonical size."""


@dataclass(frozen=True, slots=True)
class Looks:
    """One picture at the sizes that every comparison uses."""

    kept: Kept
    """Its fingerprints."""
    colour: Bytes
    """Shape (height, width, 3), longer side `CANONICAL` at most."""
    grey: Bytes
    """The same in grey."""
    turned: tuple[Fingerprint, ...]
    """The canonical fingerprint in 8 orientations."""
    variants: tuple[Variant, ...]
    """The origin fingerprint as is, mirrored and cropped."""
    query: Query | None
    """The features to find parts with; None when nobody asks for them, and without OpenCV."""

    @classmethod
    def of(cls, data: bytes, *, asking: bool = True) -> Self:
        """Return the looks of the picture in `data`; `asking` whether parts of others will be looked for in it.

        Raises `InputError` for anything that is no whole picture, `LimitError` past `image.LIMITS`.
        """
        large = read_colour(data, side=READ_SIDE)
        # Only a JPEG is read smaller than it is, and so placed by its true size.
        turned = read_orientations(data) if data.startswith(_JPEG) else orientations(as_grey(large))
        ways = variants(_within(large, LAYOUT_SIDE))
        held, query = _parts_of(as_grey(_within(large, QUERY_SIDE)), asking=asking)
        colour = _within(large, CANONICAL)
        grey = as_grey(colour)
        kept = Kept(
            hashlib.sha256(data).hexdigest(),
            turned[0],
            tuple(one.fingerprint for one in ways),
            held,
            (grey.shape[0], grey.shape[1]),
        )
        return cls(kept, colour, grey, turned, ways, query)


def as_grey(colour: Bytes) -> Bytes:
    """Return BT.601 luma of shape (height, width), as `read_grey` makes it."""
    return np.asarray(Image.fromarray(colour).convert("L"))


def _within(picture: Bytes, side: int) -> Bytes:
    return fit_within(picture, side) if max(picture.shape[:2]) > side else picture


def _parts_of(grey: Bytes, *, asking: bool) -> tuple[Fingerprint | None, Query | None]:
    from myself_i2i.fingerprint.parts import Query, parts  # noqa: PLC0415  # it loads OpenCV where there is one

    try:
        return parts(grey), Query.of(grey) if asking else None
    except UsageError:
        return None, None
