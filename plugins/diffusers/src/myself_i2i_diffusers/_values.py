"""What a value is, told from its shape: neither numpy nor torch is imported to ask.

An *array* is anything with `shape`, `ndim` and `dtype`: numpy, torch, jax.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image

__all__ = ["first_frame", "is_array", "looks_like_picture", "slices", "stamp"]

_CHANNELS_LAST = frozenset({1, 3, 4})
_CHANNELS_FIRST = frozenset({1, 3})
"""Four channels first are a latent of Stable Diffusion, not RGBA."""
_SMALLEST_SIDE = 8
_PLANE, _PICTURE, _BATCH, _VIDEO = 2, 3, 4, 5
_STAMP_LIMIT = 32 << 20
"""Bytes above which an array is not stamped: the time would show."""


def is_array(value: object) -> bool:
    """Return whether `value` is an array of at least two dimensions."""
    if not (hasattr(value, "shape") and hasattr(value, "dtype")):
        return False
    ndim = getattr(value, "ndim", 0)
    return isinstance(ndim, int) and ndim >= _PLANE


def looks_like_picture(shape: tuple[int, ...]) -> bool:
    """Return whether an array of this shape is one picture: a plane, or three dimensions with colour first or last."""
    if len(shape) == _PLANE:
        return min(shape) >= _SMALLEST_SIDE
    if len(shape) != _PICTURE:
        return False
    if shape[-1] in _CHANNELS_LAST:
        return min(shape[:2]) >= _SMALLEST_SIDE
    return shape[0] in _CHANNELS_FIRST and min(shape[1:]) >= _SMALLEST_SIDE


def slices(array: Any) -> Iterator[Any]:
    """Return the single pictures in an array, in order; none where it is something else (a latent, an embedding).

    Three dimensions without colour are a batch of planes, as diffusers takes masks.
    """
    shape = tuple(int(side) for side in array.shape)
    if looks_like_picture(shape):
        yield array
    elif len(shape) in {_PICTURE, _BATCH} and shape[0] and looks_like_picture(shape[1:]):
        for index in range(shape[0]):
            yield array[index]


def first_frame(array: Any) -> Any | None:
    """Return the first frame of a video array (frames, or batch and frames, before the picture); None if it is none."""
    shape = tuple(int(side) for side in array.shape)
    if 0 in shape:
        return None
    if len(shape) == _BATCH and looks_like_picture(shape[1:]):
        return array[0]
    if len(shape) == _VIDEO and looks_like_picture(shape[2:]):
        return array[0, 0]
    if len(shape) == _VIDEO and shape[1] in _CHANNELS_FIRST:  # batch, colour, frames, height, width
        return array[0, :, 0]
    return None


def stamp(value: Any) -> object | None:
    """Return a cheap stamp that changes when the pixels do; None where there is none that is cheap.

    It tells an honest edit from an untouched value and guards against nothing else, so CRC-32 will do.
    """
    if isinstance(value, Image.Image):
        return value.mode, value.size, zlib.crc32(value.tobytes())
    if hasattr(value, "untyped_storage"):
        return int(value._version)  # noqa: SLF001 - torch counts writes; reading a GPU tensor back would cost more than it tells
    if int(getattr(value, "nbytes", _STAMP_LIMIT + 1)) > _STAMP_LIMIT:
        return None
    return zlib.crc32(value.tobytes())
