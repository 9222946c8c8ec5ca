"""What measures mean, held against the measured tables; no threshold stands in code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from myself_i2i.comparison.interface import Finding, Nearness, Question, Reason
from myself_i2i.comparison.kinds import KINDS_OF
from myself_i2i.comparison.measured import Table, table
from myself_i2i.comparison.measuring import WHOLE, Measures

__all__ = ["Tables", "judge"]

Tables = Callable[[Question], Table]


def judge(measures: Measures, tables: Tables = table) -> tuple[Finding, ...]:
    """Return the three answers, in the order of `Question`."""
    return _same(measures, tables), _layout(measures, tables), _part(measures, tables)


def _same(measures: Measures, tables: Tables) -> Finding:
    if measures.identical:
        return Finding(question=Question.SAME, answer=Nearness.NEAR, reason=Reason.IDENTICAL, value=0.0)
    turned = measures.turned
    by_bits = _flat(Question.SAME) if turned is None else _held(tables(Question.SAME), turned.bits)
    # In one and the same frame the bits are the judge: a picture that was changed inside has most of its parts too.
    if by_bits.answer is Nearness.NEAR or not measures.reframed or min(measures.cover) < WHOLE:
        return by_bits
    by_parts = _held(tables(Question.PART), measures.strength)
    if by_parts.answer is not Nearness.NEAR:
        return by_bits
    # The chance is that of such an agreement of parts; the bits are told as they are.
    return replace(
        by_parts, question=Question.SAME, reason=Reason.BY_PARTS, value=by_bits.value, related=by_bits.related
    )


def _layout(measures: Measures, tables: Tables) -> Finding:
    if measures.layout is None:
        return _flat(Question.LAYOUT)
    return _held(tables(Question.LAYOUT), measures.layout.distance)


def _part(measures: Measures, tables: Tables) -> Finding:
    if not measures.looked:
        return Finding(
            question=Question.PART, answer=Nearness.CANNOT_TELL, reason=Reason.NOT_LOOKED, value=None
        )
    if measures.few and not measures.strength:
        return _flat(Question.PART)
    if not measures.strength:
        return Finding(question=Question.PART, answer=Nearness.NOT_NEAR, reason=Reason.MEASURED, value=0.0)
    return _held(tables(Question.PART), measures.strength)


def _held(held: Table, value: float) -> Finding:
    return Finding(
        question=held.question,
        answer=held.answer(value),
        reason=Reason.MEASURED,
        value=float(value),
        chance=held.chance(value),
        related=held.kept(value, KINDS_OF[held.question]),
    )


def _flat(question: Question) -> Finding:
    return Finding(question=question, answer=Nearness.CANNOT_TELL, reason=Reason.TOO_FLAT, value=None)
