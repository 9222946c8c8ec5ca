"""The registry's database: SQLite on one machine, PostgreSQL for many, the same tables on both."""

from myself_i2i.registry.store.database import open_database, reading

__all__ = ["open_database", "reading"]
