"""What the origin descriptor looks at: edges of three widths, tone and colour, each as a 16 x 16 layout.

Everything is made of sums, products and square roots of one 128 x 128 reduction of the picture, so that texture,
palette and the finest detail, which i2i changes, weigh little, and the places of borders, which it keeps, weigh much.
Sources: histograms of oriented gradients (Dalal and Triggs, CVPR 2005); gradient of a colour picture (Di Zenzo, 1986).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from myself_i2i.fingerprint.interface import Bytes

__all__ = ["BLOCKS", "LENGTH", "describe", "reduce"]

Float = NDArray[np.float32]

SIDE: Final = 128
CELLS: Final = 16
ANGLES: Final = 8

BLOCKS: Final = {
    "middle": (ANGLES, 1.0),
    "coarse": (ANGLES, 1.0),
    "broad": (ANGLES, 0.7),
    "colour": (3, 0.5),
    "tone": (1, 0.7),
    "contrast": (1, 0.3),
}
"""Each block's number of 16 x 16 maps, and its weight: its part of the vector has that norm."""
LENGTH: Final = CELLS * CELLS * sum(maps for maps, _ in BLOCKS.values())
"""Numbers in a description."""

WIDTHS: Final = (1.5, 3.0, 6.0)  # of the blur before edges are taken: middle, coarse, broad
LOCAL_WIDTH: Final = 5.0  # samples: about how far "around" reaches for tone
LEAST_SPREAD: Final = 1.5  # of L 0..100: below it a place is flat, and its noise is not made large
LEAST_NORM: Final = 1e-3  # of a block: below it there is nothing in it

_TOE: Final = 0.04045  # below it sRGB is a straight line
_DARK: Final = 0.008856  # below it CIE Lab is a straight line
_LINEAR: Final = np.array(
    [c / 12.92 if c < _TOE else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255], dtype=np.float32
)
_TO_XYZ: Final = np.array(  # sRGB to XYZ, each row divided by the white of D65
    [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1098, 0.8730]], dtype=np.float32
)
_STEPS: Final = 4096
_ROOT: Final = np.array(
    [np.cbrt(t) if t > _DARK else 7.787 * t + 16 / 116 for t in np.arange(_STEPS + 1) / _STEPS],
    dtype=np.float32,
)


def reduce(rgb: Bytes) -> Bytes:
    """Return the picture's means over 128 x 128 equal parts; its proportions are given up."""
    return np.asarray(Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BOX))


def describe(small: Bytes) -> Float:
    """Return `LENGTH` numbers of a picture that `reduce` made; a block in which nothing is seen is all 0."""
    parts = []
    for maps, (_, weight) in zip(_maps(_lab(small)), BLOCKS.values(), strict=True):
        centred = (maps - maps.mean(axis=(1, 2), keepdims=True)).ravel()
        parts.append(centred * np.float32(weight / (np.sqrt(centred @ centred) + LEAST_NORM)))
    return np.concatenate(parts)


def _maps(lab: Float) -> Iterator[Float]:
    """Yield the maps of each block, in the order of `BLOCKS`."""
    for width in WIDTHS:
        strength, direction = _gradient(_both_ways(_BLURS[width], lab))
        tenth = int(0.9 * strength.size)
        cap = np.partition(strength.ravel(), tenth)[tenth] + np.float32(0.05)
        yield np.sqrt(_histogram(np.minimum(strength, cap) / cap, direction))
    yield _pooled(lab)
    blur = _BLURS[LOCAL_WIDTH]
    difference = lab[0] - _both_ways(blur, lab[0])
    spread = np.sqrt(_both_ways(blur, difference * difference)) + np.float32(LEAST_SPREAD)
    tone = difference / spread
    yield _pooled(tone[None])
    yield _pooled(np.abs(tone)[None])


def _lab(rgb: Bytes) -> Float:
    """Return CIE Lab (D65) with the channels first: L 0..100, a and b about -100..100."""
    xyz = _LINEAR[rgb] @ _TO_XYZ.T
    x, y, z = np.moveaxis(_ROOT[(np.minimum(xyz, 1) * _STEPS + 0.5).astype(np.int16)], -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _gradient(lab: Float) -> tuple[Float, NDArray[np.complex64]]:
    """Return the strength of change at each place, and its direction as a unit number of twice the angle."""
    dx, dy = np.zeros_like(lab), np.zeros_like(lab)
    dx[:, :, 1:-1] = lab[:, :, 2:] - lab[:, :, :-2]
    dy[:, 1:-1] = lab[:, 2:] - lab[:, :-2]
    xx, yy, xy = ((a * b).sum(axis=0) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    total = xx + yy
    return np.sqrt(total), ((xx - yy) + 2j * xy).astype(np.complex64) / (total + np.float32(1e-6))


def _histogram(strength: Float, direction: NDArray[np.complex64]) -> Float:
    """Return how much edge of each of 8 directions lies in each cell: from sums of powers, not by counting."""
    first = strength * direction
    second = first * direction
    third = second * direction
    waves = [strength, *(part for wave in (first, second, third) for part in (wave.real, wave.imag))]
    pooled = _pooled(np.stack(waves))
    found: Float = np.maximum(np.tensordot(_WAVES, pooled, 1), 0)
    return found


def _pooled(maps: Float) -> Float:
    return _both_ways(_POOL, maps)


def _both_ways(matrix: Float, maps: Float) -> Float:
    """Return `matrix` applied along both axes of each map."""
    found: Float = np.matmul(np.matmul(matrix, maps), matrix.T)
    return found


def _blur(width: float) -> Float:
    """Return the matrix that blurs along one axis; the border sample stands for all beyond it."""
    reach = int(3 * width + 1)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(offsets**2) / (2 * width * width))
    matrix = np.zeros((SIDE, SIDE))
    for i in range(SIDE):
        np.add.at(matrix[i], np.clip(i + offsets, 0, SIDE - 1), weights / weights.sum())
    return matrix.astype(np.float32)


def _pool() -> Float:
    """Return the matrix that averages samples into cells, each reaching half-way into its neighbours."""
    step = SIDE / CELLS
    centres = (np.arange(CELLS) + 0.5) * step
    weights = np.maximum(0, 1 - np.abs(np.arange(SIDE) + 0.5 - centres[:, None]) / step)
    found: Float = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def _waves() -> Float:
    """Return what turns sums of the powers 0 to 3 into 8 directions: a narrow bump around each."""
    angles = np.arange(ANGLES) * np.pi / ANGLES
    rows = [np.ones(ANGLES)]
    for power, height in ((1, 0.85), (2, 0.5), (3, 0.2)):
        rows += [2 * height * np.cos(2 * power * angles), 2 * height * np.sin(2 * power * angles)]
    found: Float = (np.stack(rows, axis=1) / 2).astype(np.float32)
    return found


_BLURS: Final = {width: _blur(width) for width in (*WIDTHS, LOCAL_WIDTH)}
_POOL: Final = _pool()
_WAVES: Final = _waves()
