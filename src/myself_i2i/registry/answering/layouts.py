"""Distances of layouts, so exact that every machine, and every way to batch the work, gives the same three decimals.

The measure is that of `fingerprint.origin.similarity`. There it is in single precision, whose last digits depend on the
machine; here every product of vectors is a sum of products of int8, below 2^24 and so exact in single precision in any
order, and what follows is in double precision and rounded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from myself_i2i.fingerprint.origin import DEVIATIONS, DIMENSIONS
from myself_i2i.fingerprint.origin_model import COHORT_NEAREST, STRUCTURE, TONE_SCALE, WEIGHTS

__all__ = ["DECIMALS", "Layouts"]

DECIMALS: Final = 3
"""To which a distance is rounded, before it is held against a threshold."""

_PARTS: Final = (slice(0, STRUCTURE), slice(STRUCTURE, DIMENSIONS))
_LEAST_SPREAD: Final = 1e-3

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layouts:
    """Layout fingerprints of many pictures, with how near chance pictures come to each."""

    vectors: NDArray[np.int8]
    """Shape (n, 512), none of them all 0."""
    norms: Doubles
    """Shape (n, 2): of the structure part and the tone part."""
    means: Doubles
    """Shape (n, 2): of the cosines with the nearest of the cohort."""
    spreads: Doubles
    """Shape (n, 2): their deviation."""

    @classmethod
    def of(cls, values: list[bytes]) -> Self:
        """Return the layouts of fingerprints of 512 bytes each."""
        vectors = np.frombuffer(b"".join(values), dtype=np.int8).reshape(len(values), DIMENSIONS)
        norms = _norms(vectors)
        means, spreads = np.empty_like(norms), np.empty_like(norms)
        for at, (part, cohort, cohort_norms) in enumerate(_cohort()):
            cosines = _products(vectors[:, part], cohort) / (norms[:, at, None] * cohort_norms)
            nearest = np.sort(np.partition(cosines, -COHORT_NEAREST, axis=1)[:, -COHORT_NEAREST:], axis=1)
            means[:, at], spreads[:, at] = nearest.mean(axis=1), nearest.std(axis=1) + _LEAST_SPREAD
        return cls(vectors, norms, means, spreads)

    def __len__(self) -> int:
        return len(self.vectors)

    def distances(self, other: Layouts) -> Doubles:
        """Return the distance of each of these to each of the others: shape (n, m), rounded to `DECIMALS`, 0..2."""
        scores = []
        for at, part in enumerate(_PARTS):
            cosines = _products(self.vectors[:, part], other.vectors[:, part])
            cosines /= self.norms[:, at, None] * other.norms[:, at]
            ours = (cosines - self.means[:, at, None]) / self.spreads[:, at, None]
            theirs = (cosines - other.means[:, at]) / other.spreads[:, at]
            scores.append((ours + theirs) / 2)
        nearer = np.maximum(scores[0], TONE_SCALE * scores[1])
        found: Doubles = np.round(1 - np.tanh(nearer / DEVIATIONS), DECIMALS)
        return found


def _norms(vectors: NDArray[np.int8]) -> Doubles:
    wide = vectors.astype(np.float64)
    # A part that is all 0 has no direction: its cosines are 0 whatever they are divided by.
    return np.stack([np.maximum(np.sqrt((wide[:, p] ** 2).sum(axis=1)), 1e-9) for p in _PARTS], axis=1)


def _products(left: NDArray[np.int8], right: NDArray[np.int8]) -> Doubles:
    """All products of rows with rows, exactly."""
    return (left.astype(np.float32) @ right.astype(np.float32).T).astype(np.float64)


@cache
def _cohort() -> tuple[tuple[slice, NDArray[np.int8], Doubles], ...]:
    data = resources.files("myself_i2i.fingerprint").joinpath(WEIGHTS).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        cohort: NDArray[np.int8] = kept["cohort"]
    norms = _norms(cohort)
    return tuple((part, cohort[:, part], norms[:, at]) for at, part in enumerate(_PARTS))
