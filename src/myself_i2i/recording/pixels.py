"""Pictures in a host's memory: copied at once, understood later, on another thread.

numpy and torch are known by what they offer, never imported: a recorder must not load a library into its host.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import LIMITS
from myself_i2i.wording import Text

__all__ = ["MOST_PICTURES", "Copied", "copy_pixels", "pictures"]

MOST_PICTURES = 64
"""Most pictures taken from one batch or list."""

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_NATIVE = "<" if sys.byteorder == "little" else ">"
_BYTE, _BOOL, _FLOAT = "u1", "b1", "f4"
_FLAT, _PLANES, _BATCH = 2, 3, 4
_ONE = 1.001
"""Floats up to here mean 0..1: a sampler's rounding may pass 1 by a hair."""
_UNKNOWN = Text(
    en="pixels of this kind are not understood: {kind}",
    ja="この形の画素データは扱えません: {kind}",
)


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of one array, or one Pillow picture; nobody else can change it."""

    image: Image.Image | None = None
    """A Pillow picture, or None."""
    kind: str = ""
    """An array's element type as numpy writes it ("|u1", "<f4")."""
    shape: tuple[int, ...] = ()
    """An array's shape."""
    data: bytes = field(default=b"", repr=False)
    """An array's elements in C order."""


def copy_pixels(image: Any) -> tuple[Copied, ...]:
    """Return copies of what the host gave: a Pillow picture, an array, a tensor, or a list of these.

    Costs one copy. Raises InputError for anything else, LimitError past the bounds; the host's own objects may raise
    what they like.
    """
    if isinstance(image, list | tuple):
        return tuple(copy for one in image[:MOST_PICTURES] for copy in copy_pixels(one))[:MOST_PICTURES]
    if isinstance(image, Image.Image):
        return (Copied(image=image.copy()),)
    if hasattr(image, "detach"):
        # A torch tensor: off the graph, off the device, to a type that numpy has (it knows no bfloat16).
        tensor = image.detach()
        tensor = tensor.float() if "float" in str(tensor.dtype) else tensor
        image = tensor.cpu().numpy()
    about = getattr(image, "__array_interface__", None)
    if about is None:
        raise InputError(_UNKNOWN.format(kind=type(image).__name__))
    kind, shape = about["typestr"], tuple(int(length) for length in about["shape"])
    if kind[1:] in {"f2", "f8"}:
        image, kind = image.astype("float32"), f"{_NATIVE}{_FLOAT}"
    count = 1
    for length in shape:
        count *= length
    if count > LIMITS.pixels * 4:
        raise LimitError(_UNKNOWN.format(kind=f"{shape}"))
    return (Copied(kind=kind, shape=shape, data=image.tobytes()),)


def pictures(copied: Copied) -> list[Image.Image]:
    """Return the pictures in a copy: one, or one for each of a batch. Raises InputError for shapes that are none."""
    if copied.image is not None:
        return [copied.image]
    shape, last = _as_batch(copied.shape)
    number, height, width, channels = shape
    planes = copied.data
    if copied.kind[1:] == _FLOAT and copied.kind[0] in f"{_NATIVE}|":
        planes = _bytes_of_floats(planes, width * channels, number * height)
    elif copied.kind[1:] == _BOOL:
        planes = planes.translate(bytes([0, *[255] * 255]))
    elif copied.kind[1:] != _BYTE:
        raise InputError(_UNKNOWN.format(kind=copied.kind))
    size = height * width * channels
    cut = (planes[start : start + size] for start in range(0, number * size, size))
    return [_picture(one, (width, height), channels, last=last) for one in cut][:MOST_PICTURES]


def _as_batch(shape: tuple[int, ...]) -> tuple[tuple[int, int, int, int], bool]:
    """Return (number, height, width, channels), and whether channels stand last."""
    if not all(shape):
        raise InputError(_UNKNOWN.format(kind=shape))
    if len(shape) == _FLAT:
        return (1, shape[0], shape[1], 1), True
    if len(shape) in {_PLANES, _BATCH}:
        number = shape[0] if len(shape) == _BATCH else 1
        first, middle, end = shape[-3:]
        if end in _MODES:
            return (number, first, middle, end), True
        if first in _MODES:
            return (number, middle, end, first), False
        if len(shape) == _PLANES:
            return (first, middle, end, 1), True  # several masks
    raise InputError(_UNKNOWN.format(kind=shape))


def _bytes_of_floats(data: bytes, width: int, height: int) -> bytes:
    """Return floats as bytes, rounded and bounded: 0..1 is spread over 0..255."""
    image = Image.frombuffer("F", (width, height), data, "raw", "F;32NF", 0, 1)
    spread: Any = image.getextrema()
    scale = 255 if spread[1] <= _ONE else 1
    return image.point(lambda value: value * scale + 0.5).convert("L").tobytes()


def _picture(data: bytes, size: tuple[int, int], channels: int, *, last: bool) -> Image.Image:
    mode = _MODES[channels]
    if last or channels == 1:
        return Image.frombytes(mode, size, data)
    step = size[0] * size[1]
    bands = [Image.frombytes("L", size, data[start : start + step]) for start in range(0, len(data), step)]
    return Image.merge(mode, bands)
