"""What the origin descriptor looks at: the layout of edges."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from myself_i2i.fingerprint.interface import Bytes

__all__ = ["LENGTH", "describe"]

SIDE: Final = 128
CELLS: Final = 16
ANGLES: Final = 9
LENGTH: Final = CELLS * CELLS * ANGLES

Float = NDArray[np.float32]

_TOE: Final = 0.04045  # below it sRGB is a straight line
_LINEAR = np.array(
    [c / 12.92 if c < _TOE else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255],
    dtype=np.float32,
)
_DARK: Final = 0.008856  # below it CIE Lab is a straight line
_TO_XYZ = np.array(  # sRGB to XYZ, each row divided by the white of D65
    [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1098, 0.8730]], dtype=np.float32
)


def describe(rgb: Bytes) -> Float:
    """Return the edge layout of a picture: `LENGTH` numbers of norm 1, or all 0 for a flat picture."""
    lab = to_lab(np.asarray(Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BOX)))
    histograms = _contrast(_orientations(lab))
    histograms -= histograms.mean(axis=(0, 1), keepdims=True)
    return unit(histograms.ravel())


def to_lab(rgb: Bytes) -> Float:
    """Return CIE Lab (D65) of 8-bit sRGB: L 0..100, a and b about -100..100."""
    xyz = _LINEAR[rgb] @ _TO_XYZ.T
    f = np.where(xyz > _DARK, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def unit(vector: Float) -> Float:
    """Return the vector with norm 1, or as it is when it is all but 0."""
    norm = float(np.sqrt(vector @ vector))
    return vector / np.float32(norm) if norm > 1e-6 else np.zeros_like(vector)  # noqa: PLR2004


def _orientations(lab: Float) -> Float:
    dx, dy = np.zeros_like(lab), np.zeros_like(lab)
    dx[:, 1:-1] = lab[:, 2:] - lab[:, :-2]
    dy[1:-1] = lab[2:] - lab[:-2]
    strengths = np.hypot(dx, dy)
    strongest = strengths.argmax(axis=-1)[..., None]
    gx, gy, strength = (np.take_along_axis(a, strongest, -1)[..., 0] for a in (dx, dy, strengths))
    place = (np.arctan2(gy, gx) / np.pi % 1.0) * ANGLES - 0.5
    low = np.floor(place).astype(np.int64)
    share = (place - low).astype(np.float32)
    row, column = np.indices(strength.shape) // (SIDE // CELLS)
    cell = (row * CELLS + column) * ANGLES
    found = np.zeros(LENGTH)
    for angle, weight in ((low, 1 - share), (low + 1, share)):
        found += np.bincount((cell + angle % ANGLES).ravel(), (strength * weight).ravel(), LENGTH)
    return found.reshape(CELLS, CELLS, ANGLES).astype(np.float32)


def _contrast(histograms: Float) -> Float:
    energy = np.pad((histograms**2).sum(axis=-1), 1, mode="edge")
    around = sum(energy[i : i + CELLS, j : j + CELLS] for i in range(3) for j in range(3))
    return np.sqrt(histograms / np.sqrt(np.asarray(around)[..., None] + 1.0))
