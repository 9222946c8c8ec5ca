"""The tables. Migrations under `migrations/` make them; a test holds the two to each other."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table

__all__ = ["LOG_ENTRY", "LOG_HEAD", "METADATA"]

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
