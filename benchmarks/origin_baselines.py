"""The classical layouts that the origin descriptor is measured against: HOG, coarse edges, colour; one vector each."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["coarse_edges", "hog", "lab"]

Float = NDArray[np.float32]
SIDE: Final = 128
CELLS: Final = 16


def hog(rgb: NDArray[np.uint8]) -> Float:
    """Return 16 x 16 cells of 9 orientations, contrast normalised over 3 x 3 cells, square root, mean removed."""
    found = _orientations(*_strongest(_to_lab(rgb, SIDE)), 9)
    energy = np.pad((found**2).sum(axis=-1), 1, mode="edge")
    around = sum(energy[i : i + CELLS, j : j + CELLS] for i in range(3) for j in range(3))
    found = np.sqrt(found / np.sqrt(np.asarray(around)[..., None] + 1.0))
    return found - found.mean(axis=(0, 1), keepdims=True)


def coarse_edges(rgb: NDArray[np.uint8]) -> Float:
    """Return 16 x 16 cells of 6 orientations after a blur of 2 samples, strength capped at its 90th percentile."""
    offsets = np.arange(-6, 7)
    kernel = np.exp(-(offsets**2) / 8)
    colours = np.pad(_to_lab(rgb, SIDE), ((6, 6), (6, 6), (0, 0)), mode="edge")
    for axis in (0, 1):
        colours = np.apply_along_axis(np.convolve, axis, colours, kernel / kernel.sum(), "valid")
    gx, gy, strength = _strongest(colours.astype(np.float32))
    found = np.sqrt(_orientations(gx, gy, np.minimum(strength, np.quantile(strength, 0.9)), 6))
    return found - found.mean(axis=(0, 1), keepdims=True)


def lab(rgb: NDArray[np.uint8]) -> Float:
    """Return 16 x 16 means of Lab colour, mean removed."""
    found = _to_lab(rgb, CELLS)
    return found - found.mean(axis=(0, 1), keepdims=True)


def _to_lab(rgb: NDArray[np.uint8], side: int) -> Float:
    small = np.asarray(Image.fromarray(rgb).resize((side, side), Image.Resampling.BOX)) / 255
    linear = np.where(small > 0.04045, ((small + 0.055) / 1.055) ** 2.4, small / 12.92)
    xyz = linear @ np.array([[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1098, 0.8730]]).T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def _strongest(colours: Float) -> tuple[Float, Float, Float]:
    """Return the gradient of the channel in which it is strongest, and its length."""
    dx, dy = np.zeros_like(colours), np.zeros_like(colours)
    dx[:, 1:-1] = colours[:, 2:] - colours[:, :-2]
    dy[1:-1] = colours[2:] - colours[:-2]
    lengths = np.hypot(dx, dy)
    which = lengths.argmax(axis=-1)[..., None]
    gx, gy, length = (np.take_along_axis(a, which, -1)[..., 0] for a in (dx, dy, lengths))
    return gx, gy, length


def _orientations(gx: Float, gy: Float, strength: Float, angles: int) -> Float:
    place = (np.arctan2(gy, gx) / np.pi % 1.0) * angles - 0.5
    low = np.floor(place).astype(np.int64)
    row, column = np.indices(strength.shape) // (SIDE // CELLS)
    cell = (row * CELLS + column) * angles
    length = CELLS * CELLS * angles
    found = np.zeros(length)
    for angle, weight in ((low, 1 - place + low), (low + 1, place - low)):
        found += np.bincount((cell + angle % angles).ravel(), (strength * weight).ravel(), length)
    return found.reshape(CELLS, CELLS, angles).astype(np.float32)
