"""An index in a folder on this machine, for one person or one server: exact, durable, for many processes.

SQLite holds the records and is the only truth. Searching goes through segments, files of codes with multi-index
hash tables that are mapped into memory, and through the codes added since, which are compared one by one; whatever
they point to is asked of SQLite before it is a hit. Format and reasons: spec/search.md.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from myself_i2i.errors import SearchError
from myself_i2i.search.answers import Found, answer, wanted
from myself_i2i.search.audit import audit
from myself_i2i.search.checking import check_ids, check_kinds, check_records, check_search
from myself_i2i.search.embedded_database import Database
from myself_i2i.search.embedded_derived import Derived, Source, StaleError
from myself_i2i.search.embedded_kinds import known_kinds, take_kinds
from myself_i2i.search.embedded_nearest import nearest
from myself_i2i.search.embedded_upkeep import Upkeep
from myself_i2i.search.exhaustive import other_code
from myself_i2i.search.interface import Answer, Audit, Kind, Query, Record, Stats
from myself_i2i.search.mih import as_rows
from myself_i2i.wording import Text

__all__ = ["CACHE", "TAIL", "EmbeddedIndex"]

TAIL: Final = 100_000
"""Records that are found by comparing every one, before `add` folds them into a segment."""
CACHE: Final = 2**26
"""Bytes of the database that each thread keeps in memory."""

_DAMAGED = Text(
    en="{count} files of the index are damaged or missing and were left aside; searches are right but slower until "
    "the index is rebuilt",
    ja="索引のファイル {count} 個が壊れているか見つからず、使っていません。検索結果は正しいままですが、索引を作り直すまで遅くなります",
)
_NOT_FOLDED = Text(
    en="new records could not be put into segments; searches are right but slower ({why})",
    ja="新しい記録を整理できていません。検索結果は正しいままですが、遅くなります（{why}）",
)
_BUSY_SECONDS: Final = 60.0
_PATIENCE: Final = 3
_PAGE: Final = 1_000


class EmbeddedIndex:
    """All promises are those of `interface.Index`.

    The folder MUST lie on a disk of this machine: SQLite's locks do not hold over a network. `close` it, or use it
    in a `with` block.
    """

    def __init__(
        self, folder: Path, database: Database, kinds: dict[str, tuple[int, Kind]], tail: int
    ) -> None:
        """Used by `open`."""
        self._folder = folder
        self._database = database
        self._kinds = {name: kind for name, (_, kind) in kinds.items()}
        self._numbers = {name: number for name, (number, _) in kinds.items()}
        self._derived = Derived(folder / "segments", dict(kinds.values()))
        self._upkeep = Upkeep(database, folder / "segments")
        self._tail = tail
        self._fold_at = tail
        self._failed: SearchError | None = None

    @classmethod
    def open(cls, folder: Path, kinds: Sequence[Kind] = (), *, tail: int = TAIL, cache: int = CACHE) -> Self:
        """Open the index in `folder`, made new where there is none, for `kinds` and those it knows already.

        `tail`: how many new records `add` lets gather before it folds them, at least 1. `cache`: bytes of the
        database that a thread keeps in memory; to add many millions, give it room for all of them and add them in
        batches of a million, since every record lands on a page of its own. Raises `InputError` when a kind has
        other bits or another payload than the index has under its name, and `SearchError` when the index is damaged,
        of a newer version, or cannot be read.
        """
        asked = check_kinds(kinds)
        database = Database(folder / "index.sqlite", busy_seconds=_BUSY_SECONDS, cache=cache)
        try:
            with database.reading() as db:
                known = known_kinds(db)
            if any(known.get(name, (0, None))[1] != kind for name, kind in asked.items()):
                with database.writing() as db:
                    known = take_kinds(db, asked)
        except BaseException:
            database.close()
            raise
        return cls(folder, database, known, tail)

    def close(self) -> None:
        """Let the index go; it must not be used any more."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, records: Sequence[Record]) -> int:
        """Store all records or none, on the disk once this returns; see `interface.Index.add`.

        A call that makes the tail full also folds it, which takes about 0.3 s, and longer where larger segments are
        due to be merged. Folding that fails loses nothing: `stats` says so, and `compact` tries again.
        """
        check_records(self._kinds, records)
        with self._database.writing() as db:
            last, folded = db.execute("SELECT last, folded FROM state").fetchone()
            rows = [
                (last + at, self._numbers[record.kind], record.id, record.code, record.payload)
                for at, record in enumerate(records, 1)
            ]
            before = db.total_changes
            db.executemany(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?) ON CONFLICT (id, kind) DO NOTHING", rows
            )
            new = db.total_changes - before
            if new < len(rows):
                self._check_same(db, records)
            if new:
                last += len(rows)
                db.execute("UPDATE state SET last = ?", (last,))
        if last - folded >= self._fold_at:
            self._fold(last - folded)
        return int(last)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these ids; see `interface.Index.delete`."""
        unwanted = check_ids(ids)
        with self._database.writing() as db:
            gone = db.executemany("DELETE FROM records WHERE id = ?", [(id_,) for id_ in unwanted]).rowcount
            if gone > 0:
                db.execute("UPDATE state SET last = last + 1")
        return max(gone, 0)

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Answer each query, all from the same state of the index; see `interface.Index.search`."""
        known = check_search(self._kinds, kind, queries, radius=radius, limit=limit)
        with self._seen(self._numbers[kind]) as (db, as_of, sources):
            found = [
                self._nearest(db, known, sources, query, radius=radius, limit=limit) for query in queries
            ]
        return [
            answer(known, query, near, limit=limit, as_of=as_of)
            for query, near in zip(queries, found, strict=True)
        ]

    def _nearest(
        self,
        db: sqlite3.Connection,
        kind: Kind,
        sources: Sequence[Source],
        query: Query,
        *,
        radius: int | None,
        limit: int,
    ) -> list[Found]:
        number, payload = self._numbers[kind.name], "payload" if kind.payload else "x''"
        having = f"SELECT id, {payload} FROM records WHERE kind = ? AND code = ? ORDER BY id LIMIT ?"  # noqa: S608  # two constants

        def live(code: bytes, distance: int, most: int) -> list[Found]:
            return [Found(distance, *row) for row in db.execute(having, (number, code, most))]

        row, within = as_rows(query.code), kind.bits if radius is None else radius
        near = [(source.codes, source.near(row, within)) for source in sources]
        return nearest(near, live, wanted(kind, limit))

    def get(self, id: str) -> tuple[Record, ...]:  # noqa: A002 - the interface's word
        """Return the live records under this id; see `interface.Index.get`."""
        if not check_ids([id]):
            return ()
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, name, code, records.payload FROM records JOIN kinds ON kind = number"
                " WHERE id = ? ORDER BY name",
                (id,),
            )
            return tuple(Record(*row) for row in rows)

    def scan(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield live records in the order they came; see `interface.Index.scan`."""
        while True:
            with self._database.reading() as db:
                page = db.execute(
                    "SELECT seq, id, name, code, records.payload FROM records JOIN kinds ON kind = number"
                    " WHERE seq > ? ORDER BY seq LIMIT ?",
                    (after, _PAGE),
                ).fetchall()
            for seq, *row in page:
                yield seq, Record(*row)
                after = seq
            if len(page) < _PAGE:
                return

    def compact(self) -> None:
        """Make one segment of each kind from the live records; nothing when that is how it stands.

        Needs room for the new segments beside the old. Raises `SearchError`.
        """
        self._upkeep.remake(forced=False)
        self._failed = None

    def rebuild(self) -> None:
        """Make all segments again from the records. Raises `SearchError`."""
        self._upkeep.remake(forced=True)
        self._failed = None

    def stats(self) -> Stats:
        """Say how the index stands; counts every record."""
        with self._seen(0) as (db, as_of, _):
            damaged, by_kind = self._derived.damaged, dict.fromkeys(sorted(self._kinds), 0)
            counted = "SELECT name, count(*) FROM records JOIN kinds ON kind = number GROUP BY kind"
            by_kind |= dict(db.execute(counted))
            (unindexed,) = db.execute(
                "SELECT count(*) FROM records WHERE seq > (SELECT folded FROM state)"
            ).fetchone()
            for part in damaged:
                (scanned,) = db.execute(
                    "SELECT count(*) FROM records WHERE kind = ? AND seq > ? AND seq <= ?",
                    (self._numbers[part.kind], part.after, part.upto),
                ).fetchone()
                unindexed += scanned
        warnings = [_DAMAGED.format(count=len(damaged))] if damaged else []
        if self._failed:
            warnings.append(_NOT_FOLDED.format(why=self._failed.message))
        size = sum(_size(path) for path in self._folder.rglob("*") if path.is_file())
        return Stats(sum(by_kind.values()), by_kind, as_of, unindexed, size, tuple(warnings))

    def audit(self, sample: int, *, seed: int) -> Audit:
        """Ask for what is stored, and compare with a linear scan; see `interface.Index.audit`."""
        return audit(self, list(self._kinds.values()), sample, seed=seed)

    @contextmanager
    def _seen(self, number: int) -> Iterator[tuple[sqlite3.Connection, int, list[Source]]]:
        """Give one state of the index: a connection that sees it, up to where it goes, the codes of kind `number`."""
        for attempt in itertools.count():  # pragma: no branch - goes on until a state was seen
            with self._database.reading() as db:
                try:
                    as_of, sources = self._derived.sources(db, number, patient=attempt < _PATIENCE)
                except StaleError:
                    continue
                yield db, as_of, sources
                return

    def _fold(self, gathered: int) -> None:
        """Fold the tail; when that fails, note it, and try again when as much has gathered once more."""
        try:
            self._upkeep.fold()
        except SearchError as error:
            self._failed, self._fold_at = error, gathered + self._tail
        else:
            self._failed, self._fold_at = None, self._tail

    def _check_same(self, db: sqlite3.Connection, records: Sequence[Record]) -> None:
        """Raise `InputError` for the first record whose id has another code or payload of its kind by now."""
        for record in records:
            kept = db.execute(
                "SELECT code, payload FROM records WHERE id = ? AND kind = ?",
                (record.id, self._numbers[record.kind]),
            ).fetchone()
            if kept != (record.code, record.payload):
                raise other_code(record)


def _size(path: Path) -> int:
    """Return a file's length, 0 for what is gone by now: files come and go while others work."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
