"""What one process has in memory of an embedded index: mapped segments, and the codes added since.

All of it is made from one state of the database and only ever says where to look: whether a record is there is
asked of the database, in the reader's own transaction. So it may lag behind deletions, but never behind additions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from myself_i2i.search.embedded_database import damaged
from myself_i2i.search.interface import Kind
from myself_i2i.search.mih import Codes, Near, as_rows, scan
from myself_i2i.search.segment import Segment, read_segment

__all__ = ["Derived", "Source", "StaleError", "codes_between", "codes_of", "listed"]


class StaleError(Exception):
    """The reader's transaction is older than what is in memory, or than the files: begin another and ask again."""


class Source(Protocol):
    """Codes that can be asked for the near ones."""

    @property
    def codes(self) -> Codes:
        """All of them."""

    def near(self, query: Codes, radius: int) -> Near:
        """Return those within `radius` of the one row `query`."""


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Codes without tables: the tail, and what stands in for a damaged segment."""

    codes: Codes
    """The codes."""

    def near(self, query: Codes, radius: int) -> Near:
        """Compare every one."""
        return scan(self.codes, query, radius)


@dataclass(slots=True)
class _Tail:
    """Codes of one kind, growing at the end: rows once written stay as they are, so readers need no copy."""

    room: Codes
    count: int = 0

    def extend(self, codes: Codes) -> None:
        needed = self.count + len(codes)
        if needed > len(self.room):
            larger = np.empty((2 * needed, self.room.shape[1]), np.uint64)
            larger[: self.count] = self.room[: self.count]
            self.room = larger
        self.room[self.count : needed] = codes
        self.count = needed

    @property
    def source(self) -> Source:
        return Plain(self.room[: self.count])


@dataclass(slots=True)
class _State:
    """What belongs to one generation of segments."""

    generation: int = -1
    sources: dict[str, Source] = field(default_factory=dict)
    by_kind: dict[int, list[Source]] = field(default_factory=dict)
    damaged: list[Segment] = field(default_factory=list)
    tails: dict[int, _Tail] = field(default_factory=dict)
    loaded: int = 0


class Derived:
    """Segments and tails of one index, shared by the threads of a process."""

    def __init__(self, folder: Path, kinds: Mapping[int, Kind]) -> None:
        """Keep in mind where segments lie and which kinds there are, by number; read nothing yet."""
        self._folder = folder
        self._kinds = kinds
        self._state = _State()
        self._lock = threading.Lock()

    def sources(self, db: sqlite3.Connection, kind: int, *, patient: bool) -> tuple[int, list[Source]]:
        """Return up to which sequence number all is seen, and the codes of the kind numbered `kind` until then.

        `db` is in a transaction. Raises `StaleError` when that is too old; when `patient`, also for a missing segment,
        which another process may just have replaced. Otherwise what is missing is scanned.
        """
        last, folded, generation = db.execute("SELECT last, folded, generation FROM state").fetchone()
        with self._lock:
            if generation < self._state.generation:
                raise StaleError
            if generation > self._state.generation:
                self._state = self._opened(db, generation, folded, patient=patient)
            if last > self._state.loaded:
                self._load_tail(db)
                self._state.loaded = last
            tail = self._state.tails.get(kind)
            return last, [*self._state.by_kind.get(kind, ()), *([tail.source] if tail else [])]

    @property
    def damaged(self) -> tuple[Segment, ...]:
        """The segments that are scanned because their files are missing or not as they were written."""
        with self._lock:
            return tuple(self._state.damaged)

    def _opened(self, db: sqlite3.Connection, generation: int, folded: int, *, patient: bool) -> _State:
        state = _State(generation, loaded=folded)
        numbers = {kind.name: number for number, kind in self._kinds.items()}
        for segment in listed(db):
            if segment.kind not in numbers:
                continue  # another process knows this kind; nobody here can ask for it
            source = self._state.sources.get(segment.name) or self._open(segment, patient=patient)
            if source is None:
                state.damaged.append(segment)
                source = Plain(codes_between(db, numbers[segment.kind], segment))
            else:
                state.sources[segment.name] = source
            state.by_kind.setdefault(numbers[segment.kind], []).append(source)
        return state

    def _open(self, segment: Segment, *, patient: bool) -> Source | None:
        try:
            return read_segment(self._folder, segment)
        except FileNotFoundError:
            if patient:
                raise StaleError from None
            return None
        except OSError:  # a disk that cannot read it: the same as damaged
            return None

    def _load_tail(self, db: sqlite3.Connection) -> None:
        """Take the codes of records newer than what is loaded."""
        new: dict[int, list[bytes]] = {}
        for kind, code in db.execute("SELECT kind, code FROM records WHERE seq > ?", (self._state.loaded,)):
            new.setdefault(kind, []).append(code)
        for kind in new.keys() & self._kinds.keys():
            codes = codes_of(new[kind], self._kinds[kind].bits)
            tail = self._state.tails.setdefault(kind, _Tail(np.empty((0, codes.shape[1]), np.uint64)))
            tail.extend(codes)


def listed(db: sqlite3.Connection) -> list[Segment]:
    """Return the segments that the database lists, oldest records first."""
    return [
        Segment(*row)
        for row in db.execute(
            "SELECT segments.name, kinds.name, bits, after, upto, count, checksum"
            " FROM segments JOIN kinds ON kind = number ORDER BY kind, after"
        )
    ]


def codes_between(db: sqlite3.Connection, kind: int, segment: Segment) -> Codes:
    """Return from the truth what a segment has to hold: the codes of its live records; one may come twice."""
    rows = db.execute(
        "SELECT code FROM records WHERE kind = ? AND seq > ? AND seq <= ?",
        (kind, segment.after, segment.upto),
    )
    return codes_of([code for (code,) in rows], segment.bits)


def codes_of(blobs: Sequence[bytes], bits: int) -> Codes:
    """Return codes as the database gave them as an array; raises `SearchError` for what is no code of `bits` bits."""
    try:
        return as_rows(b"".join(blobs)).reshape(len(blobs), bits // 64)
    except (TypeError, ValueError) as error:
        raise damaged() from error
