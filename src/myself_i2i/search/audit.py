"""The audit that every index can be put through: ask for what is stored, and compare with a linear scan of it.

Works through the public interface alone, so it judges an index by what its callers see.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from myself_i2i.search.answers import Found, answer, wanted
from myself_i2i.search.checking import check_sample
from myself_i2i.search.interface import Audit, Hit, Index, Kind, Query, Record

__all__ = ["audit"]

_LIMIT = 100
_BLOCK = 50_000


@dataclass(slots=True)
class _Asked:
    """One query with the nearest records of the scan so far."""

    query: Query
    radius: int
    nearest: list[Found] = field(default_factory=list)


def audit(index: Index, kinds: Sequence[Kind], sample: int, *, seed: int) -> Audit:
    """Ask `index` for `sample` stored codes of each kind with 0, 8, 16 and `radius` bits flipped, at the kind's radius.

    The same seed asks the same of the same records. Reads every record twice; nothing may be added or deleted
    meanwhile. Raises `InputError` for a sample out of range.
    """
    check_sample(sample)
    chance = random.Random(seed)  # noqa: S311  # a reproducible sample, no secret
    asked = agreed = 0
    for kind in kinds:
        questions = [
            _Asked(Query(_flipped(record.code, bits, chance), record.payload), kind.radius)
            for record in _sampled(_of_kind(index, kind), sample, chance)
            for bits in sorted({0, 8, 16, kind.radius})
        ]
        for block in _blocks(_of_kind(index, kind)):
            for question in questions:
                _scan(kind, question, block)
        for question in questions:
            asked += 1
            agreed += _hits(index, kind, question) == _truth(kind, question)
    return Audit(asked, agreed)


def _of_kind(index: Index, kind: Kind) -> Iterator[Record]:
    return (record for _, record in index.scan() if record.kind == kind.name)


def _blocks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while block := list(itertools.islice(records, _BLOCK)):
        yield block


def _sampled(records: Iterator[Record], size: int, chance: random.Random) -> list[Record]:
    """Return `size` of the records, each as likely as any other (reservoir sampling, Vitter's algorithm R)."""
    kept = list(itertools.islice(records, size))
    if size:
        for seen, record in enumerate(records, size + 1):
            place = chance.randrange(seen)
            if place < size:
                kept[place] = record
    return kept


def _flipped(code: bytes, bits: int, chance: random.Random) -> bytes:
    mask = sum(1 << place for place in chance.sample(range(8 * len(code)), bits))
    return (int.from_bytes(code) ^ mask).to_bytes(len(code))


def _scan(kind: Kind, question: _Asked, block: list[Record]) -> None:
    """Keep the nearest of what was found before and of this block."""
    codes = np.frombuffer(b"".join(record.code for record in block), np.uint8).reshape(len(block), -1)
    distances = np.bitwise_count(codes ^ np.frombuffer(question.query.code, np.uint8)).sum(axis=1)
    near = [
        Found(int(distances[at]), block[at].id, block[at].payload)
        for at in np.flatnonzero(distances <= question.radius)
    ]
    question.nearest = heapq.nsmallest(wanted(kind, _LIMIT), question.nearest + near)


def _truth(kind: Kind, question: _Asked) -> tuple[Hit, ...]:
    return answer(kind, question.query, question.nearest, limit=_LIMIT, as_of=0).hits


def _hits(index: Index, kind: Kind, question: _Asked) -> tuple[Hit, ...]:
    return index.search(kind.name, [question.query], radius=question.radius, limit=_LIMIT)[0].hits
