"""Do pairs of features agree on one move, turn and scale, and how often would they by chance?

Every pair alone proposes a similarity (place, size and angle of both features); the proposal that most others agree
with is fitted by least squares. The number that agree is then held against what the query's own features would do by
chance at these very places, so repeated texture earns nothing (a-contrario: Moisan and Stival, IJCV 2004). Few pairs
that look very much alike may say more than many that look somewhat alike, so this is asked at several levels.

A place is a complex number x + iy, so a similarity is z -> factor z + move: |factor| scales, its argument turns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "Agreement", "agree"]

Places = NDArray[np.float64]
"""Shape (n, 4): x, y, size as parts of the longer side, angle in radians."""
Complex = NDArray[np.complex128]

NEAR: Final = 0.006
"""How far from its place a feature may be, as a part of the kept picture's longer side. A copied part keeps its places
this well; two faces, or one word set twice in the same type, do not."""
ROUGH: Final = 0.05
"""The same for a proposal of one pair, whose angle and size are rough."""
SCALE: Final = math.log(1.5)
ANGLE: Final = math.cos(math.radians(25))
APART: Final = 0.016
"""Features nearer than this to each other, in parts of the kept longer side, count as one: a few letters, an eye."""
WIDEST: Final = 8.0
"""A part is looked for at 1/8 to 8 times its size, in parts of the longer sides."""
LEAST: Final = 4
LEVELS: Final = (0.45, 0.55, 0.62, 0.68)
"""Cosines (at most 0.8 for the signs of a vector) above which pairs are counted."""
PROPOSALS: Final = 3
"""So many of the proposals with the most votes are fitted."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The pairs that agree on one similarity."""

    factor: complex
    """Scale and turn of kept -> query, in parts of the longer sides."""
    move: complex
    """Where kept's (0, 0) comes to lie."""
    pairs: NDArray[np.intp]
    """The numbers of the pairs that agree, one for each place."""
    score: float
    """-log10 of how many such agreements one would expect by chance."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """n pairs of features, prepared."""

    ours: Complex
    theirs: Complex
    grown: NDArray[np.float64]
    """Logarithm of size of theirs to size of ours."""
    turned: Complex
    """Unit vector of the angle from ours to theirs."""

    @classmethod
    def of(cls, ours: Places, theirs: Places) -> _Pairs:
        return cls(
            _points(ours),
            _points(theirs),
            np.log(theirs[:, 2] / ours[:, 2]),
            np.exp(1j * (theirs[:, 3] - ours[:, 3])),
        )

    def agreeing(self, factor: Complex, move: Complex, near: float) -> NDArray[np.bool_]:
        """Return shape (similarities, n): does the pair agree in place, size and angle?"""
        scale = np.maximum(np.abs(factor), 1 / WIDEST)
        close = np.abs(factor * self.ours + move - self.theirs) < near * scale
        close &= np.abs(self.grown - np.log(scale)) < SCALE
        close &= (self.turned * np.conj(factor / scale)).real > ANGLE
        return close & (scale < WIDEST)


def agree(
    kept: Places, query: Places, left: NDArray[np.intp], right: NDArray[np.intp], alike: NDArray[np.float32]
) -> Agreement | None:
    """Return the best agreement among pairs (`left[i]` of kept, `right[i]` of query), or None where there is none.

    `alike[i]` says how much the pair looks alike, a cosine.
    """
    if len(left) < LEAST:
        return None
    pairs = _Pairs.of(kept[left], query[right])
    factors = np.exp(pairs.grown) * pairs.turned
    moves = pairs.theirs - factors * pairs.ours
    votes = pairs.agreeing(factors[:, None], moves[:, None], ROUGH).sum(axis=1)
    first = np.argsort(-votes, kind="stable")[:PROPOSALS]
    fits = [_refined(pairs, factors[i], moves[i]) for i in first if votes[i] >= LEAST]
    found = [fit for fit in fits if fit]
    if not found:
        return None
    factor, move, inliers = max(found, key=lambda fit: len(fit[2]))
    inliers = _apart(pairs, inliers, abs(factor))
    chance = _chance(factor, move, kept[left], query)
    score = max(_score(int((alike[inliers] > t).sum()), int((alike > t).sum()), chance) for t in LEVELS)
    return Agreement(factor, move, inliers, score)


def _refined(
    pairs: _Pairs, factor: complex, move: complex
) -> tuple[complex, complex, NDArray[np.intp]] | None:
    """Fit again and again to those that agree, each time more strictly."""
    for near in (ROUGH, (ROUGH + NEAR) / 2, 2 * NEAR, NEAR):
        inliers = np.flatnonzero(pairs.agreeing(np.array(factor), np.array(move), near))
        if len(inliers) < LEAST:
            return None
        factor, move = _fitted(pairs.ours[inliers], pairs.theirs[inliers])
    return factor, move, np.flatnonzero(pairs.agreeing(np.array(factor), np.array(move), NEAR))


def _fitted(ours: Complex, theirs: Complex) -> tuple[complex, complex]:
    """Return the similarity with the least squares."""
    centred = ours - ours.mean()
    spread = np.vdot(centred, centred).real
    factor = complex(np.vdot(centred, theirs - theirs.mean()) / spread) if spread > 0 else 1 + 0j
    return factor, complex(theirs.mean() - factor * ours.mean())


def _apart(pairs: _Pairs, inliers: NDArray[np.intp], scale: float) -> NDArray[np.intp]:
    """Keep one pair for each place on either side: several features at one corner are one witness, not several."""
    ours, theirs = pairs.ours[inliers], pairs.theirs[inliers]
    near = np.abs(ours[:, None] - ours) < APART
    near |= np.abs(theirs[:, None] - theirs) < APART * scale
    chosen: list[int] = []
    for number in range(len(inliers)):
        if not near[number, chosen].any():
            chosen.append(number)
    return inliers[chosen]


def _chance(factor: complex, move: complex, ours: Places, query: Places) -> float:
    """Return how likely it is that a pair drawn at random agrees, measured on the query's own features."""
    scale = abs(factor)
    moved = factor * _points(ours) + move
    mine, other = np.nonzero(np.abs(moved[:, None] - _points(query)) < NEAR * scale)
    near = _Pairs.of(ours[mine], query[other])
    count = int(near.agreeing(np.array(factor), np.array(move), NEAR).sum())
    return (count + len(ours)) / (len(ours) * (len(query) + 1))


def _score(agreeing: int, pairs: int, chance: float) -> float:
    """Return -log10 of (proposals x the binomial tail); two pairs are used up by the fit."""
    more, others = agreeing - 2, pairs - 2
    if more <= 0:
        return 0.0
    logs = [
        math.lgamma(others + 1)
        - math.lgamma(k + 1)
        - math.lgamma(others - k + 1)
        + k * math.log(chance)
        + (others - k) * math.log1p(-min(chance, 1 - 1e-9))
        for k in range(more, others + 1)
    ]
    top = max(logs)
    tail = top + math.log(sum(math.exp(value - top) for value in logs))
    tests = 2 * pairs * len(LEVELS)  # as is and mirrored, a proposal a pair
    return max(0.0, -(tail + math.log(tests)) / math.log(10))


def _points(places: Places) -> Complex:
    points: Complex = places[:, 0] + 1j * places[:, 1]
    return points
