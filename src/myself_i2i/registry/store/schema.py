"""The tables. Migrations under `migrations/` make them; a test holds the two to each other."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

__all__ = [
    "DERIVED",
    "KEY",
    "LOG_ENTRY",
    "LOG_HEAD",
    "MANIFEST",
    "MARK",
    "METADATA",
    "STATEMENT",
    "SUBJECT",
]

METADATA: Final = MetaData()

LOG_HEAD: Final = Table(
    "log_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: there is one log
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # tlog.Frontier.to_bytes
    Column("checkpoint", LargeBinary, nullable=False),  # the signed note; the only head that counts
)

LOG_ENTRY: Final = Table(
    "log_entry",
    METADATA,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False, unique=True),  # what makes a second try the same entry
    Column("leaf", LargeBinary, nullable=False),  # its leaf hash
    Column("entry", LargeBinary, nullable=False),
)

# What follows is made from the log's entries, in the same transaction, and can be made again from them (`rebuild`);
# all but the bytes of manifests. It only finds: what a statement says is always read from its entry.

STATEMENT: Final = Table(
    "statement",
    METADATA,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # its predicate's short name
    Column("keyid", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False, index=True),  # sha256 of the signed bytes
    Column("logged_at", BigInteger, nullable=False),  # seconds since 1970
    Column("withdrawn", BigInteger),  # the entry that withdrew it
    Column("suspended", BigInteger),  # the entry that suspended it
    Index("ix_statement_keyid", "keyid", "index"),
    Index("ix_statement_kind", "kind", "index"),
)

KEY: Final = Table(
    "key",
    METADATA,
    Column("keyid", LargeBinary, primary_key=True),
    Column("der", LargeBinary, nullable=False),
    Column("registered", BigInteger, nullable=False),  # the first entry that introduced it
    Column("suspended", BigInteger),
)

SUBJECT: Final = Table(
    "subject",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),  # sha256 or imageData/v1
    Column("index", BigInteger, primary_key=True, autoincrement=False),
)

MARK: Final = Table(
    "mark",
    METADATA,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("keyid", LargeBinary, nullable=False),
    Column("code", String(16), nullable=False, index=True),
    Column("manifest_id", String(200), nullable=False, index=True),
    Column("manifest", LargeBinary, nullable=False),  # sha256 of its bytes
    Index("ix_mark_keyid", "keyid", "index"),
)

MANIFEST: Final = Table(
    "manifest",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

DERIVED: Final = (STATEMENT, KEY, SUBJECT, MARK)
"""The tables that are made again from the log alone."""
