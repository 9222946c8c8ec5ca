"""The ledger's tables: SQL only. What may never happen to an entry is refused by the database itself."""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "SCHEMA", "SCHEMA_VERSION"]

APPLICATION_ID = 0x4D493249
""""MI2I": tells a ledger from any other SQLite file."""
SCHEMA_VERSION = 1

_TABLES = (
    """CREATE TABLE entries (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('key', 'envelope')),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    appended_at TEXT NOT NULL,
    content BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32)
) STRICT""",
    # Look-ups only: everything here is computed from `entries`, and `verify` computes it again.
    """CREATE TABLE facts (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES entries (position),
    PRIMARY KEY (name, value, position)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX facts_by_position ON facts (position)",
)

# Without the digest and hash conditions, INSERT OR REPLACE would delete an older entry in silence: SQLite
# fires no DELETE trigger for that.
_TRIGGERS = (
    """CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM entries)
  OR EXISTS (SELECT 1 FROM entries WHERE digest = NEW.digest OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    *(
        f"""CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
        for table in ("entries", "facts")
        for action in ("UPDATE", "DELETE")
    ),
)

SCHEMA = (*_TABLES, *_TRIGGERS)
"""Every statement that makes an empty ledger, in order; `sqlite_master` keeps them word for word."""
