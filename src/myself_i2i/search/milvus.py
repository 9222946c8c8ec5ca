"""An index in a Milvus cluster (2.3 or later): exact search by BIN_FLAT, for those who run one already.

What Milvus does not have is made here or not promised:

- All or nothing: records are seen only once the number of the last of them is committed (milvus_collections.py). What a
  writer that was killed left behind is never seen, and cleared away by the next one.
- **One writer.** Milvus has no lock to hold and no unique key; two writers at once would give one number twice. The caller
  must see to it that one process at a time adds and deletes. Any number may search.
- A writer killed in the middle of `delete` may have forgotten some of the ids and not the others.
- `stats().bytes` is what the records weigh: Milvus does not say what it occupies.
- Every call waits until the server has seen all that came before it (Strong), some 0.2 seconds each.
"""

from __future__ import annotations

import base64
import heapq
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from myself_i2i.errors import InputError, UsageError
from myself_i2i.search.answers import Found, answer, wanted
from myself_i2i.search.audit import audit
from myself_i2i.search.checking import check_ids, check_kinds, check_records, check_search
from myself_i2i.search.exhaustive import other_code
from myself_i2i.search.interface import Answer, Audit, Kind, Query, Record, Stats
from myself_i2i.search.milvus_collections import MOST, Collections
from myself_i2i.wording import Text

__all__ = ["MilvusIndex"]

_WINDOW: Final = 10_000
"""Sequence numbers, so at most as many records, that a scan fetches at once."""
_TOGETHER: Final = 16
"""Queries in one question."""
_PAYLOAD: Final = 49_000
"""Bytes whose base64 still fits into a field of text."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]{0,40}")


class MilvusIndex:
    """An index in Milvus; the promises of `interface.Index` with the limits that the module names.

    The caller lets one process at a time write. Safe in threads.
    """

    def __init__(self, collections: Collections, kinds: dict[str, Kind]) -> None:
        """Use `open`."""
        self._collections = collections
        self._kinds = kinds
        self._writing = threading.RLock()
        self._cleared = False

    @classmethod
    def open(cls, uri: str, kinds: Sequence[Kind], *, token: str = "", name: str = "myselfi2i") -> Self:
        """Return the index at `uri` ("http://HOST:19530"), made new where there is none.

        `token`: "USER:PASSWORD" or a key, where the server asks for one. Several indexes can stand in one server, each
        under a `name` (1..41 of [a-z0-9]). The caller closes it. Raises `UsageError` for a name that cannot be,
        `InputError` for such a kind or a payload of more than 49,000 bytes, `SearchError` when the server cannot be
        reached or keeps something else under the name.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                Text(
                    en="a name is 1 to 41 of a-z and 0-9, no digit first, not {name!r}",
                    ja="名前は a-z、0-9 の 1〜41 文字（先頭は数字以外）です（{name!r} は使えません）",
                ).format(name=name[:80])
            )
        known = check_kinds(kinds)
        for kind in known.values():
            if kind.payload > _PAYLOAD:
                raise InputError(
                    Text(
                        en="Milvus keeps payloads of at most {most} bytes, {kind} has {got}",
                        ja="Milvus に置ける付属のベクトルは {most} バイトまでです（{kind} は {got} バイト）",
                    ).format(most=_PAYLOAD, kind=kind.name, got=kind.payload)
                )
        collections = Collections(uri, token, name)
        try:
            collections.prepare(list(known.values()))
        except BaseException:
            collections.close()
            raise
        return cls(collections, known)

    def close(self) -> None:
        """Let the connection go."""
        self._collections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def drop(self) -> None:
        """Throw the whole index away, with every record in it."""
        self._collections.drop()

    def add(self, records: Sequence[Record]) -> int:
        """Store all records or none; see `interface.Index.add`. One process at a time."""
        check_records(self._kinds, records)
        new: dict[tuple[str, str], Record] = {}
        for record in records:
            if new.setdefault((record.id, record.kind), record) != record:
                raise other_code(record)
        with self._writing:
            last = self._clear()
            for kind in {record.kind for record in new.values()}:
                keys = [_key(id_) for id_, of_kind in new if of_kind == kind]
                for row in self._collections.keyed(kind, keys, f"seq <= {last}"):
                    kept = _record(kind, row)
                    if new.pop((kept.id, kind)) != kept:
                        raise other_code(kept)
            if not new:
                return last
            self._cleared = False  # should this fail half-way, the next writer clears it
            by_kind: dict[str, list[dict[str, Any]]] = {}
            for seq, record in enumerate(new.values(), last + 1):
                by_kind.setdefault(record.kind, []).append(_row(seq, record))
            for kind, rows in by_kind.items():
                self._collections.insert(kind, rows)
            self._collections.commit(last + len(new), before=last)
            self._cleared = True
            return last + len(new)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these ids; see `interface.Index.delete`. One process at a time; killed, it may have done a part."""
        keys = [_key(id_) for id_ in check_ids(ids)]
        with self._writing:
            last = self._clear()
            gone = 0
            for kind in self._collections.kinds():
                found = [row["pk"] for row in self._collections.keyed(kind, keys, f"seq <= {last}")]
                self._collections.forget(kind, found)
                gone += len(found)
            if gone:
                self._collections.commit(last + 1, before=last)
            return gone

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Answer each query; see `interface.Index.search`."""
        known = check_search(self._kinds, kind, queries, radius=radius, limit=limit)
        reach = known.bits if radius is None else radius
        as_of = self._collections.last()
        # A long shortlist may be more than Milvus gives at once: then every record is fetched and looked at here.
        nearest = self._nearest if wanted(known, limit) <= MOST else self._scanned
        return [
            answer(known, query, found, limit=limit, as_of=as_of)
            for start in range(0, len(queries), _TOGETHER)
            for query, found in nearest(known, queries[start : start + _TOGETHER], reach, limit, as_of)
        ]

    def _nearest(
        self, kind: Kind, queries: Sequence[Query], radius: int, limit: int, as_of: int
    ) -> Iterator[tuple[Query, list[Found]]]:
        """Yield the nearest of each query, sorted; where many are equally far, the first by id, as promised."""
        most = wanted(kind, limit)
        seen = f"seq <= {as_of}"
        codes = [query.code for query in queries]
        answered = self._collections.near(kind.name, codes, seen, least=0, most=radius, limit=most)
        for query, rows in zip(queries, answered, strict=True):
            found = sorted(map(_found, rows))
            if len(found) == most:
                edge = found[-1].distance
                inside = [one for one in found if one.distance < edge]
                found = inside + self._first_by_id(kind, query.code, edge, seen, most - len(inside))
            yield query, found

    def _scanned(
        self, kind: Kind, queries: Sequence[Query], radius: int, limit: int, as_of: int
    ) -> Iterator[tuple[Query, list[Found]]]:
        """Yield the same as `_nearest`, from all records."""
        records = [record for seq, record in self.scan() if record.kind == kind.name and seq <= as_of]
        for query in queries:
            code = int.from_bytes(query.code)
            found = (
                Found((int.from_bytes(one.code) ^ code).bit_count(), one.id, one.payload) for one in records
            )
            near = (one for one in found if one.distance <= radius)
            yield query, heapq.nsmallest(wanted(kind, limit), near)

    def _first_by_id(self, kind: Kind, code: bytes, distance: int, seen: str, count: int) -> list[Found]:
        """Return the first `count` by id of those exactly `distance` away; Milvus gives any of them."""
        condition = seen
        while True:
            (rows,) = self._collections.near(
                kind.name, [code], condition, least=distance, most=distance, limit=MOST
            )
            found = sorted(map(_found, rows))[:count]
            if len(rows) < MOST:
                return found
            # More than come at once: those wanted are no later than the last of these.
            condition = f'{seen} and pk <= "{_key(found[-1].id)}"'

    def get(self, id: str) -> tuple[Record, ...]:  # noqa: A002 - the interface's word
        """Return the live records under this id; see `interface.Index.get`."""
        keys = [_key(one) for one in check_ids([id])]
        seen = f"seq <= {self._collections.last()}"
        kinds = self._collections.kinds()
        return tuple(
            _record(kind, row) for kind in kinds for row in self._collections.keyed(kind, keys, seen)
        )

    def scan(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield live records in the order they came; see `interface.Index.scan`."""
        last = self._collections.last()
        for start in range(max(after, 0), last, _WINDOW):
            window = f"seq > {start} and seq <= {min(start + _WINDOW, last)}"
            found = [
                (int(row["seq"]), _record(kind, row))
                for kind in self._collections.kinds()
                for row in self._collections.rows(kind, window)
            ]
            yield from sorted(found, key=lambda one: one[0])

    def compact(self) -> None:
        """Do nothing: Milvus clears away what was deleted by itself."""

    def rebuild(self) -> None:
        """Do nothing: BIN_FLAT reads the codes themselves, there is no derived data."""

    def stats(self) -> Stats:
        """Say how the index stands; `bytes` is what codes and payloads weigh, the server does not say more."""
        last = self._collections.last()
        by_kind = {
            kind: self._collections.count(kind, f"seq <= {last}") for kind in self._collections.kinds()
        }
        known = [kind for kind in self._kinds.values() if kind.name in by_kind]
        size = sum(by_kind[kind.name] * (kind.bits // 8 + kind.payload) for kind in known)
        return Stats(sum(by_kind.values()), by_kind, last, unindexed=0, bytes=size)

    def audit(self, sample: int, *, seed: int) -> Audit:
        """Compare answers with a scan made here; see `interface.Index.audit`."""
        return audit(self, list(self._kinds.values()), sample, seed=seed)

    def _clear(self) -> int:
        """Forget what a killed writer left behind; return the last sequence number."""
        last = self._collections.last()
        if not self._cleared:
            for kind in self._collections.kinds():
                while left := self._collections.rows(kind, f"seq > {last} and seq <= {last + _WINDOW}"):
                    self._collections.forget(kind, [row["pk"] for row in left])
            self._cleared = True
        return last


def _key(id_: str) -> str:
    """Return an id as a key: hexadecimal needs no escaping, and sorts as the id's characters do."""
    return id_.encode().hex()


def _row(seq: int, record: Record) -> dict[str, Any]:
    payload = base64.b64encode(record.payload).decode()
    return {"pk": _key(record.id), "seq": seq, "code": record.code, "payload": payload}


def _record(kind: str, row: dict[str, Any]) -> Record:
    (code,) = row["code"]
    return Record(bytes.fromhex(row["pk"]).decode(), kind, code, base64.b64decode(row["payload"]))


def _found(row: tuple[int, str, str]) -> Found:
    distance, key, payload = row
    return Found(distance, bytes.fromhex(key).decode(), base64.b64decode(payload))
