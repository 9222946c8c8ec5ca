"""The canonical fingerprint: PDQ's transform on an area mean of 64 x 64 samples, all of it in integers.

The same picture read at another size gives nearly the same bits, and every implementation gives the same bits for
the same samples: each step is exact in doubles (every sum stays below 2^53), so JavaScript has no other answer than
numpy has. spec/fingerprints.md has the rules; after "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
Algorithm", Facebook 2019, and the code in ThreatExchange (`pdq/cpp`).
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.fingerprint.interface import PDQ64, Bytes, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LEAST_QUALITY", "ORIENTATIONS", "SIDE", "distance", "orientations", "pdq64"]

SIDE: Final = 128
"""The `side` with which pictures are read for this fingerprint."""
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
BLOCK: Final = 1 << 17
"""About how many samples are summed at once: what a processor's cache holds."""
BLOCK_ROWS: Final = 1024


def pdq64(grey: Bytes) -> Fingerprint:
    """Return the 256 bits of a grey picture (shape (height, width), 1 pixel or more) and its quality.

    For a file, read it with `read_grey(data, side=SIDE)`. Ask `quality` before looking anything up: below
    `LEAST_QUALITY` nearness means nothing.
    """
    cells = _cells(grey)
    return Fingerprint(PDQ64, _value(_transform(cells)), _quality(cells))


def orientations(grey: Bytes) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of the picture in all 8 `ORIENTATIONS`, the picture as it is first.

    Exactly what `pdq64` gives for the turned picture, from one transform: turning only moves coefficients and
    changes their signs.
    """
    cells = _cells(grey)
    quality = _quality(cells)
    return tuple(Fingerprint(PDQ64, _value(turned), quality) for turned in _turned(_transform(cells)))


def distance(a: bytes, b: bytes) -> int:
    """Return how many bits differ, 0..256; both must be equally long."""
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def _cells(grey: Bytes) -> Doubles:
    """Return the mean of each of 64 x 64 equal cells, in 1/256 of a grey level, rounded half up."""
    rows, columns = grey.shape
    if rows < columns:  # the longer side first: what lies between the two steps is then small for any shape
        return _cells(grey.T).T
    sums = _shrink(_shrink(grey).T).T
    area = rows * columns
    means: Doubles = np.floor((sums * FRACTION + area // 2) / area)
    return means


def _shrink(samples: Bytes | Doubles) -> Doubles:
    """Return 64 weighted sums of the rows, block by block: a large picture needs no large table."""
    rows, columns = samples.shape
    sums = np.zeros((CELLS, columns))
    step = max(1, min(BLOCK_ROWS, BLOCK // columns))
    # Of bytes a block's sums stay below 255 * 64 * 1,024 < 2^24, where single precision is exact too.
    kind = np.float32 if samples.dtype == np.uint8 else np.float64
    for start in range(0, rows, step):
        stop = min(start + step, rows)
        first, last = start * CELLS // rows, -(-stop * CELLS // rows)
        sums[first:last] += _overlaps(rows, start, stop, kind) @ samples[start:stop].astype(kind)
    return sums


@lru_cache(maxsize=64)
def _overlaps(rows: int, start: int, stop: int, kind: type[Any]) -> NDArray[Any]:
    """Return by how much the rows from `start` to `stop` lie in each cell that they touch, in 1/64 of a row."""
    cell = np.arange(start * CELLS // rows, -(-stop * CELLS // rows))[:, None] * rows
    row = np.arange(start, stop) * CELLS
    shared: NDArray[Any] = np.minimum(cell + rows, row + CELLS) - np.maximum(cell, row)
    return shared.clip(0).astype(kind)


def _quality(cells: Doubles) -> int:
    """Return PDQ's measure: how much neighbours differ, in hundredths of the whole range, summed."""
    down = np.floor(np.abs(np.diff(cells, axis=0)) * 100 / STEEP).sum()
    across = np.floor(np.abs(np.diff(cells, axis=1)) * 100 / STEEP).sum()
    return min(100, int(down + across) // QUALITY_DIVISOR)


def _transform(cells: Doubles) -> Doubles:
    """Return the 16 x 16 lowest coefficients without the constant ones, vertical frequency first."""
    return _COSINES @ cells @ _COSINES.T


def _value(coefficients: Doubles) -> bytes:
    """Return a bit for each coefficient above the 128th smallest; the first coefficient is the last bit."""
    flat = coefficients.ravel()
    return np.packbits(flat > np.partition(flat, 127)[127], bitorder="little")[::-1].tobytes()


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
