"""The origin descriptor: which picture was this made from, when the layout was kept and the texture changed.

One vector per picture (spec/fingerprints-origin.md says how it is made, what was measured and where it fails). It
says how alike two layouts are, never who made what from what.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import origin_channels, origin_model
from myself_i2i.fingerprint.interface import ORIGIN, Bytes, Fingerprint
from myself_i2i.wording import Text

__all__ = ["DIMENSIONS", "SIGN_BITS", "Variant", "cosine", "origin", "sign_code", "similarity", "variants"]

DIMENSIONS: Final = origin_model.STRUCTURE + origin_model.TONE
"""Length of the vector: so many int8, so many bytes."""
SIGN_BITS: Final = 256
"""Length of `sign_code` in bits."""

SIGNS_FROM: Final = b"myself-i2i origin_v1 signs"
DEVIATIONS: Final = 20  # that make a similarity of 0.76; about 13 leave 1 in 10,000 unrelated pairs
QUALITY_PER_LEVEL: Final = 4  # so a spread of 25 of 255 levels is enough for 100
CROPS: Final = (0.9, 0.8)  # how much of each side a centre crop keeps

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to look at a query."""

    name: str
    """"as is", "mirrored", "centre 90 %" ..., "mirrored, centre 80 %"."""
    fingerprint: Fingerprint
    """Its origin fingerprint, to be searched for like any other."""


def origin(rgb: Bytes) -> Fingerprint:
    """Return the descriptor of a picture of shape (height, width, 3), upright, any size from 1 x 1.

    The value is `DIMENSIONS` int8 whose largest is 127, or all 0 for a flat picture. `quality` is the spread of its
    red, green or blue, whichever is largest, 0 (flat) to 100. One picture gives one value on one machine; on another a number may differ by one,
    where the two round a last digit differently. Takes time in proportion to the pixels on top of a fixed part, so
    the caller should hand over what `read_colour(data, side=256)` gives.
    Raises `InputError` for arrays of another shape or type.
    """
    _check(rgb)
    small = origin_channels.reduce(rgb)
    quality = min(100, round(QUALITY_PER_LEVEL * float(small.std(axis=(0, 1)).max())))
    seen = quality > 0  # in a flat picture there are only errors of rounding to describe
    vector = (
        origin_model.project(origin_channels.describe(small)) if seen else np.zeros(DIMENSIONS, np.float32)
    )
    return Fingerprint(ORIGIN, _as_int8(vector).tobytes(), quality)


def variants(rgb: Bytes) -> tuple[Variant, ...]:
    """Return the ways to ask for one picture: as is first, then mirrored and cropped; for queries only, kept nowhere.

    Raises `InputError` as `origin` does.
    """
    _check(rgb)
    return tuple(Variant(name, origin(seen)) for name, seen in _views(rgb))


def similarity(a: Fingerprint, b: Fingerprint) -> float:
    """Return how near two origin fingerprints are beyond chance, between -1 and 1, the same both ways.

    About 0 for unrelated pictures, near 1 for one picture twice, exactly 0 when one is flat. It is the hyperbolic
    tangent of a twentieth of the number of standard deviations by which their cosines exceed those of a fixed cohort of
    drawn pictures (see `origin_model.normalised`): a picture that resembles everything has to be nearer than others.
    Raises `InputError` when one is of another algorithm or length.
    """
    if not (_vector(a).any() and _vector(b).any()):
        return 0.0
    return math.tanh(origin_model.normalised(a.value, b.value) / DEVIATIONS)


def cosine(a: Fingerprint, b: Fingerprint) -> float:
    """Return the plain cosine of two origin fingerprints, -1..1, as a search orders by it; 0 when one is flat.

    Raises `InputError` as `similarity` does.
    """
    left, right = _vector(a), _vector(b)
    norms = float(left @ left) * float(right @ right)
    return float(left @ right) / norms**0.5 if norms else 0.0


def sign_code(fingerprint: Fingerprint) -> bytes:
    """Return 32 bytes whose Hamming distance falls as `cosine` rises: for the shortlist of a search.

    Bit i is the sign of the vector's product with a fixed row of +1 and -1, all in integers, so that every machine
    makes the same bits (random hyperplanes: Charikar, STOC 2002).
    Raises `InputError` as `similarity` does.
    """
    return np.packbits(_planes() @ _vector(fingerprint) > 0).tobytes()


def _views(rgb: Bytes) -> Iterator[tuple[str, Bytes]]:
    for prefix, seen in (("", rgb), ("mirrored", rgb[:, ::-1])):
        yield prefix or "as is", seen
        for kept in CROPS:
            name = f"centre {round(100 * kept)} %"
            yield (f"{prefix}, {name}" if prefix else name), _centre(seen, kept)


def _centre(rgb: Bytes, kept: float) -> Bytes:
    height, width = rgb.shape[:2]
    top, left = int(height * (1 - kept) / 2), int(width * (1 - kept) / 2)
    return rgb[top : height - top, left : width - left]


def _as_int8(vector: Float) -> NDArray[np.int8]:
    largest = float(np.abs(vector).max())
    scaled: NDArray[np.int8] = np.rint(vector * (127 / largest if largest else 0.0)).astype(np.int8)
    return scaled


@cache
def _planes() -> NDArray[np.int32]:
    bits = np.frombuffer(hashlib.shake_256(SIGNS_FROM).digest(SIGN_BITS * DIMENSIONS // 8), dtype=np.uint8)
    return (np.unpackbits(bits).reshape(SIGN_BITS, DIMENSIONS).astype(np.int32) << 1) - 1


def _vector(fingerprint: Fingerprint) -> NDArray[np.int32]:
    if fingerprint.algorithm != ORIGIN or len(fingerprint.value) != DIMENSIONS:
        raise InputError(
            Text(
                en="{algorithm!r} of {length} bytes is not an origin fingerprint",
                ja="{length} バイトの {algorithm} は由来の指紋ではありません",
            ).format(algorithm=fingerprint.algorithm, length=len(fingerprint.value))
        )
    return np.frombuffer(fingerprint.value, dtype=np.int8).astype(np.int32)


def _check(rgb: Bytes) -> None:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:  # noqa: PLR2004 - h, w, rgb
        raise InputError(
            Text(
                en="a picture of 8-bit sRGB, height x width x 3, was expected",
                ja="縦×横×3 の 8 ビット sRGB の画像が必要です",
            )
        )
