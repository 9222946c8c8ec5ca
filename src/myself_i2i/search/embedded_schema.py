"""The embedded index's tables: SQL only. `records` is the truth; `segments` lists what was derived from it."""

from __future__ import annotations

from typing import Final

__all__ = ["APPLICATION_ID", "SCHEMA", "SCHEMA_VERSION"]

APPLICATION_ID: Final = 0x4D493253
""""MI2S": tells an index from any other SQLite file."""
SCHEMA_VERSION: Final = 1

SCHEMA: Final = (
    # last: the last sequence number given out, also to a deletion. folded: the segments speak for all records up to
    # here. generation: counts the changes of `segments`.
    """CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL,
    folded INTEGER NOT NULL,
    generation INTEGER NOT NULL
) STRICT""",
    "INSERT INTO state VALUES (1, 0, 0, 0)",
    """CREATE TABLE kinds (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    bits INTEGER NOT NULL,
    radius INTEGER NOT NULL,
    payload INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL REFERENCES kinds (number),
    id TEXT NOT NULL,
    code BLOB NOT NULL,
    payload BLOB NOT NULL
) STRICT""",
    "CREATE UNIQUE INDEX records_by_id ON records (id, kind)",
    # Answers "who has this code now" from the index alone, in the order of ids: a code that thousands have is cut
    # at the limit without reading them all.
    "CREATE INDEX records_by_code ON records (kind, code, id)",
    """CREATE TABLE segments (
    name TEXT PRIMARY KEY,
    kind INTEGER NOT NULL REFERENCES kinds (number),
    after INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    count INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
)
