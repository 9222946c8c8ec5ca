"""Between rows and values: what one entry's row means, how one is written, and what is looked up by."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, Statement
from myself_i2i.errors import InputError, LedgerError
from myself_i2i.ledger.chain import GENESIS, entry_hash
from myself_i2i.ledger.interface import Entry, EntryKind
from myself_i2i.predicates.moments import format_moment, parse_moment
from myself_i2i.wording import Text

__all__ = [
    "COLUMNS",
    "KEYID",
    "PREDICATE_TYPE",
    "append_row",
    "entry_of",
    "facts_of",
    "find_digest",
    "last_row",
    "rows_after",
    "rows_by_fact",
]

COLUMNS = "position, kind, digest, appended_at, content, hash"
KEYID = "keyid"
PREDICATE_TYPE = "predicateType"

_Row = tuple[Any, ...]


def entry_of(row: _Row) -> Entry:
    """Return the entry in a row of `COLUMNS`. Raises `LedgerError` for one this code cannot have written."""
    position, kind, digest, appended_at, content, chain = row
    try:
        return Entry(
            position, EntryKind(kind), digest.hex(), parse_moment(appended_at), bytes(content), chain.hex()
        )
    except (InputError, ValueError, TypeError, AttributeError) as error:
        raise LedgerError(
            Text(
                en="entry {position} of the ledger cannot be read",
                ja="帳簿の {position} 番の記録を読めません",
            ).format(position=position),
            hint=Text(
                en="`myself-i2i ledger verify` says what is wrong; restore the ledger from a copy",
                ja="`myself-i2i ledger verify` で状態を確かめ、控えから戻してください",
            ),
        ) from error


def facts_of(envelope: Envelope, statement: Statement) -> dict[str, frozenset[str]]:
    """Return what `envelope` can be looked up by."""
    return {
        KEYID: frozenset(envelope.keyids),
        PREDICATE_TYPE: frozenset({statement.predicate_type}),
        SHA256: statement.digests(SHA256),
        IMAGE_DATA: statement.digests(IMAGE_DATA),
    }


def append_row(
    connection: sqlite3.Connection,
    kind: EntryKind,
    content: bytes,
    appended_at: datetime,
    facts: Mapping[str, frozenset[str]],
) -> Entry:
    """Append within the caller's transaction, or return the entry that has this content already."""
    digest = hashlib.sha256(content).digest()
    known = find_digest(connection, digest)
    if known:
        return entry_of(known)
    last = last_row(connection)
    position, previous = (last[0] + 1, last[5]) if last else (0, GENESIS)
    moment = format_moment(appended_at)
    chain = entry_hash(previous, position, kind, moment, content)
    row = (position, str(kind), digest, moment, content, chain)
    connection.execute(f"INSERT INTO entries ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608  # a constant
    connection.executemany(
        "INSERT INTO facts (name, value, position) VALUES (?, ?, ?)",
        [(name, value, position) for name, values in facts.items() for value in sorted(values)],
    )
    return entry_of(row)


def find_digest(connection: sqlite3.Connection, digest: bytes) -> _Row | None:
    """Return the row with this content digest."""
    found: _Row | None = connection.execute(
        f"SELECT {COLUMNS} FROM entries WHERE digest = ?",  # noqa: S608  # the columns are a constant
        (digest,),
    ).fetchone()
    return found


def last_row(connection: sqlite3.Connection) -> _Row | None:
    """Return the newest row."""
    found: _Row | None = connection.execute(
        f"SELECT {COLUMNS} FROM entries ORDER BY position DESC LIMIT 1"  # noqa: S608  # a constant
    ).fetchone()
    return found


def rows_after(connection: sqlite3.Connection, position: int, limit: int) -> list[_Row]:
    """Return up to `limit` rows behind `position`, in order."""
    return connection.execute(
        f"SELECT {COLUMNS} FROM entries WHERE position > ? ORDER BY position LIMIT ?",  # noqa: S608  # a constant
        (position, limit),
    ).fetchall()


def rows_by_fact(connection: sqlite3.Connection, name: str, value: str) -> list[_Row]:
    """Return the rows with this fact, oldest first."""
    return connection.execute(
        f"SELECT {COLUMNS} FROM entries WHERE position IN "  # noqa: S608  # a constant
        "(SELECT position FROM facts WHERE name = ? AND value = ?) ORDER BY position",
        (name, value),
    ).fetchall()
