"""Do pairs of features agree on one move, turn and scale, and how often would they by chance?

Every pair alone proposes a similarity (place, size and angle of both features); the proposal that most others agree
with is fitted by least squares. The number that agree is then held against what the query's own features would do by
chance at these very places, so repeated texture earns nothing (a-contrario: Moisan and Stival, IJCV 2004).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Agreement", "agree"]

Places = NDArray[np.float64]
"""Shape (n, 4): x, y, size as parts of the longer side, angle in radians."""

NEAR: Final = 0.02
"""How far from its place a feature may be, as a part of the kept picture's longer side."""
ROUGH: Final = 0.05
"""The same for a proposal of one pair, whose angle and size are rough."""
SCALE: Final = math.log(1.5)
ANGLE: Final = math.cos(math.radians(25))
APART: Final = 0.008
"""Features nearer than this to each other, in parts of the kept longer side, count as one."""
SMALLEST_SCALE: Final = 1 / 8
LARGEST_SCALE: Final = 8.0
LEAST: Final = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """The pairs that agree on one similarity."""

    transform: NDArray[np.float64]
    """Shape (2, 3): kept -> query, in parts of the longer sides."""
    pairs: NDArray[np.intp]
    """The numbers of the pairs that agree, one for each place."""
    score: float
    """-log10 of how many such agreements one would expect by chance."""


def agree(kept: Places, query: Places, left: NDArray[np.intp], right: NDArray[np.intp]) -> Agreement | None:
    """Return the best agreement among pairs (`left[i]` of kept, `right[i]` of query), or None where there is none."""
    if len(left) < LEAST:
        return None
    ours, theirs = kept[left], query[right]
    transforms = _proposals(ours, theirs)
    votes = _consistent(transforms, ours, theirs, ROUGH)
    best: Agreement | None = None
    for proposal in np.argsort(-votes.sum(axis=1), kind="stable")[:8]:
        found = _refined(transforms[proposal], ours, theirs)
        if found is None:
            continue
        transform, inliers = found
        inliers = _apart(inliers, ours, theirs, transform)
        score = _score(len(inliers), len(left), _chance(transform, ours, query))
        if best is None or score > best.score:
            best = Agreement(transform, inliers, score)
    return best


def _proposals(ours: Places, theirs: Places) -> NDArray[np.float64]:
    """Return shape (n, 2, 3): the similarity that each pair alone proposes."""
    scale = theirs[:, 2] / ours[:, 2]
    turn = theirs[:, 3] - ours[:, 3]
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    x, y = ours[:, 0], ours[:, 1]
    rows = [a, -b, theirs[:, 0] - a * x + b * y, b, a, theirs[:, 1] - b * x - a * y]
    return np.stack(rows, axis=1).reshape(-1, 2, 3)


def _consistent(
    transforms: NDArray[np.float64], ours: Places, theirs: Places, near: float
) -> NDArray[np.bool_]:
    """Return shape (transforms, pairs): does the pair agree in place, size and angle?"""
    a, b = transforms[:, 0, 0], transforms[:, 1, 0]
    scale, turn = np.hypot(a, b), np.arctan2(b, a)
    possible = (scale > SMALLEST_SCALE) & (scale < LARGEST_SCALE)
    moved = np.einsum("tij,nj->tni", transforms[:, :, :2], ours[:, :2]) + transforms[:, None, :, 2]
    far = np.hypot(moved[..., 0] - theirs[:, 0], moved[..., 1] - theirs[:, 1]) > near * scale[:, None]
    grown = np.abs(np.log(theirs[:, 2] / ours[:, 2]) - np.log(np.maximum(scale, SMALLEST_SCALE))[:, None])
    turned = np.cos(theirs[:, 3] - ours[:, 3] - turn[:, None])
    return possible[:, None] & ~far & (grown < SCALE) & (turned > ANGLE)


def _refined(
    transform: NDArray[np.float64], ours: Places, theirs: Places
) -> tuple[NDArray[np.float64], NDArray[np.intp]] | None:
    """Fit again and again to those that agree, each time more strictly."""
    for near in (ROUGH, (ROUGH + NEAR) / 2, NEAR, NEAR):
        inliers = np.flatnonzero(_consistent(transform[None], ours, theirs, near)[0])
        if len(inliers) < LEAST:
            return None
        transform = _fitted(ours[inliers, :2], theirs[inliers, :2])
    inliers = np.flatnonzero(_consistent(transform[None], ours, theirs, NEAR)[0])
    return (transform, inliers) if len(inliers) >= LEAST else None


def _fitted(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the similarity with the least squares (Umeyama 1991, in complex numbers)."""
    p, q = ours @ (1, 1j), theirs @ (1, 1j)
    centred = p - p.mean()
    spread = np.vdot(centred, centred).real
    factor = np.vdot(centred, q - q.mean()) / spread if spread > 0 else 1.0 + 0j
    move = q.mean() - factor * p.mean()
    return np.array([[factor.real, -factor.imag, move.real], [factor.imag, factor.real, move.imag]])


def _apart(
    inliers: NDArray[np.intp], ours: Places, theirs: Places, transform: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Keep one pair for each place on either side: several features at one corner are one witness, not several."""
    scale = math.hypot(transform[0, 0], transform[1, 0])
    chosen: list[int] = []
    for pair in inliers:
        taken = np.array(chosen, np.intp)
        near = np.hypot(*(ours[taken, :2] - ours[pair, :2]).T) < APART
        near |= np.hypot(*(theirs[taken, :2] - theirs[pair, :2]).T) < APART * scale
        if not near.any():
            chosen.append(int(pair))
    return np.array(chosen, np.intp)


def _chance(transform: NDArray[np.float64], ours: Places, query: Places) -> float:
    """Return how likely it is that a pair drawn at random agrees, measured on the query's own features."""
    a, b = transform[0, 0], transform[1, 0]
    scale, turn = math.hypot(a, b), math.atan2(b, a)
    moved = ours[:, :2] @ transform[:, :2].T + transform[:, 2]
    close = np.hypot(moved[:, :1] - query[:, 0], moved[:, 1:] - query[:, 1]) < NEAR * scale
    close &= np.abs(np.log(query[:, 2] / ours[:, 2:3]) - math.log(scale)) < SCALE
    close &= np.cos(query[:, 3] - ours[:, 3:] - turn) > ANGLE
    return float((close.sum(axis=1) + 1).mean() / (len(query) + 1))


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
    return max(0.0, -(tail + math.log(2 * pairs)) / math.log(10))
