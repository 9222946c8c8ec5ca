"""From a question and what the log holds to the answer. Pure: the same two give the same answer, on every machine.

1. Hold the question against every recorded picture (`scanning`).
2. Read what is about the hits: permissions, pledges (`beside`).
3. Read what withdraws or suspends any of that.
4. Say it, with the measured rates and what it does not show (`words`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from myself_i2i.attestation import PublicKey
from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.errors import InputError
from myself_i2i.predicates import Answer, Question
from myself_i2i.predicates.answer import Near
from myself_i2i.predicates.hit import Hit, What
from myself_i2i.predicates.question import EVERYONE
from myself_i2i.registry.answering.beside import Beside, Wanted
from myself_i2i.registry.answering.chunk import Chunk
from myself_i2i.registry.answering.rates import measured
from myself_i2i.registry.answering.recorded import OUTPUT
from myself_i2i.registry.answering.scanning import Found, Query, Scan
from myself_i2i.registry.answering.words import does_not_show, says
from myself_i2i.registry.entry import Entry
from myself_i2i.wording import Text

__all__ = ["Held", "Issuer", "compute"]


class Held(Protocol):
    """What a log of some size holds. Entries come in the log's order; more than was asked for changes nothing."""

    def chunks(self) -> Iterable[Chunk]:
        """Yield every mark's pictures."""
        ...

    def statements(self, wanted: Wanted) -> Iterable[tuple[int, Entry]]:
        """Yield every permission about the wanted files, or wanted by its digest, and every pledge of the wanted makers."""
        ...

    def reactions(self, keys: frozenset[str]) -> Iterable[tuple[int, Entry]]:
        """Yield every withdrawal by one of these keys, and every suspension. Called after `statements`."""
        ...


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who answers, from which log."""

    operator: PublicKey
    """The key that will sign."""
    checkpoint: str
    """The signed head of the log that is held: the note, with the log's own signature only."""


def compute(question: Question, held: Held, issuer: Issuer, *, answered_at: datetime) -> Answer:
    """Return the answer. Raises `InputError` when every fingerprint of the question is too flat to be looked up."""
    query = Query.of(question)
    if not len(query.same) and not len(query.layouts):
        raise InputError(_FLAT, hint=_FLAT_HINT)
    # 1. what is near
    scan = Scan(query)
    for chunk in held.chunks():
        scan.look(chunk)
    # 2. and 3. what stands beside it
    maker = None if question.maker == EVERYONE else question.maker
    beside = Beside(Wanted.of(scan.found, maker), issuer.operator.keyid)
    beside.statements(held.statements(beside.wanted))
    beside.reactions(held.reactions(beside.keys))
    # 4. said
    kinds = [Asked.SAME] * bool(len(query.same)) + [Asked.LAYOUT] * bool(len(query.layouts))
    rates = tuple(measured(kind) for kind in kinds)
    hits = tuple(_hit(one, beside) for one in scan.found)
    near = Near(sources=scan.near[False], outputs=scan.near[True])
    return Answer(
        public_key=issuer.operator,
        question=question,
        checkpoint=issuer.checkpoint,
        measured=rates,
        pledge=beside.pledge(maker) if maker else None,
        recorded=scan.recorded,
        near=near,
        hits=hits,
        says=says(scan.recorded, near, hits, maker=maker),
        does_not_show=does_not_show(scan.recorded, rates),
        answered_at=answered_at,
    )


def _hit(found: Found, beside: Beside) -> Hit:
    mark = found.mark
    source = None if found.place == OUTPUT else mark.sources[found.place]
    return Hit(
        what=What.OUTPUT if source is None else What.SOURCE,
        index=mark.index,
        statement=mark.statement,
        logged_at=mark.logged_at,
        maker=mark.maker,
        standing=beside.standing(mark.maker, mark.payload),
        pledge=beside.pledge(mark.maker),
        sha256=source.sha256 if source else None,
        basis=source.basis.value if source else None,
        roles=source.roles if source else (),
        same=found.same,
        layout=found.layout,
        permissions=beside.covering(mark, source) if source else (),
    )


_FLAT = Text(
    en="this picture has too little structure to be told from others by how it looks",
    ja="この画像には、見た目で探すための手がかりになる構造が少なすぎます",
)
_FLAT_HINT = Text(en="ask with a picture that has more in it", ja="もっと描き込みのある画像でお試しください")
