"""The truth: every record looked at, every time, in memory. Slow on purpose, and simple enough to be believed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from myself_i2i.errors import InputError
from myself_i2i.search.answers import Found, answer, wanted
from myself_i2i.search.audit import audit
from myself_i2i.search.checking import check_ids, check_kinds, check_records, check_search
from myself_i2i.search.interface import Answer, Audit, Kind, Query, Record, Stats
from myself_i2i.wording import Text

__all__ = ["ExhaustiveIndex", "other_code"]


def other_code(record: Record) -> InputError:
    """Return the error for a record whose id has another code or payload in the index already."""
    return InputError(
        Text(
            en="{id!r} is in the index already with another code of the kind {kind}; nothing was added",
            ja="「{id}」には種類 {kind} の別の符号が登録されています。何も追加していません",
        ).format(id=record.id, kind=record.kind),
        hint=Text(en="delete it first", ja="先に削除してください"),
    )


class ExhaustiveIndex:
    """An index in memory that compares a query with every record; the others are held to its answers.

    Keeps nothing when it is let go. All promises are those of `interface.Index`.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = check_kinds(kinds)
        self._records: dict[tuple[str, str], tuple[int, Record]] = {}
        self._last = 0
        self._lock = threading.RLock()

    def add(self, records: Sequence[Record]) -> int:
        """Store all records or none; see `interface.Index.add`."""
        check_records(self._kinds, records)
        with self._lock:
            new: dict[tuple[str, str], Record] = {}
            for record in records:
                key = (record.id, record.kind)
                known = self._records[key][1] if key in self._records else new.setdefault(key, record)
                if known != record:
                    raise other_code(record)
            for key, record in new.items():
                self._last += 1
                self._records[key] = (self._last, record)
            return self._last

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these ids; see `interface.Index.delete`."""
        unwanted = set(check_ids(ids))
        with self._lock:
            gone = [key for key in self._records if key[0] in unwanted]
            for key in gone:
                del self._records[key]
            self._last += bool(gone)
            return len(gone)

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Answer each query; see `interface.Index.search`."""
        known = check_search(self._kinds, kind, queries, radius=radius, limit=limit)
        with self._lock:
            records = [record for _, record in self._records.values() if record.kind == kind]
            as_of = self._last
        codes = np.frombuffer(b"".join(r.code for r in records), np.uint8).reshape(-1, known.bits // 8)
        answers = []
        for query in queries:
            distances = np.bitwise_count(codes ^ np.frombuffer(query.code, np.uint8)).sum(axis=1)
            found = sorted(
                Found(int(distances[at]), records[at].id, records[at].payload)
                for at in np.flatnonzero(distances <= (known.bits if radius is None else radius))
            )
            answers.append(answer(known, query, found[: wanted(known, limit)], limit=limit, as_of=as_of))
        return answers

    def get(self, id: str) -> tuple[Record, ...]:  # noqa: A002 - the interface's word
        """Return the live records under this id; see `interface.Index.get`."""
        with self._lock:
            return tuple(
                self._records[id, kind][1] for kind in sorted(self._kinds) if (id, kind) in self._records
            )

    def scan(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield live records in the order they came; see `interface.Index.scan`."""
        with self._lock:
            rows = [row for row in self._records.values() if row[0] > after]
        yield from sorted(rows, key=lambda row: row[0])

    def compact(self) -> None:
        """Do nothing: there is no derived data."""

    def rebuild(self) -> None:
        """Do nothing: there is no derived data."""

    def stats(self) -> Stats:
        """Say how the index stands; every record is found by scanning."""
        with self._lock:
            records = [record for _, record in self._records.values()]
        by_kind = dict.fromkeys(sorted(self._kinds), 0)
        for record in records:
            by_kind[record.kind] += 1
        size = sum(len(record.id.encode()) + len(record.code) + len(record.payload) for record in records)
        return Stats(len(records), by_kind, self._last, unindexed=len(records), bytes=size)

    def audit(self, sample: int, *, seed: int) -> Audit:
        """Compare the index with a scan of itself; see `interface.Index.audit`."""
        return audit(self, list(self._kinds.values()), sample, seed=seed)
