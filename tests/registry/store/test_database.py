from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from myself_i2i.errors import RegistryError, UsageError
from myself_i2i.registry.store import reading
from myself_i2i.registry.store.schema import METADATA
from tests.registry.log.checking import Opener


class TestOpenDatabase:
    def test_migrations_make_the_tables(self, database_url: str, opened: Opener) -> None:
        """The migrations make exactly the tables that the code knows, on both databases."""
        with opened(database_url).connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), METADATA)
        assert [] == differences

    def test_opening_again_changes_nothing(self, database_url: str, opened: Opener) -> None:
        """A database that is as new as the code is opened as it is."""
        opened(database_url).dispose()
        with reading(opened(database_url)) as connection:
            assert connection.dialect.name in database_url

    @pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/name", "sqlite+aiosqlite:///x"])
    def test_refuses_another_database(self, url: str, opened: Opener) -> None:
        """A URL of a database that is not known is refused with the way out."""
        with pytest.raises(UsageError, match="no database of this kind"):
            opened(url)

    def test_a_damaged_file_is_told(self, tmp_path: Path, opened: Opener) -> None:
        """A file that is no database is our error, and stays as it is."""
        path = tmp_path / "registry.sqlite"
        path.write_bytes(b"not a database" * 100)
        with pytest.raises(RegistryError, match="database refused"):
            opened(f"sqlite:///{path}")
        assert b"not a database" * 100 == path.read_bytes()

    def test_a_password_is_not_shown(self, opened: Opener) -> None:
        """An error names the address without its password."""
        with pytest.raises(UsageError) as told:
            opened("mysql://me:secret@host/name")
        assert "secret" not in str(told.value)
