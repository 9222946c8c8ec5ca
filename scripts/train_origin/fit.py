"""Fit the weights of the origin descriptor: `python scripts/train_origin/fit.py OUT.npz PICTURES.npy...`.

PICTURES are what `generate.py` wrote. Steps: (1) describe every view as the package does; (2) for each part, keep the
leading directions of each of its blocks; (3) find the directions in which scenes differ most against how much views
of one scene differ (linear discriminant analysis), each scaled by how far it can be trusted; (4) write the map as
int8 with one scale per row; (5) put the vectors of the last scenes beside it, as the cohort. Prints the digest.

Everything but the last digits of the linear algebra is fixed by the seeds of `generate.py`; on other machines the
digest differs and the figures do not.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myself_i2i.fingerprint import origin_channels, origin_model

Float = NDArray[np.float32]

PARTS = {
    origin_model.STRUCTURE: {
        "middle": 450,
        "coarse": 300,
        "broad": 160,
        "colour": 120,
        "tone": 160,
        "contrast": 80,
    },
    origin_model.TONE: {"colour": 120, "tone": 160, "broad": 160},
}
TONE_WEIGHTS = {"colour": 0.5, "tone": 1.0, "broad": 0.5}
REGULAR = 0.1
COHORT = 1024


def main(out: Path, pictures: Sequence[Path]) -> None:
    """Describe, fit and write."""
    fit(out, np.concatenate([_described(np.load(path, mmap_mode="r")) for path in pictures]))


def fit(out: Path, described: NDArray[np.float16]) -> None:
    """Fit on descriptions of shape (scenes, views, numbers), and write."""
    maps = [_discriminant(described[:-COHORT], size, kept) for size, kept in PARTS.items()]
    matrix = np.concatenate([m for m, _ in maps])
    offset = np.concatenate([o for _, o in maps])
    scale = np.abs(matrix).max(axis=1) / 127
    small = np.rint(matrix / scale[:, None]).astype(np.int8)
    weights = {"matrix": small, "scale": scale.astype(np.float32), "offset": offset.astype(np.float32)}
    weights["cohort"] = _cohort(weights, described[-COHORT:, 0])
    data = io.BytesIO()
    np.savez(data, **weights)
    out.write_bytes(data.getvalue())
    print(len(data.getvalue()), "bytes, sha256", hashlib.sha256(data.getvalue()).hexdigest())


def _described(pictures: NDArray[np.uint8]) -> NDArray[np.float16]:
    found = np.empty((*pictures.shape[:2], origin_channels.LENGTH), np.float16)
    for place in np.ndindex(*pictures.shape[:2]):
        found[place] = origin_channels.describe(np.asarray(pictures[place]))
    return found


def _discriminant(described: NDArray[np.float16], size: int, kept: dict[str, int]) -> tuple[Float, Float]:
    """Return `size` rows of a map over whole descriptions, and what to add so that the mean becomes 0."""
    count, views = described.shape[:2]
    basis = np.zeros((origin_channels.LENGTH, sum(kept.values())), np.float32)
    mean = np.zeros(origin_channels.LENGTH, np.float32)
    seen = np.empty((count, views, basis.shape[1]), np.float32)
    column = 0
    for block, place, weight in _places():
        if block not in kept:
            continue
        values = described[..., place].astype(np.float32)
        mean[place] = values.mean(axis=(0, 1))
        values -= mean[place]
        end = column + kept[block]
        change = (TONE_WEIGHTS[block] / weight) if size == origin_model.TONE else 1.0
        leading = _leading(values[:, :: max(1, views // 2)].reshape(-1, values.shape[-1]), kept[block])
        basis[place, column:end] = leading * np.float32(change)
        seen[..., column:end] = values @ basis[place, column:end]
        column = end
    turned = basis @ _between_over_within(seen, size)
    return turned.T, -(mean @ turned)


def _leading(values: Float, count: int) -> Float:
    """Return the `count` directions in which the rows vary most."""
    found: Float = np.linalg.eigh(values.T @ values / len(values))[1][:, ::-1][:, :count]
    return found


def _between_over_within(seen: Float, size: int) -> Float:
    """Return `size` directions, each scaled by the fourth root of the share of its variance that is the scene's."""
    count, views = seen.shape[:2]
    means = seen.mean(axis=1)
    inner = (seen - means[:, None]).reshape(-1, seen.shape[-1]).astype(np.float64)
    within = inner.T @ inner / (count * (views - 1))
    means = (means - means.mean(axis=0)).astype(np.float64)
    between = means.T @ means / count - within / views
    within += REGULAR * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    values, vectors = np.linalg.eigh(white.T @ between @ white)
    ratio = np.maximum(values[::-1][:size], 0)
    found: Float = (white @ vectors[:, ::-1][:, :size] * (ratio / (ratio + 1)) ** 0.25).astype(np.float32)
    return found


def _cohort(weights: dict[str, NDArray[np.generic]], described: NDArray[np.float16]) -> NDArray[np.int8]:
    matrix = np.asarray(weights["matrix"], np.float32) * np.asarray(weights["scale"])[:, None]
    vectors = described.astype(np.float32) @ matrix.T + np.asarray(weights["offset"])
    parts = np.split(vectors, [origin_model.STRUCTURE], axis=1)
    scaled = [p / np.linalg.norm(p, axis=1, keepdims=True) for p in parts]
    joined = np.concatenate([scaled[0], origin_model.TONE_NORM * scaled[1]], axis=1)
    found: NDArray[np.int8] = np.rint(joined * (127 / np.abs(joined).max(axis=1, keepdims=True))).astype(
        np.int8
    )
    return found


def _places() -> list[tuple[str, slice, float]]:
    found, start = [], 0
    for block, (maps, weight) in origin_channels.BLOCKS.items():
        end = start + maps * origin_channels.CELLS**2
        found.append((block, slice(start, end), weight))
        start = end
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
