"""The canonical fingerprint: PDQ's transform on an area mean of 64 x 64 samples, all of it in integers.

The same picture read at another size gives nearly the same bits, and every implementation gives the same bits for
the same samples: each step is exact in doubles (every sum stays below 2^53), so JavaScript has no other answer than
numpy has. spec/fingerprints.md has the rules; after "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
Algorithm", Facebook 2019, and the code in ThreatExchange (`pdq/cpp`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import cos, gcd, pi
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.fingerprint.interface import PDQ64, PDQ64_FLAT, Bytes, Fingerprint
from myself_i2i.fingerprint.reading import read_stored, upright

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "FLAT_QUALITY",
    "FLAT_RADIUS",
    "LEAST_QUALITY",
    "ORIENTATIONS",
    "SIDE",
    "as_flat",
    "distance",
    "orientations",
    "pdq64",
    "read_orientations",
    "read_pdq64",
]

SIDE: Final = 128
"""The `side` with which pictures are read for this fingerprint."""
FLAT_QUALITY: Final = 10
"""Below this even another saving of the picture may have other bits."""
FLAT_RADIUS: Final = 12
"""Another saving of a picture with little structure was at most so many bits away; unrelated ones 24 and more."""
LEAST_QUALITY: Final = 50
"""Below this quality a fingerprint is too flat to look up: it is near to many pictures by chance."""
ORIENTATIONS: Final = (
    "as-is",
    "rotated-90",
    "rotated-180",
    "rotated-270",
    "mirrored",
    "flipped",
    "transposed",
    "transversed",
)
"""How the picture would have to be turned (counter-clockwise) or mirrored to get each of the `orientations`."""

CELLS: Final = 64
FREQUENCIES: Final = 16
FRACTION: Final = 256
"""A mean is kept in 1/256 of a grey level."""
SCALE: Final = 8192
"""Cosines are kept in 1/8192; with it the largest sum of the transform stays below 2^53."""
STEEP: Final = 255 * FRACTION
"""The largest difference between two cells."""
QUALITY_DIVISOR: Final = 90

Doubles = NDArray[np.float64]
BLOCK: Final = 1 << 16
"""About how many samples are summed at once: what a processor's cache holds."""
BLOCK_ROWS: Final = 1024
LONGEST: Final = 65_535
"""The longest side of a JPEG, and so of what is decoded at less than its size."""


def read_pdq64(data: bytes, *, side: int = SIDE) -> Fingerprint:
    """Return the fingerprint of a picture file's bytes, decoded as small as will do, upright, over white.

    A JPEG is decoded at the smallest scale whose shorter side is `side` or more, and its samples are placed by its true
    size: with the default few of the 256 bits differ from those of the picture in full, which `reading.FULL` gives.
    Ask `quality` before looking anything up: below `LEAST_QUALITY` nearness means nothing. Raises `InputError` for
    anything that is no whole picture, `LimitError` past `LIMITS`.
    """
    return _fingerprint(_read(data, side))


def read_orientations(data: bytes) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of a picture file's bytes in all 8 `ORIENTATIONS`; all else as `read_pdq64`."""
    return _fingerprints(_read(data, SIDE))


def pdq64(grey: Bytes) -> Fingerprint:
    """Return the fingerprint of a grey picture, shape (height, width), 1 pixel or more."""
    return _fingerprint(_cells(grey))


def orientations(grey: Bytes) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of the picture in all 8 `ORIENTATIONS`, the picture as it is first.

    Exactly what `pdq64` gives for the turned picture, from one transform: turning only moves coefficients and
    changes their signs.
    """
    return _fingerprints(_cells(grey))


def as_flat(fingerprint: Fingerprint) -> Fingerprint | None:
    """Return a fingerprint of little structure under the name by which such ones are looked up; None for all others."""
    if not FLAT_QUALITY <= fingerprint.quality < LEAST_QUALITY:
        return None
    return replace(fingerprint, algorithm=PDQ64_FLAT)


def distance(a: bytes, b: bytes) -> int:
    """Return how many bits differ, 0..256; both must be equally long."""
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def _fingerprint(cells: Doubles) -> Fingerprint:
    return _told(_transform(cells), _steepness(cells))


def _fingerprints(cells: Doubles) -> tuple[Fingerprint, ...]:
    steepness = _steepness(cells)
    return tuple(_told(turned, steepness) for turned in _turned(_transform(cells)))


def _read(data: bytes, side: int) -> Doubles:
    stored = read_stored(data, side=side)
    return upright(_cells(stored.grey, stored.size, stored.scale), stored.orientation)


def _cells(grey: Bytes, size: tuple[int, int] | None = None, scale: int = 1) -> Doubles:
    """Return the mean of each of 64 x 64 equal cells, in 1/256 of a grey level, rounded half up.

    `size` is the picture's (height, width) when a sample stands for `scale` pixels each way.
    """
    height, width = size or grey.shape
    if height < width:  # the longer side first: what lies between the two steps is then small for any shape
        return _cells(grey.T, (width, height), scale).T
    sums = _shrink(_shrink(grey, height, scale).T, width, scale).T
    area = height * width
    means: Doubles = np.floor((sums * FRACTION + area // 2) / area)
    return means


def _shrink(samples: Bytes | Doubles, length: int, scale: int) -> Doubles:
    """Return 64 weighted sums of the rows, which stand for `length` pixels, `scale` each."""
    rows, columns = samples.shape
    # Single precision is exact for bytes: no sum passes 255 * BLOCK or 255 * CELLS * BLOCK_ROWS or, where a sample
    # stands for several pixels, 255 * LONGEST, and all three are below 2^24.
    kind = np.float32 if samples.dtype == np.uint8 else np.float64
    if samples.size <= BLOCK and rows * scale == length:
        # The same cells lie over the same rows again and again: one small table serves them all.
        part = rows // gcd(rows, CELLS)
        _, weights = _overlaps(length, scale, 0, part, kind)
        parts = samples.astype(kind, copy=False).reshape(-1, part, columns)
        whole: Doubles = (weights @ parts).reshape(CELLS, columns).astype(np.float64, copy=False)
        return whole
    sums = np.zeros((CELLS, columns))
    step = max(1, min(BLOCK_ROWS, BLOCK // columns))
    for start in range(0, rows, step):  # a large picture needs no large table
        stop = min(start + step, rows)
        first, weights = _overlaps(length, scale, start, stop, kind)
        sums[first : first + len(weights)] += weights @ samples[start:stop].astype(kind, copy=False)
    return sums


@lru_cache(maxsize=64)
def _overlaps(length: int, scale: int, start: int, stop: int, kind: type[Any]) -> tuple[int, NDArray[Any]]:
    """Return the first cell that the rows from `start` to `stop` touch, and how much of each cell each row covers.

    In 1/64 of a pixel, of `length` pixels in all: a cell is `length` long, a row 64 * `scale`, the last one less.
    """
    row = np.minimum(np.arange(start, stop + 1) * scale, length) * CELLS
    first, last = row[0] // length, -(-row[-1] // length)
    cell = np.arange(first, last)[:, None] * length
    shared: NDArray[Any] = np.minimum(cell + length, row[1:]) - np.maximum(cell, row[:-1])
    return int(first), shared.clip(0).astype(kind)


def _steepness(cells: Doubles) -> int:
    """Return PDQ's measure: how much neighbours differ, in hundredths of the whole range, summed."""
    steps = np.concatenate([(cells[1:] - cells[:-1]).ravel(), (cells[:, 1:] - cells[:, :-1]).ravel()])
    np.abs(steps, out=steps)
    steps *= 100
    steps /= STEEP
    return min(100, int(np.floor(steps, out=steps).sum()) // QUALITY_DIVISOR)


def _transform(cells: Doubles) -> Doubles:
    """Return the 16 x 16 lowest coefficients without the constant ones, vertical frequency first."""
    return _COSINES @ cells @ _COSINES.T


def _told(coefficients: Doubles, steepness: int) -> Fingerprint:
    """Return a bit for each coefficient above the 128th smallest; the first coefficient is the last bit.

    Stripes and the like have most coefficients equal, and few bits set: all such pictures are near each other, so
    the quality is no higher than the number of bits.
    """
    flat = coefficients.ravel()
    value = np.packbits(flat > np.partition(flat, 127)[127], bitorder="little")[::-1].tobytes()
    return Fingerprint(PDQ64, value, min(steepness, int.from_bytes(value).bit_count()))


def _turned(straight: Doubles) -> Iterator[Doubles]:
    """Yield the coefficients of the picture in all `ORIENTATIONS`: odd frequencies change sign when mirrored."""
    across, down = _SIGNS[None, :], _SIGNS[:, None]
    leaning = straight.T
    yield straight
    yield leaning * down
    yield straight * across * down
    yield leaning * across
    yield straight * across
    yield straight * down
    yield leaning
    yield leaning * across * down


def _cosines() -> Doubles:
    """Return cos(pi/128 * k * (2j + 1)) in 1/8192, k = 1..16, j = 0..63; from one table, so mirrored means equal."""
    table = [round(SCALE * cos(pi * step / 128)) for step in range(65)]
    table += [-value for value in table[63::-1]]  # up to half a turn
    table += table[127:0:-1]
    angles = np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(CELLS) + 1) % 256
    return np.array(table, dtype=np.float64)[angles]


_COSINES: Final = _cosines()
_SIGNS: Final = np.array([-1.0, 1.0] * (FREQUENCIES // 2))
