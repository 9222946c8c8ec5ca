"""Holding a question against chunks of recorded pictures: what is near, and how much there was to look at.

Every step is exact, so that neither the machine nor the size of a chunk changes an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.comparison.measured import table
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY
from myself_i2i.predicates import Question
from myself_i2i.predicates.answer import MOST_HITS, Recorded
from myself_i2i.predicates.hit import Closeness
from myself_i2i.predicates.question import EVERYONE, LAYOUT, SAME
from myself_i2i.registry.answering.chunk import Chunk
from myself_i2i.registry.answering.layouts import Layouts
from myself_i2i.registry.answering.recorded import OUTPUT, RecordedMark

__all__ = ["Found", "Query", "Scan"]

FAR: Final = 1 << 15
"""More than any number of bits: nothing was measured."""

Key = tuple[int, float, int, int]


@dataclass(frozen=True, slots=True)
class Query:
    """A question, ready to be held against many pictures."""

    question: Question
    """What was asked."""
    same: NDArray[np.uint8]
    """Shape (m, 32): the fingerprints of the same picture that have enough bits; m may be 0."""
    same_places: tuple[int, ...]
    """Which of the question's they are."""
    layouts: Layouts
    """The layouts that are not flat; may be none."""
    layout_places: tuple[int, ...]
    """Which of the question's they are."""

    @classmethod
    def of(cls, question: Question) -> Self:
        """Return the query for a question."""
        same, layouts = (
            [Fingerprint.from_text(name, text).value for text in question.fingerprints.get(name, ())]
            for name in (SAME, LAYOUT)
        )
        steep = [at for at, one in enumerate(same) if int.from_bytes(one).bit_count() >= LEAST_QUALITY]
        seen = [at for at, one in enumerate(layouts) if any(one)]
        return cls(
            question,
            np.frombuffer(b"".join(same[at] for at in steep), dtype=np.uint8).reshape(len(steep), 32),
            tuple(steep),
            Layouts.of([layouts[at] for at in seen]),
            tuple(seen),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One recorded picture that is near."""

    mark: RecordedMark
    """Its mark."""
    place: int
    """`OUTPUT`, or which of the mark's sources."""
    same: Closeness | None
    """Whether it is the same picture; None when that was not measured."""
    layout: Closeness | None
    """Whether the layout is kept; None when that was not measured."""


@dataclass(slots=True)
class Scan:
    """What was found so far; `look` adds a chunk. At most `MOST_HITS` are kept, and all are counted."""

    query: Query
    marks: int = 0
    near: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """How many are near: of sources (False), of outputs (True)."""
    looked: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    untold: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    sealed: int = 0
    _best: list[tuple[Key, Found]] = field(default_factory=list)

    @property
    def found(self) -> list[Found]:
        """What is near, the nearest first."""
        return [one for _, one in self._best]

    @property
    def recorded(self) -> Recorded:
        """What there was to look at."""
        return Recorded(
            marks=self.marks,
            sources=self.looked[False],
            sealed=self.sealed,
            sources_untold=self.untold[False],
            outputs=self.looked[True],
            outputs_untold=self.untold[True],
        )

    def look(self, chunk: Chunk) -> None:
        """Hold the question against a chunk."""
        asked = _asked(self.query.question, chunk)
        if not asked.any():
            return
        output = chunk.place == OUTPUT
        measured = _Measured.of(self.query, chunk)
        comparable = (measured.bits < FAR) | np.isfinite(measured.distance)
        near = asked & (measured.near_same | measured.near_layout)
        self.marks += int(np.count_nonzero(asked & output))
        self.sealed += int(np.count_nonzero(asked & chunk.sealed))
        for kind, rows in ((True, asked & output), (False, asked & ~output & ~chunk.sealed)):
            self.looked[kind] += int(np.count_nonzero(rows & comparable))
            self.untold[kind] += int(np.count_nonzero(rows & ~comparable))
            self.near[kind] += int(np.count_nonzero(rows & near))
        fresh: list[tuple[Key, Found | int]] = [
            (measured.key(chunk, row), row) for row in np.flatnonzero(near).tolist()
        ]
        best = nsmallest(MOST_HITS, [*self._best, *fresh], key=lambda one: one[0])
        self._best = [
            (key, one if isinstance(one, Found) else measured.found(chunk, one)) for key, one in best
        ]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A query against the rows of one chunk."""

    query: Query
    bits: NDArray[np.int64]
    """The fewest bits that differ, `FAR` where that cannot be said."""
    turned: NDArray[np.int64]
    """By which fingerprint of the query."""
    distance: NDArray[np.float64]
    """The smallest distance of layouts, infinite where that cannot be said."""
    view: NDArray[np.int64]
    """By which fingerprint of the query."""
    near_same: NDArray[np.bool_]
    near_layout: NDArray[np.bool_]

    @classmethod
    def of(cls, query: Query, chunk: Chunk) -> Self:
        bits = np.full(len(chunk), FAR, dtype=np.int64)
        distance = np.full(len(chunk), np.inf)
        turned, view = np.zeros_like(bits), np.zeros_like(bits)
        if len(query.same):
            differing = np.bitwise_count(chunk.same[:, None, :] ^ query.same[None]).sum(
                axis=2, dtype=np.int64
            )
            turned = differing.argmin(axis=1)
            bits = np.where(chunk.has_same, differing.min(axis=1), FAR)
        if len(query.layouts) and len(chunk.layouts):
            distances = chunk.layouts.distances(query.layouts)
            view[chunk.with_layout] = distances.argmin(axis=1)
            distance[chunk.with_layout] = distances.min(axis=1)
        near_same, near_layout = bits <= table(Asked.SAME).near, distance <= table(Asked.LAYOUT).near
        return cls(query, bits, turned, distance, view, near_same, near_layout)

    def key(self, chunk: Chunk, row: int) -> Key:
        """What hits are ordered by: the same picture first, then the layout; of equals the earlier one in the log."""
        bits = int(self.bits[row]) if self.near_same[row] else FAR
        return bits, float(self.distance[row]), int(chunk.index[row]), int(chunk.place[row])

    def found(self, chunk: Chunk, row: int) -> Found:
        same = layout = None
        if self.bits[row] < FAR:
            view = self.query.same_places[int(self.turned[row])]
            same = Closeness(distance=float(self.bits[row]), near=bool(self.near_same[row]), view=view)
        if np.isfinite(self.distance[row]):
            view = self.query.layout_places[int(self.view[row])]
            layout = Closeness(
                distance=float(self.distance[row]), near=bool(self.near_layout[row]), view=view
            )
        return Found(chunk.mark(int(chunk.index[row])), int(chunk.place[row]), same, layout)


def _asked(question: Question, chunk: Chunk) -> NDArray[np.bool_]:
    """Which rows the question is about: by maker and by when they were logged."""
    rows = np.ones(len(chunk), dtype=bool)
    if question.maker != EVERYONE:
        maker = np.frombuffer(bytes.fromhex(question.maker), dtype=np.uint8)
        rows &= (chunk.maker == maker).all(axis=1)
    if question.since is not None:
        rows &= chunk.logged_at >= question.since.timestamp()
    if question.until is not None:
        rows &= chunk.logged_at < question.until.timestamp()
    return rows
