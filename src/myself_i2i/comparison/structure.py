"""Where a picture has edges and which way they run, as one complex number a pixel.

The number's length is how strong the edge is beside its surroundings, its angle twice the angle of the gradient, so that
light on dark and dark on light count as the same edge. Two pictures agree at a place where their numbers point the same way.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from myself_i2i.fingerprint.interface import Bytes

__all__ = ["Field", "Float", "blur", "field", "fit_within"]

Float = NDArray[np.float32]
Field = NDArray[np.complex64]

SURROUNDINGS: Final = 4.0
"""How far, in pixels of the sampled picture, an edge is compared with what is around it (sigma)."""
FAINT: Final = 3.0
"""Grey levels a pixel below which a slope counts as flat: JPEG noise and paper grain stay under it."""


def fit_within(picture: Bytes, side: int) -> Bytes:
    """Return `picture` with its longer side `side` pixels, proportions kept, area means when smaller; never empty."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return picture
    return np.asarray(
        Image.fromarray(picture).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    )


def field(grey: Bytes) -> Field:
    """Return the edges of a grey picture (height, width), each length 0 to about 3, 0 where it is flat."""
    smooth = blur(grey.astype(np.float32), 1.0)
    slope = np.empty(grey.shape, np.complex64)
    slope.real, slope.imag = _slopes(smooth, 1), _slopes(smooth, 0)
    strength = np.abs(slope)
    around = blur(strength, SURROUNDINGS)
    # z / |z| twice the angle; the strength is made relative, so that a drawing's lines do not drown its shading
    doubled: Field = slope * slope / np.maximum(strength, 1e-6) / (around + FAINT)
    return doubled


def blur(values: Float, sigma: float) -> Float:
    """Return `values` smoothed by a Gaussian of `sigma` pixels; the border is repeated outwards."""
    reach = max(1, round(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1, dtype=np.float32) / sigma) ** 2)
    taps /= taps.sum()
    height, width = values.shape
    tall = np.pad(values, [(reach, reach), (0, 0)], mode="edge")
    across = taps[0] * tall[:height]
    for at in range(1, len(taps)):
        across += taps[at] * tall[at : at + height]
    wide = np.pad(across, [(0, 0), (reach, reach)], mode="edge")
    smooth: Float = taps[0] * wide[:, :width]
    for at in range(1, len(taps)):
        smooth += taps[at] * wide[:, at : at + width]
    return smooth


def _slopes(values: Float, axis: int) -> Float:
    """Return central differences along `axis`; 0 where there is a single row or column."""
    if values.shape[axis] == 1:
        return np.zeros_like(values)
    return np.gradient(values, axis=axis).astype(np.float32)
