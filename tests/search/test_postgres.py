import contextlib
from collections.abc import Iterator, Sequence

import pytest

from myself_i2i.search.interface import Index, Kind
from myself_i2i.search.postgres import PostgresIndex
from tests.search.contract import Contract, Open
from tests.support import postgres
from tests.support.postgres import Server

pytestmark = pytest.mark.skipif(postgres.missing() is not None, reason=str(postgres.missing()))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server for the tests of this module."""
    with postgres.running() as running:
        yield running


class TestPostgres(Contract):
    RUNS = 5

    @pytest.fixture
    def open_index(self, server: Server) -> Iterator[Open]:
        """Return what opens an empty index in a database of its own."""
        with contextlib.ExitStack() as opened:

            def new(kinds: Sequence[Kind]) -> Index:
                return opened.enter_context(PostgresIndex.open(server.fresh_database(), kinds))

            yield new
