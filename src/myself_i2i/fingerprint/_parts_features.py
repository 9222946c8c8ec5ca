"""Local features of a picture: where they are and what they look like (SIFT, as OpenCV computes it).

D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004; R. Arandjelovic and A. Zisserman,
"Three things everyone should know to improve object retrieval", CVPR 2012 (the square root).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import ModuleType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import Bytes
from myself_i2i.wording import Text

__all__ = ["Features", "detect", "mirrored", "resized"]

LENGTH: Final = 128
BITS: Final = 64
CONTRAST: Final = 0.004
"""A tenth of OpenCV's own threshold: flat drawings have few strong corners."""
EDGE: Final = 25.0
"""Above OpenCV's own 10, for the same reason: a bend in a line counts."""

# What a descriptor is on the mean, in 1/256, over noise and shapes drawn by code: the upper two of four rows of
# cells, 4 cells a row, 8 directions a cell. The lower rows are their mirror image. Taking it away halves the bits
# that are the same in all pictures.
_UPPER: Final = np.array(
    [
        [17, 17, 16, 15, 15, 11, 11, 13],
        [29, 22, 16, 13, 13, 12, 14, 19],
        [29, 20, 14, 11, 12, 13, 16, 22],
        [17, 13, 11, 11, 13, 14, 15, 17],
        [21, 18, 16, 17, 18, 14, 12, 15],
        [39, 25, 17, 16, 16, 14, 14, 24],
        [40, 24, 15, 13, 15, 15, 17, 25],
        [22, 15, 12, 14, 16, 16, 16, 18],
    ]
).reshape(2, 4, 8)


@dataclass(frozen=True, slots=True)
class Features:
    """n features of one picture."""

    width: float
    """The picture's width as a part of its longer side."""
    height: float
    """The picture's height, likewise."""
    places: NDArray[np.float64]
    """Shape (n, 4): x, y, size as parts of the longer side, angle in radians, clockwise."""
    strengths: NDArray[np.float64]
    """Shape (n,): how much each stands out."""
    roots: NDArray[np.float32]
    """Shape (n, 128): square roots of descriptors of sum 1."""

    def take(self, which: NDArray[np.intp]) -> Features:
        """Return the features with these numbers, in this order."""
        return Features(self.width, self.height, self.places[which], self.strengths[which], self.roots[which])

    def looks(self) -> NDArray[np.float32]:
        """Return shape (n, 64): descriptors centred, rotated and of length 1; their signs are the codes."""
        turned = np.subtract(self.roots, _MEAN, dtype=np.float32) @ _ROTATION.T
        looks: NDArray[np.float32] = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        return looks

    def codes(self) -> NDArray[np.uint8]:
        """Return shape (n, 8): the signs of `looks`, 1 where positive, the first in the highest bit."""
        return np.packbits(self.looks() > 0, axis=1)


def detect(grey: Bytes) -> Features:
    """Return all features of a picture of shape (height, width); raises `UsageError` without OpenCV."""
    height, width = grey.shape
    longer = max(height, width)
    finder = _opencv().SIFT_create(contrastThreshold=CONTRAST, edgeThreshold=EDGE)
    points, raw = finder.detectAndCompute(grey, None)
    if raw is None:
        raw = np.empty((0, LENGTH), np.float32)
    found = np.array([(*point.pt, point.size, point.angle, point.response) for point in points]).reshape(
        -1, 5
    )
    order = np.lexsort(found.T)  # OpenCV's order depends on its threads
    found, raw = found[order], raw[order]
    found[:, :2] += 0.5  # OpenCV counts from the first sample's middle, we from the picture's corner
    places = np.column_stack([found[:, :3] / longer, np.radians(found[:, 3])])
    roots = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    return Features(width / longer, height / longer, places, found[:, 4], roots)


def mirrored(features: Features) -> Features:
    """Return what `detect` would find, up to rounding, in the picture mirrored left to right."""
    x, y, size, angle = features.places.T
    places = np.column_stack([features.width - x, y, size, np.pi - angle])
    return Features(features.width, features.height, places, features.strengths, _reflected(features.roots))


def resized(grey: Bytes, longer: int) -> Bytes:
    """Return the picture with its longer side so many samples: means when smaller, cubic when larger."""
    height, width = grey.shape
    scale = longer / max(height, width)
    if scale == 1:
        return grey
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    opencv = _opencv()
    way = opencv.INTER_AREA if scale < 1 else opencv.INTER_CUBIC
    small: Bytes = opencv.resize(grey, size, interpolation=way)
    return small


def _reflected(roots: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mirror descriptors across the feature's own direction: rows of cells change places, directions their sign."""
    cells = roots.reshape(-1, 4, 4, 8)
    reflected: NDArray[np.float32] = cells[:, ::-1][..., -np.arange(8) % 8].reshape(-1, LENGTH)
    return reflected


def _rotation() -> NDArray[np.float32]:
    """Return the first 64 rows of Sylvester's Hadamard matrix of order 128, its columns' signs from a digest of our name.

    Half as many bits as dimensions: 64 bits of 314 features were measured to find more than 128 bits of 194.
    """
    hadamard = 1.0 - 2.0 * (np.bitwise_count(np.arange(BITS)[:, None] & np.arange(LENGTH)) & 1)
    signs = 1.0 - 2.0 * np.unpackbits(np.frombuffer(hashlib.sha256(b"parts_v1").digest()[:16], np.uint8))
    rotation: NDArray[np.float32] = (hadamard * signs).astype(np.float32)
    return rotation


_ROTATION: Final = _rotation()
_MEAN: Final = (np.concatenate([_UPPER, _UPPER[::-1][..., -np.arange(8) % 8]]).reshape(LENGTH) / 256).astype(
    np.float32
)


def _opencv() -> ModuleType:
    try:
        import cv2  # noqa: PLC0415 - an extra: only those who look for parts need it
    except ImportError as error:
        raise UsageError(
            Text(en="finding parts of pictures needs OpenCV", ja="画像の一部を探すにはOpenCVが必要です"),
            hint=Text(
                en="pip install 'myself-i2i[closeness]'",
                ja="pip install 'myself-i2i[closeness]' を実行してください",
            ),
        ) from error
    return cv2
