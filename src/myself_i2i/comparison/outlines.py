"""The outlines of a picture as thin lines (J. Canny, "A computational approach to edge detection", 1986)."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from myself_i2i.comparison.structure import Float, blur
from myself_i2i.fingerprint.interface import Bytes

__all__ = ["outlines"]

Kind = TypeVar("Kind", bound=np.generic)

SIGMA: Final = 1.4
SHARE: Final = 0.88
"""Slopes above this share of all are the beginning of a line."""
FOLLOWED: Final = 0.4
"""A line goes on while its slope stays above this part of that."""
LEAST: Final = 2.0
"""Grey levels a pixel below which nothing is a line."""
ROUNDS: Final = 24
_AROUND: Final = ((0, 1), (1, 1), (1, 0), (1, -1))


def outlines(grey: Bytes) -> NDArray[np.bool_]:
    """Return where the outlines of a grey picture run, two pixels wide; the picture's own border is none."""
    smooth = blur(grey.astype(np.float32), SIGMA)
    padded = np.pad(smooth, 1, mode="edge")
    down, across = (np.gradient(padded, axis=axis)[1:-1, 1:-1] for axis in (0, 1))
    slope = np.hypot(down, across)
    strong = max(LEAST, float(np.quantile(slope, SHARE)))
    ridge = _ridges(slope, down, across)
    sure, likely = ridge & (slope >= strong), ridge & (slope >= strong * FOLLOWED)
    for _ in range(ROUNDS):
        grown = likely & _wider(sure)
        if (grown == sure).all():
            break
        sure = grown
    wide: NDArray[np.bool_] = sure | _moved(sure, 0, 1) | _moved(sure, 1, 0)
    return wide


def _ridges(slope: Float, down: Float, across: Float) -> NDArray[np.bool_]:
    """Return where the slope is not smaller than at both neighbours across the line."""
    turn = np.arctan2(down, across)
    direction = np.rint(turn / (np.pi / 4)).astype(int) % 4
    ridge = np.zeros(slope.shape, bool)
    for number, (rows, columns) in enumerate(_AROUND):
        highest = (slope >= _moved(slope, rows, columns)) & (slope > _moved(slope, -rows, -columns))
        ridge |= (direction == number) & highest
    return ridge


def _wider(lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the lines with all eight neighbours of each pixel."""
    rows = lines | _moved(lines, 1, 0) | _moved(lines, -1, 0)
    return rows | _moved(rows, 0, 1) | _moved(rows, 0, -1)


def _moved(values: NDArray[Kind], rows: int, columns: int) -> NDArray[Kind]:
    """Return each pixel's neighbour at that distance; 0 beyond the border."""
    padded = np.pad(values, 1)
    height, width = values.shape
    return padded[1 + rows : 1 + rows + height, 1 + columns : 1 + columns + width]
