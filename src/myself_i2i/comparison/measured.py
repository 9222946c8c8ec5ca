"""What was measured: how near unrelated pictures come by chance, and how near real related ones are, by kind.

The tables under `measured/` are made by scripts/measure_closeness.py and hold numbers only. Every threshold comes from
them; none is written in code. A table belongs to the algorithms it was measured with (`digest`), and a test holds it to them.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from myself_i2i.comparison.interface import Nearness, Question, Rate

__all__ = ["VERSION", "Counted", "Table", "table"]

VERSION = 1
RULE_OF_THREE = 3.0
"""When nothing was seen in n pairs, 3 / n is the upper end of the 95 % interval (Hanley and Lippman-Hand, JAMA 1983)."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Pairs of one kind, counted at each value of the table."""

    kind: str
    """"unrelated", or what was done to make one picture of the other."""
    pairs: int
    """How many."""
    groups: int
    """Of how many scenes or sources; pairs of one group are not independent."""
    seen: Sequence[int]
    """At each of the table's values: how many pairs came this near or nearer."""
    low: Sequence[float]
    """The lower end of the 95 % interval of the share."""
    high: Sequence[float]
    """The upper end."""
    answers: Mapping[Nearness, int]
    """How many got which answer to the table's question by the whole procedure."""

    def rate(self, place: int) -> Rate:
        """Return how often pairs came as near as the table's value at `place`."""
        return Rate(self.seen[place], self.pairs, self.low[place], self.high[place])


@dataclass(frozen=True, slots=True)
class Table:
    """One question's table."""

    question: Question
    """Which question."""
    unit: Literal["bits", "distance", "strength"]
    """What the values are: bits that differ of 256; 1 - similarity; -log10 of the chance of such an agreement."""
    larger_is_nearer: bool
    """For strength; the other two are distances."""
    set_name: str
    """The named set that was measured."""
    pictures: int
    """Different pictures in it."""
    near: float
    """As near as this or nearer: near."""
    not_near: float
    """As far as this or farther: not near; between the two: cannot tell."""
    values: Sequence[float]
    """Where pairs were counted, from near to far."""
    unrelated: Counted
    """Pairs that have nothing to do with each other."""
    related: Mapping[str, Counted]
    """Pairs of which one was made from the other, by kind."""
    digest: str
    """Of the algorithms and weights it was measured with."""
    probe: Sequence[Sequence[float]]
    """Bits, distance and strength of some pairs drawn by code (tests/comparison/probes.py)."""

    def answer(self, value: float) -> Nearness:
        """Return what the measure `value` says."""
        if self._as_near(value, self.near):
            return Nearness.NEAR
        # Exactly at the far end counts as far: with strengths, 0 stands for nothing found.
        return (
            Nearness.CANNOT_TELL
            if self._as_near(value, self.not_near) and value != self.not_near
            else Nearness.NOT_NEAR
        )

    def chance(self, value: float) -> Rate:
        """Return how many unrelated pairs came as near as `value`, read at the next farther value of the table."""
        return self.unrelated.rate(self.place(value))

    def kept(self, value: float, kinds: Sequence[str]) -> Rate | None:
        """Return how many related pairs of `kinds` came as near as `value`; None when none was measured."""
        counted = [self.related[kind] for kind in kinds if kind in self.related]
        pairs = sum(one.pairs for one in counted)
        if not pairs:
            return None
        rates = [one.rate(self.place(value)) for one in counted]
        # The intervals of the kinds, weighed by their pairs: wider than that of the mixture, never narrower.
        low, high = (
            sum(getattr(rate, end) * rate.pairs for rate in rates) / pairs for end in ("low", "high")
        )
        return Rate(sum(rate.seen for rate in rates), pairs, low, high)

    def place(self, value: float) -> int:
        """Return the place of the table's value that is as far as `value` or next farther; the last one beyond all."""
        sign = -1 if self.larger_is_nearer else 1
        found = bisect.bisect_left(self.values, sign * value, key=lambda one: sign * one)
        return min(found, len(self.values) - 1)

    def _as_near(self, value: float, limit: float) -> bool:
        return value >= limit if self.larger_is_nearer else value <= limit


@cache
def table(question: Question) -> Table:
    """Return the table that is shipped for `question`."""
    text = files("myself_i2i.comparison").joinpath("measured", f"{question.value}.json").read_text("utf-8")
    return read_table(json.loads(text))


def read_table(value: Mapping[str, Any]) -> Table:
    """Return the table in JSON `value`, as the script writes it."""
    if value["version"] != VERSION:
        raise ValueError(value["version"])
    return Table(
        question=Question(value["question"]),
        unit=value["unit"],
        larger_is_nearer=value["larger_is_nearer"],
        set_name=value["set"]["name"],
        pictures=value["set"]["pictures"],
        near=value["near"],
        not_near=value["not_near"],
        values=tuple(value["values"]),
        unrelated=_counted("unrelated", value["unrelated"]),
        related={kind: _counted(kind, one) for kind, one in value["related"].items()},
        digest=value["digest"],
        probe=tuple(tuple(one) for one in value["probe"]),
    )


def _counted(kind: str, value: Mapping[str, Any]) -> Counted:
    pairs = value["pairs"]
    bound = min(1.0, RULE_OF_THREE / pairs) if pairs else 1.0
    high = tuple(
        max(end, bound) if not seen else end for end, seen in zip(value["high"], value["seen"], strict=True)
    )
    return Counted(
        kind=kind,
        pairs=pairs,
        groups=value["groups"],
        seen=tuple(value["seen"]),
        low=tuple(value["low"]),
        high=high,
        answers={Nearness(name): count for name, count in value["answers"].items()},
    )
