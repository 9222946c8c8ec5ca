"""Counts and error bars for `measure_closeness.py`: from measures of pairs to the tables that are shipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myself_i2i.comparison.interface import Question
from myself_i2i.comparison.kinds import SAVED
from myself_i2i.comparison.measured import VERSION
from myself_i2i.comparison.measuring import Measures

__all__ = ["SEED", "UNRELATED", "Pair", "answers", "made_table"]

UNRELATED = "unrelated"
ROUNDS = 300
SEED = 20_261_122
NEAR, NOT_NEAR = 1e-4, 1e-2
"""Near: at most 1 in 10,000 unrelated pairs comes so near. Not near: at least 1 in 100 does."""
PLAIN = 0.99
"""For the same picture, also: no farther than this share of pictures saved again, with all of them still there."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and what was measured of them."""

    kind: str
    """What was done, or `UNRELATED`."""
    groups: tuple[int, int]
    """The groups of the two; the same one for a related pair."""
    measures: Measures
    """All measures."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How one question's measure is counted."""

    unit: str
    """As in the table."""
    values: tuple[float, ...]
    """From near to far."""
    read: Callable[[Measures], float | None]
    """The measure of a pair; None when there is none."""
    larger_is_nearer: bool = False
    """For strengths."""


SCALES = {
    Question.SAME: Scale(
        "bits",
        (*map(float, range(0, 129, 2)), 256.0),
        lambda m: float(m.turned.bits) if m.turned else None,
    ),
    Question.LAYOUT: Scale(
        "distance",
        (*(round(step / 50, 2) for step in range(61)), 2.0),
        lambda m: m.layout.distance if m.layout else None,
    ),
    Question.PART: Scale(
        "strength",
        (*map(float, (200, 150, 100, 80, 60, 50, 40, 30, 25, *range(20, 3, -1))), 0.0),
        lambda m: m.strength if m.looked and (m.strength or not m.few) else None,
        larger_is_nearer=True,
    ),
}


def made_table(question: Question, pairs: Iterable[Pair], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of one question, without answers; `told` says what was measured and with what."""
    scale = SCALES[question]
    counted: dict[str, list[tuple[tuple[int, int], int]]] = {}
    for pair in pairs:
        value = scale.read(pair.measures)
        if value is not None:
            counted.setdefault(pair.kind, []).append((pair.groups, _place(scale, value)))
    kinds = {kind: _counts(found, len(scale.values)) for kind, found in sorted(counted.items())}
    near, not_near = _thresholds(question, scale, kinds)
    return {
        "version": VERSION,
        "question": question.value,
        "unit": scale.unit,
        "larger_is_nearer": scale.larger_is_nearer,
        **told,
        "near": near,
        "not_near": not_near,
        "values": list(scale.values),
        UNRELATED: kinds.pop(UNRELATED),
        "related": kinds,
    }


def answers(found: Iterable[Any]) -> dict[str, int]:
    """Return how often each answer was given."""
    return dict(sorted(Counter(one.value for one in found).items()))


def _place(scale: Scale, value: float) -> int:
    """Return the first value of the table that is as far as `value` or farther."""
    sign = -1 if scale.larger_is_nearer else 1
    place = int(np.searchsorted([sign * one for one in scale.values], sign * value - 1e-9))
    return min(place, len(scale.values) - 1)


def _counts(found: Sequence[tuple[tuple[int, int], int]], length: int) -> dict[str, Any]:
    groups = np.array([one[0] for one in found])
    places = np.array([one[1] for one in found])
    seen = np.bincount(places, minlength=length).cumsum()
    low, high = _interval(groups, places, length)
    return {
        "pairs": len(found),
        "groups": len(np.unique(groups)),
        "seen": seen.tolist(),
        "low": np.round(low, 6).tolist(),
        "high": np.round(high, 6).tolist(),
        "answers": {},
    }


def _interval(groups: NDArray[np.intp], places: NDArray[np.intp], length: int) -> tuple[Numbers, Numbers]:
    """Return the 95 % interval of each share: groups are drawn again, and a pair counts as often as both of its groups.

    A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 2007.
    """
    names, numbers = np.unique(groups, return_inverse=True)
    numbers = numbers.reshape(groups.shape)
    chance = np.random.default_rng(SEED)
    shares = np.empty((ROUNDS, length))
    alone = (numbers[:, 0] == numbers[:, 1]).all()
    for number in range(ROUNDS):
        drawn = np.bincount(chance.integers(len(names), size=len(names)), minlength=len(names))
        weight = drawn[numbers[:, 0]] * (1 if alone else drawn[numbers[:, 1]])
        total = weight.sum()
        shares[number] = np.bincount(places, weight, length).cumsum() / total if total else 0
    low, high = np.quantile(shares, (0.025, 0.975), axis=0)
    return low, high


def _thresholds(question: Question, scale: Scale, kinds: Mapping[str, Any]) -> tuple[float, float]:
    unrelated = kinds[UNRELATED]
    share = np.array(unrelated["seen"]) / unrelated["pairs"]
    last = int(np.flatnonzero(share <= NEAR).max())
    if question is Question.SAME:
        plain = [kinds[kind] for kind in SAVED if kind in kinds]
        found = sum(np.array(one["seen"]) for one in plain) / sum(one["pairs"] for one in plain)
        last = min(last, int(np.flatnonzero(found >= PLAIN).min()))
    far = max(last + 1, int(np.flatnonzero(share >= NOT_NEAR).min()))
    return scale.values[last], scale.values[min(far, len(scale.values) - 1)]
