"""The learned part of the origin descriptor: a linear map to 512 numbers, and the cohort that scores are set against.

Both were fitted on pictures drawn by code alone (scripts/train_origin); no person's picture took part. The weights
are one file beside this module, whose digest the specification records and a test holds.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["COHORT_NEAREST", "STRUCTURE", "TONE", "TONE_NORM", "WEIGHTS", "normalised", "project"]

Float = NDArray[np.float32]

WEIGHTS: Final = "origin_v1.npz"
"""The file of the weights, beside this module."""
STRUCTURE: Final = 384
"""The first so many dimensions: where borders lie, whichever side is darker."""
TONE: Final = 128
"""The last so many: what is light and what is dark, broadly, and which colour."""
TONE_NORM: Final = 0.5
"""The norm of the tone part beside a structure part of norm 1, in the cosine of whole vectors."""
COHORT_NEAREST: Final = 128
"""How many of the cohort, the nearest, say what a chance similarity is for one picture."""
TONE_SCALE: Final = 1.5
"""What a score of tone is multiplied by beside one of structure, whose chance scores reach so much higher."""


@dataclass(frozen=True, slots=True)
class _Weights:
    matrix: Float
    offset: Float
    cohort: tuple[Float, Float]


@dataclass(frozen=True, slots=True)
class _Standing:
    """One part of one picture: its direction, and how near chance pictures come to it."""

    direction: Float
    mean: float
    spread: float


def project(description: Float) -> Float:
    """Return the 512 numbers of a description: a structure part of norm 1 and a tone part of norm `TONE_NORM`."""
    weights = _weights()
    structure, tone = np.split(weights.matrix @ description + weights.offset, [STRUCTURE])
    return np.concatenate([_unit(structure), np.float32(TONE_NORM) * _unit(tone)])


def normalised(left: bytes, right: bytes) -> float:
    """Return how far two vectors of int8 are nearer than chance, in standard deviations: about 0 for unrelated ones.

    For each part: the cosine, less the mean and over the deviation of the cosines with the nearest of the cohort,
    averaged over both sides (adaptive symmetric normalisation, Matejka et al., Interspeech 2017); then the better
    of structure and `TONE_SCALE` times tone.
    """
    scores = [
        ((cosine - a.mean) / a.spread + (cosine - b.mean) / b.spread) / 2
        for a, b in zip(_standing(left), _standing(right), strict=True)
        for cosine in (float(a.direction @ b.direction),)
    ]
    return max(scores[0], TONE_SCALE * scores[1])


@lru_cache(maxsize=4096)
def _standing(value: bytes) -> tuple[_Standing, ...]:
    found = []
    for part, cohort in zip(_parts(np.frombuffer(value, dtype=np.int8)), _weights().cohort, strict=True):
        nearest = np.sort(cohort @ part)[-COHORT_NEAREST:]
        found.append(_Standing(part, float(nearest.mean()), float(nearest.std()) + 1e-3))
    return tuple(found)


def _parts(vectors: NDArray[np.int8]) -> tuple[Float, Float]:
    structure, tone = np.split(vectors.astype(np.float32), [STRUCTURE], axis=-1)
    return _unit(structure), _unit(tone)


def _unit(vectors: Float) -> Float:
    norms = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    found: Float = vectors / np.maximum(norms, np.float32(1e-9))
    return found


@cache
def _weights() -> _Weights:
    data = resources.files(__package__).joinpath(WEIGHTS).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        matrix = kept["matrix"].astype(np.float32) * kept["scale"][:, None]
        return _Weights(matrix, kept["offset"], _parts(kept["cohort"]))
