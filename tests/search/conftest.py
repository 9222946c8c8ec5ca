from collections.abc import Iterator

import pytest

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


@pytest.fixture
def database(postgres_server: Server) -> Iterator[str]:
    """The address of an empty database."""
    with postgres_server.database() as url:
        yield url
