from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from myself_i2i.registry.store import open_database
from tests.support import postgres
from tests.support.postgres import Server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A real PostgreSQL server, started when the first test wants it."""
    reason = postgres.missing()
    if reason is not None:
        pytest.skip(reason)
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        socket = server.folder / f".s.PGSQL.{server.port}"
        yield f"postgresql+pg8000://postgres@/{urlsplit(url).path[1:]}?unix_sock={socket}"


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    """Opens databases, and lets go of every connection when the test ends."""
    engines: list[Engine] = []

    def open_(url: str) -> Engine:
        engines.append(open_database(url))
        return engines[-1]

    yield open_
    for engine in engines:
        engine.dispose()
