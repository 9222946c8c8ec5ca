"""The tables of an index in a PostgreSQL database: made when they are missing, refused when they are not ours, kept up."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import Final

from myself_i2i.errors import SearchError
from myself_i2i.search.interface import Kind
from myself_i2i.search.postgres_connection import Session
from myself_i2i.search.postgres_schema import SCHEMA_VERSION, TABLES, Table
from myself_i2i.wording import Text

__all__ = ["acquaint", "compact", "open_store", "rebuild", "stored_tables"]

_OLDEST: Final = 140_000
_LOCK: Final = 0x4D493249
""""MI2I": two programs that open a new index at once make it one after the other."""

_BROKEN: Final = """SELECT CAST(CAST(indexrelid AS regclass) AS text) FROM pg_index
WHERE indrelid = CAST(:name AS regclass) AND NOT indisvalid"""
_UNKNOWN: Final = "SELECT oid FROM pg_class WHERE oid = CAST(:name AS regclass) AND reltuples < 0"
_OLD: Final = Text(
    en="the server is PostgreSQL {got}, this needs 14 or later",
    ja="サーバーは PostgreSQL {got} ですが、14 以降が必要です",
)
_ENCODING: Final = Text(
    en="the database is written in {got}, this needs UTF8",
    ja="データベースの文字コードは {got} ですが、UTF8 が必要です",
)
_VERSION: Final = Text(
    en="the index has version {got}, this program knows {known}",
    ja="索引の版は {got} ですが、このプログラムが扱えるのは {known} です",
)
_SHAPE: Final = Text(
    en="the index keeps {kind} with {bits} bits and {payload} bytes beside them, not {want} and {want_payload}",
    ja="この索引の {kind} は {bits} ビット＋{payload} バイトで、{want} ビット＋{want_payload} バイトではありません",
)


def open_store(session: Session, schema: str, kinds: Iterable[Kind]) -> dict[str, Table]:
    """Return the tables by kind, made new where there were none.

    Needs the right to create in the database only when something is missing. Raises `SearchError` when the server, the
    database, the version of the tables or a kind is not what this program can use.
    """
    ((number, encoding),) = session.command(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
    )
    if number < _OLDEST:
        raise _unusable(_OLD.format(got=number // 10_000))
    if encoding != "UTF8":
        raise _unusable(_ENCODING.format(got=encoding))
    wanted = list(kinds)
    tables = stored_tables(session) if _made(session, schema) else {}
    if any(kind.name not in tables for kind in wanted) or not tables:
        with session.transaction():
            session.ask("SELECT pg_advisory_xact_lock(:lock)", lock=_LOCK)
            tables = _make(session, schema, wanted)
    for kind in wanted:
        bits, payload = tables[kind.name].shape
        if (bits, payload) != (kind.bits, kind.payload):
            raise _unusable(
                _SHAPE.format(
                    kind=kind.name, bits=bits, payload=payload, want=kind.bits, want_payload=kind.payload
                )
            )
    return tables


def stored_tables(session: Session) -> dict[str, Table]:
    """Return the tables of all kinds in the index, by kind, also of those that other programs brought."""
    rows = session.ask("SELECT number, name, bits, payload FROM kinds ORDER BY name")
    return {name: Table(number, name, bits, payload) for number, name, bits, payload in rows}


def compact(session: Session) -> None:
    """Clear away what was deleted, and let the server count anew what its plans are made from."""
    with _one_at_a_time(session):
        for table in stored_tables(session).values():
            session.command(f"VACUUM (ANALYZE) {table.name}")


def acquaint(session: Session, tables: Iterable[Table]) -> None:
    """Let the server look at those tables that it has never looked at.

    It does so by itself about a minute after many records came; until then it would take reading all of them for
    cheaper than the indexes.
    """
    for table in tables:
        if session.ask(_UNKNOWN, name=table.name):
            session.command(f"ANALYZE (SKIP_LOCKED) {table.name}")


def rebuild(session: Session) -> None:
    """Make every index again from the codes, the missing ones too; searches go on meanwhile."""
    with _one_at_a_time(session):
        for table in stored_tables(session).values():
            for (broken,) in session.ask(_BROKEN, name=table.name):
                session.command(f"DROP INDEX IF EXISTS {broken}")
            for statement in table.indexes:
                session.command(statement)
            session.command(f"REINDEX TABLE CONCURRENTLY {table.name}")
            session.command(f"VACUUM (ANALYZE) {table.name}")


@contextlib.contextmanager
def _one_at_a_time(session: Session) -> Iterator[None]:
    """Let no other program do its upkeep in this database: two would wait for each other's end."""
    # Asked again and again: a statement that waits has a snapshot, and making indexes waits for old snapshots to go.
    while session.ask("SELECT pg_try_advisory_lock(:lock)", lock=_LOCK + 1) == [[False]]:
        time.sleep(0.1)
    try:
        yield
    finally:
        session.ask("SELECT pg_advisory_unlock(:lock)", lock=_LOCK + 1)


def _made(session: Session, schema: str) -> bool:
    """Return whether there is an index; raises `SearchError` when it is of another version."""
    # Not to_regclass: it may remember that there was none before this program waited for the lock.
    found = session.ask(
        "SELECT tablename FROM pg_tables WHERE schemaname = :schema AND tablename = 'state'", schema=schema
    )
    if not found:
        return False
    # With the schema's name: who may not enter it is told so, and not that there is no such table.
    ((version,),) = session.command(f'SELECT version FROM "{schema}".state')  # noqa: S608 - a plain name
    if version != SCHEMA_VERSION:
        raise _unusable(_VERSION.format(got=version, known=SCHEMA_VERSION))
    return True


def _make(session: Session, schema: str, kinds: list[Kind]) -> dict[str, Table]:
    """Make what is missing; another program may have made it while this one waited for the lock."""
    if not _made(session, schema):
        session.command(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for statement in TABLES:
            session.command(statement)
    tables = stored_tables(session)
    for kind in kinds:
        if kind.name not in tables:
            table = Table(len(tables) + 1, kind.name, kind.bits, kind.payload)
            session.ask(
                "INSERT INTO kinds (number, name, bits, payload) VALUES (:number, :name, :bits, :payload)",
                number=len(tables) + 1,
                name=kind.name,
                bits=kind.bits,
                payload=kind.payload,
            )
            for statement in table.create:
                session.command(statement)
            tables[kind.name] = table
    return tables


def _unusable(message: Text) -> SearchError:
    return SearchError(
        message,
        hint=Text(
            en="use another database, another schema, or the program that made the index",
            ja="別のデータベースかスキーマを使うか、この索引を作ったプログラムを使ってください",
        ),
    )
