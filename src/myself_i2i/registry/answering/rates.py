"""How often "near" is wrong, as it was measured: what an answer carries with every distance."""

from __future__ import annotations

from collections.abc import Iterator

from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.comparison.kinds import KINDS_OF
from myself_i2i.comparison.measured import table
from myself_i2i.predicates.answer import Measured, Missed

__all__ = ["measured"]

_DECIMALS = 6


def measured(asked: Asked) -> Measured:
    """Return what was measured for one question, at the value where "near" begins.

    By the measure alone, as an answer has only fingerprints: the tables also count a second look by parts.
    """
    held = table(asked)
    chance = held.chance(held.near)
    return Measured(
        question=asked.value,
        digest=held.digest,
        near=held.near,
        unrelated_seen=chance.seen,
        unrelated_pairs=chance.pairs,
        unrelated_high=round(chance.high, _DECIMALS),
        missed=tuple(_missed(asked)),
    )


def _missed(asked: Asked) -> Iterator[Missed]:
    held = table(asked)
    for kind in KINDS_OF[asked]:
        if kind in held.related:
            found = held.related[kind].rate(held.place(held.near))
            yield Missed(kind=kind, missed=found.pairs - found.seen, pairs=found.pairs)
