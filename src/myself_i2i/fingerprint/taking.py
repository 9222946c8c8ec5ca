"""All fingerprints of one picture file, each decoded as small as will do and no more than once for others."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Final

import numpy as np
from PIL.Image import fromarray

from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64, Bytes, Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.parts import KEPT_SIDE, parts
from myself_i2i.fingerprint.pdq64 import pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey

__all__ = ["LAYOUT_SIDE", "algorithms", "take"]

LAYOUT_SIDE: Final = 256
"""The `side` with which pictures are read for their layout."""
_JPEG: Final = b"\xff\xd8\xff"


def algorithms() -> tuple[str, ...]:
    """Return the algorithms that `take` uses here: parts only with the extra `closeness`."""
    return (PDQ64, ORIGIN, PARTS) if find_spec("cv2") else (PDQ64, ORIGIN)


def take(data: bytes) -> tuple[tuple[Fingerprint, ...], tuple[int, int]]:
    """Return the fingerprints of the file `data`, one of each of `algorithms()`, and its height and width as read.

    The second tells the proportions, not the size: a JPEG is read smaller than it is. Raises `InputError` when it is no
    picture that can be decoded, `LimitError` when it asks for more than a bound.
    """
    if data.startswith(_JPEG):
        colour = read_colour(data, side=LAYOUT_SIDE)
        found = [read_pdq64(data), origin(colour)]
        grey = partial(read_grey, data, side=KEPT_SIDE)
    else:  # there is no small way to decode it: once, for all
        colour = read_colour(data, side=1)
        grey = partial(_grey, colour)
        found = [pdq64(grey()), origin(colour)]
    if PARTS in algorithms():
        found.append(parts(grey()))
    return tuple(found), (colour.shape[0], colour.shape[1])


def _grey(colour: Bytes) -> Bytes:
    """Return what `read_grey` would: the same weights, and grey that was grey before stays as it was."""
    return np.asarray(fromarray(colour).convert("L"))
