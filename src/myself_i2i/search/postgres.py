"""An index in a PostgreSQL database, version 14 or later, without extensions: for many programs on many machines.

Every record is a row. A search within the radius is one B-tree look-up for each word of the code (postgres_words.py); a
wider one reads all codes in the server. Both are exact. Whoever writes holds one row until the commit: writers wait for
each other, and sequence numbers become visible in their order.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.search.answers import Found, answer, wanted
from myself_i2i.search.audit import audit
from myself_i2i.search.checking import check_ids, check_kinds, check_records, check_search
from myself_i2i.search.exhaustive import other_code
from myself_i2i.search.interface import Answer, Audit, Kind, Query, Record, Stats
from myself_i2i.search.postgres_address import Address
from myself_i2i.search.postgres_connection import Connections, Session
from myself_i2i.search.postgres_schema import Table
from myself_i2i.search.postgres_store import acquaint, compact, open_store, rebuild, stored_tables
from myself_i2i.search.postgres_words import probes
from myself_i2i.wording import Text

__all__ = ["PostgresIndex"]

_BATCH: Final = 10_000
"""Records that travel in one message."""
_MANY: Final = 1_000
"""Records that make a look at the table worth its while."""
_PAGE: Final = 1_000
"""Records that a scan fetches at once."""
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")


class PostgresIndex:
    """An index in a PostgreSQL database; all promises are those of `interface.Index`.

    Safe for any number of threads and processes, all of them writers if they like; after a fork the child must open its
    own. What `add` acknowledged is as durable as a commit is by the server's settings (`fsync`, replication).
    `delete`, `get`, `scan` and `stats` speak of every kind in the database, also of those that another program brought.
    """

    def __init__(self, connections: Connections, kinds: dict[str, Kind], tables: dict[str, Table]) -> None:
        """Use `open`."""
        self._connections = connections
        self._kinds = kinds
        self._tables = tables

    @classmethod
    def open(cls, url: str, kinds: Sequence[Kind], *, schema: str = "myself_i2i") -> Self:
        """Return the index at `url` (`Address.parse`), made new where there is none.

        Several indexes can stand in one database, each in a `schema` of its own (1..51 of [a-z0-9_]). A pooler between
        must give each client a server process for itself (PgBouncer: session mode). The caller closes it. Raises `UsageError` for an address or a schema that cannot be, `InputError` for such a kind, `SearchError`
        when the server cannot be reached, is older than 14, or the tables are of another version.
        """
        if not _SCHEMA.fullmatch(schema):
            raise UsageError(
                Text(
                    en="a schema is 1 to 51 of a-z, 0-9 and '_', no digit first, not {schema!r}",
                    ja="スキーマは a-z、0-9、「_」の 1〜51 文字（先頭は数字以外）です（{schema!r} は使えません）",
                ).format(schema=schema[:80])
            )
        known = check_kinds(kinds)
        connections = Connections(Address.parse(url), schema)
        try:
            tables = connections.run(lambda session: open_store(session, schema, known.values()))
        except BaseException:
            connections.close()
            raise
        return cls(connections, known, tables)

    def close(self) -> None:
        """Let go of the connections; the index may be used again all the same, and opens new ones."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, records: Sequence[Record]) -> int:
        """Store all records or none; see `interface.Index.add`."""
        check_records(self._kinds, records)
        new: dict[tuple[str, str], Record] = {}
        for record in records:
            if new.setdefault((record.id, record.kind), record) != record:
                raise other_code(record)
        if not new:
            return self._connections.run(_last)
        last = self._connections.run(lambda session: self._add(session, list(new.values())))
        if len(new) >= _MANY:
            filled = [self._tables[kind] for kind in {kind for _, kind in new}]
            with contextlib.suppress(SearchError):  # the records are stored; this is for speed alone
                self._connections.run(lambda session: acquaint(session, filled))
        return last

    def _add(self, session: Session, records: list[Record]) -> int:
        with session.transaction():
            before = last = _last(session, hold=True)
            for start in range(0, len(records), _BATCH):
                batch = list(enumerate(records[start : start + _BATCH], start + 1))
                for kind in {record.kind for _, record in batch}:
                    table = self._tables[kind]
                    given = json.dumps([_given(n, record) for n, record in batch if record.kind == kind])
                    for (n,) in session.ask(table.conflict, given=given):
                        raise other_code(records[n - 1])
                    ((added,),) = session.ask(table.insert, given=given, base=before)
                    last = max(last, added or 0)
            if last > before:
                session.ask("UPDATE state SET seq = :seq", seq=last)
        return last

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these ids; see `interface.Index.delete`.

        When the connection is lost just as the server commits, the call is made again and may return 0.
        """
        unwanted = json.dumps(check_ids(ids))

        def work(session: Session) -> int:
            with session.transaction():
                last = _last(session, hold=True)
                tables = stored_tables(session).values()
                gone = sum(int(session.ask(table.delete, ids=unwanted)[0][0]) for table in tables)
                if gone:
                    session.ask("UPDATE state SET seq = :seq", seq=last + 1)
            return gone

        return self._connections.run(work)

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Answer each query, each as of its own moment; see `interface.Index.search`."""
        known = check_search(self._kinds, kind, queries, radius=radius, limit=limit)
        return self._connections.run(
            lambda session: [self._near(session, known, query, radius, limit) for query in queries]
        )

    def _near(self, session: Session, kind: Kind, query: Query, radius: int | None, limit: int) -> Answer:
        values = probes(query.code, radius)
        rows = session.ask(
            self._tables[kind.name].near(None if values is None else len(values)),
            code=f"x{query.code.hex()}",
            radius=kind.bits if radius is None else radius,
            most=wanted(kind, limit),
            **{f"w{place}": f"{{{','.join(map(str, some))}}}" for place, some in enumerate(values or [])},
        )
        # Where nothing is near there is one row all the same, with nothing but the sequence number.
        found = [Found(distance, id_, payload) for _, distance, id_, payload in rows if id_ is not None]
        return answer(kind, query, found, limit=limit, as_of=rows[0][0])

    def get(self, id: str) -> tuple[Record, ...]:  # noqa: A002 - the interface's word
        """Return the live records under this id; see `interface.Index.get`."""
        if not check_ids([id]):
            return ()

        def work(session: Session) -> list[list[Any]]:
            return _rows(session, [table.under_id for table in stored_tables(session).values()], id=id)

        return tuple(sorted((_record(row) for row in self._connections.run(work)), key=lambda one: one.kind))

    def scan(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield live records in the order they came; see `interface.Index.scan`. What is added meanwhile comes too."""

        def work(session: Session) -> list[list[Any]]:
            return _rows(session, [table.after for table in stored_tables(session).values()], after=after)

        while rows := self._connections.run(work):
            for row in rows:
                yield row[0], _record(row)
            after = rows[-1][0]

    def compact(self) -> None:
        """Clear away what was deleted; see `interface.Index.compact`. The server also does this by itself, later."""
        self._connections.run(compact)

    def rebuild(self) -> None:
        """Make all indexes again; see `interface.Index.rebuild`. Searches and writers go on meanwhile."""
        self._connections.run(rebuild)

    def stats(self) -> Stats:
        """Say how the index stands; there is no tail, and a missing B-tree is a warning."""
        return self._connections.run(_stats)

    def audit(self, sample: int, *, seed: int) -> Audit:
        """Compare answers with a scan made here; see `interface.Index.audit`."""
        return audit(self, list(self._kinds.values()), sample, seed=seed)


def _last(session: Session, *, hold: bool = False) -> int:
    """Return the last sequence number; `hold`: nobody else writes until this transaction ends."""
    ((last,),) = session.ask("SELECT seq FROM state FOR UPDATE" if hold else "SELECT seq FROM state")
    return int(last)


def _rows(session: Session, parts: list[str], **asked: object) -> list[list[Any]]:
    """Return the first rows, by sequence number, of what the tables answer; none when there is no table."""
    if not parts:
        return []
    rows = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS rows ORDER BY seq LIMIT :most"  # noqa: S608 - made here
    return session.ask(rows, most=_PAGE, **asked)


def _given(n: int, record: Record) -> dict[str, object]:
    return {
        "n": n,
        "id": record.id,
        "code": f"x{record.code.hex()}",
        "payload": f"\\x{record.payload.hex()}",
    }


def _record(row: list[Any]) -> Record:
    """Return a row of `Table.after` as it was added; a code comes as its bits in letters."""
    _, kind, id_, code, payload = row
    return Record(id_, kind, int(code, 2).to_bytes(len(code) // 8), payload)


def _stats(session: Session) -> Stats:
    by_kind, size, warnings = {}, 0, []
    last = _last(session)
    for kind, table in stored_tables(session).items():
        ((by_kind[kind], occupied, usable),) = session.ask(table.count)
        size += occupied
        if usable < table.words + 2:
            warnings.append(
                Text(
                    en="an index of {kind} is missing, so searches read every code; `rebuild` makes it again",
                    ja="{kind} の索引が欠けているため、検索のたびに全件を読んでいます。`rebuild` で作り直せます",
                ).format(kind=kind)
            )
    return Stats(sum(by_kind.values()), by_kind, last, unindexed=0, bytes=size, warnings=tuple(warnings))
