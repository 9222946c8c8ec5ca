"""Making derived data: the tail folded into segments, small segments merged, everything made again.

1. Be the only one: a lock that the system lets go when its holder dies.
2. Read, in one transaction, what is to be folded and up to which sequence number.
3. Write each new segment whole and durably. A crash leaves a file that nothing lists.
4. List the new and forget the old in one transaction. Before it, readers use the old; after it, the new.
5. Delete what nothing lists. A reader that was about to open one of those begins again.

Records may be added and deleted all the while: added ones have later numbers, deleted ones have no row any more.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from myself_i2i.errors import SearchError
from myself_i2i.search.embedded_database import Database, explained
from myself_i2i.search.embedded_derived import codes_between, codes_of, listed
from myself_i2i.search.mih import Codes, distinct, most_codes
from myself_i2i.search.segment import SUFFIX, Segment, read_segment, write_segment
from myself_i2i.wording import Text

__all__ = ["PATIENCE", "Upkeep"]

PATIENCE: Final = 600.0
"""Seconds that compacting waits for another process that is at it."""

_RATIO: Final = 2  # each segment holds at least twice as much as the next newer one: few segments at any size
_BATCH: Final = 50_000


@dataclass(slots=True)
class _Plan:
    """What one transaction will change in the list of segments."""

    upto: int
    folded: int
    generation: int
    new: list[Segment] = field(default_factory=list)
    old: list[Segment] = field(default_factory=list)


class Upkeep:
    """Keeps the segments of one index; any process may, one at a time does."""

    def __init__(self, database: Database, folder: Path, *, patience: float = PATIENCE) -> None:
        """Take the database and the folder of the segments; do nothing yet."""
        self._patience = patience
        self._database = database
        self._folder = folder

    def fold(self) -> None:
        """Fold the tail of every kind into segments, unless another process is at it already. Raises `SearchError`."""
        with explained(self._folder), self._alone(0) as alone:
            if not alone:
                return
            with self._database.reading() as db:
                plan = _planned(db)
                for number, kind, bits in _kinds(db):
                    tail = Segment("", kind, bits, plan.folded, plan.upto, 0, 0)
                    codes = distinct(codes_between(db, number, tail))
                    if len(codes):
                        self._merge(db, plan, number, tail, codes)
            self._list(plan)

    def remake(self, *, forced: bool) -> None:
        """Make the segments from the live records; unless `forced`, only where that would change anything.

        Raises `SearchError`, also when another process stays at it too long.
        """
        with explained(self._folder), self._alone(self._patience) as alone:
            if not alone:
                raise SearchError(
                    Text(
                        en="another program is compacting the index and did not finish",
                        ja="ほかのプログラムが索引を整理中で、終わるのを待ちましたが使えませんでした",
                    ),
                    hint=Text(en="try again later", ja="しばらくしてから、もう一度お試しください"),
                )
            with self._database.reading() as db:
                plan = _planned(db)
                plan.old = listed(db)
                if not forced and self._is_whole(db, plan):
                    return
                for number, kind, bits in _kinds(db):
                    for codes in _live_codes(db, number, bits, most_codes(bits)):
                        self._write(plan, kind, codes, after=0)
            self._list(plan)

    def _merge(self, db: sqlite3.Connection, plan: _Plan, number: int, tail: Segment, codes: Codes) -> None:
        """Write the tail's codes, together with those of older segments that are not much larger."""
        after = tail.after
        for older in reversed([segment for segment in listed(db) if segment.kind == tail.kind]):
            together = len(codes) + older.count
            if older.count >= _RATIO * len(codes) or together > most_codes(tail.bits):
                break
            codes = distinct(np.concatenate([codes, self._codes(db, number, older)]))
            after = older.after
            plan.old.append(older)
        self._write(plan, tail.kind, codes, after=after)

    def _codes(self, db: sqlite3.Connection, number: int, segment: Segment) -> Codes:
        """Return a segment's codes, from the truth when its file is not right."""
        with contextlib.suppress(OSError):
            tables = read_segment(self._folder, segment)
            if tables is not None:
                return tables.codes
        return codes_between(db, number, segment)

    def _write(self, plan: _Plan, kind: str, codes: Codes, *, after: int) -> None:
        self._folder.mkdir(exist_ok=True)
        name = f"{kind}-{plan.generation}-{len(plan.new)}"
        plan.new.append(write_segment(self._folder, codes, name=name, kind=kind, after=after, upto=plan.upto))

    def _is_whole(self, db: sqlite3.Connection, plan: _Plan) -> bool:
        """Return whether each kind has its live codes in one segment, no others in it, and the files are right."""
        if db.execute("SELECT EXISTS (SELECT 1 FROM records WHERE seq > ?)", (plan.folded,)).fetchone()[0]:
            return False
        for number, kind, _ in _kinds(db):
            mine = [segment for segment in plan.old if segment.kind == kind]
            live = db.execute(
                "SELECT count(DISTINCT code) FROM records WHERE kind = ?", (number,)
            ).fetchone()[0]
            if any(segment.after for segment in mine) or live != sum(segment.count for segment in mine):
                return False
        with contextlib.suppress(OSError):
            return all(read_segment(self._folder, segment) is not None for segment in plan.old)
        return False

    def _list(self, plan: _Plan) -> None:
        """Let the new segments take the old ones' place, for all readers at once."""
        with self._database.writing() as db:
            db.executemany("DELETE FROM segments WHERE name = ?", [(old.name,) for old in plan.old])
            db.executemany(
                "INSERT INTO segments (name, kind, after, upto, count, checksum)"
                " SELECT ?, number, ?, ?, ?, ? FROM kinds WHERE name = ?",
                [(s.name, s.after, s.upto, s.count, s.checksum, s.kind) for s in plan.new],
            )
            db.execute("UPDATE state SET folded = ?, generation = ?", (plan.upto, plan.generation))

    def _sweep(self) -> None:
        """Delete what nothing lists: replaced segments, and what a failure or a crash left."""
        with self._database.reading() as db:
            kept = {segment.name + SUFFIX for segment in listed(db)}
        for path in self._folder.glob("*"):
            if path.name not in kept:
                # Where a system does not delete what somebody reads, it goes the next time.
                with contextlib.suppress(OSError):
                    path.unlink()

    @contextmanager
    def _alone(self, patience: float) -> Iterator[bool]:
        """Give whether nobody else keeps the segments now; nobody will before the block's end then.

        The lock is SQLite's on a file of its own: it works on every system, and dies with its holder.
        """
        lock = sqlite3.connect(
            self._folder.with_name("upkeep.lock"),
            timeout=patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    yield False
                    return
                raise
            try:
                yield True
            finally:
                self._sweep()
        finally:
            lock.close()


def _planned(db: sqlite3.Connection) -> _Plan:
    return _Plan(*db.execute("SELECT last, folded, generation + 1 FROM state").fetchone())


def _kinds(db: sqlite3.Connection) -> list[tuple[int, str, int]]:
    """Return number, name and bits of every kind in the database: also of those that this process was not told of."""
    return db.execute("SELECT number, name, bits FROM kinds").fetchall()


def _live_codes(db: sqlite3.Connection, number: int, bits: int, most: int) -> Iterator[Codes]:
    """Yield the codes of all live records of a kind, each once, at most `most` at a time."""
    cursor = db.execute("SELECT DISTINCT code FROM records WHERE kind = ? ORDER BY code", (number,))
    batch = min(_BATCH, most)
    parts: list[Codes] = []
    while rows := cursor.fetchmany(batch):
        parts.append(codes_of([code for (code,) in rows], bits))
        if batch * (len(parts) + 1) > most:
            yield np.concatenate(parts)
            parts = []
    if parts:
        yield np.concatenate(parts)
