"""What an index in PostgreSQL survives: many writers, kill -9 of one, the server going down. Real processes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

from myself_i2i.errors import SearchError
from myself_i2i.search.postgres import PostgresIndex
from tests.search._postgres_writer import batch
from tests.search.codes import PLAIN, ask, code, crowd, plain
from tests.support import postgres
from tests.support.postgres import Server

ROOT = Path(__file__).parents[2]
ROUNDS = 30 if os.environ.get("MYSELF_I2I_FULL") else 3


def start(url: str, name: str, batches: int, size: int) -> subprocess.Popen[str]:
    """Start a process that adds `batches` of `size` records."""
    arguments = [url, name, str(batches), str(size)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.search._postgres_writer", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


class TestWriters:
    def test_two_processes(self, database: str) -> None:
        """Two processes that write at once lose nothing, and a reader never sees a number before a smaller one."""
        writers = [start(database, name, 30, 20) for name in "ab"]
        seen: dict[int, str] = {}
        with PostgresIndex.open(database, [PLAIN]) as index:
            as_of = 0
            while any(writer.poll() is None for writer in writers):
                (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=1)
                assert as_of <= answer.as_of
                late = {n: r.id for n, r in index.scan() if n <= as_of and n not in seen}
                assert {} == late
                as_of = answer.as_of
                seen.update((n, r.id) for n, r in index.scan() if n <= as_of)
            assert [0, 0] == [writer.wait() for writer in writers]
            for writer in writers:
                writer.communicate()
            rows = list(index.scan())
        assert 2 * 30 * 20 == len(rows)
        assert sorted({n for n, _ in rows}) == [n for n, _ in rows]
        expected = {record for name in "ab" for n in range(30) for record in batch(name, n, 20)}
        assert expected == {record for _, record in rows}

    def test_a_writer_waits_and_readers_do_not(self, postgres_server: Server, database: str) -> None:
        """While one transaction writes, another `add` waits for it; searches answer as of what was committed."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            last = index.add([plain("a", code(1))])
            other = postgres_server.connect(database)
            other.run("BEGIN")
            other.run("SELECT seq FROM myself_i2i.state FOR UPDATE")
            adding = threading.Thread(target=index.add, args=([plain("b", code(1))],))
            adding.start()
            (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=9)
            assert (last, ["a"]) == (answer.as_of, [hit.id for hit in answer.hits])
            assert adding.is_alive()
            other.run("COMMIT")
            other.close()
            adding.join()
            (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=9)
            assert ["a", "b"] == [hit.id for hit in answer.hits]

    def test_opened_by_many_at_once(self, database: str) -> None:
        """Processes that open the same new index at once make it once."""
        failures: list[BaseException] = []

        def opening() -> None:
            try:
                PostgresIndex.open(database, [PLAIN]).close()
            except BaseException as error:  # noqa: BLE001  # carried to the test's own thread
                failures.append(error)

        threads = [threading.Thread(target=opening) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [] == failures

    def test_upkeep_from_two_sides(self, database: str) -> None:
        """Two rebuilds, a compaction, a writer and a reader at once end well."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            index.add(crowd(500))
            failures: list[BaseException] = []

            def doing(name: str) -> None:
                try:
                    if name == "add":
                        for at in range(20):
                            index.add([plain(f"n{at}", code(at))])
                    else:
                        getattr(index, name)()
                except BaseException as error:  # noqa: BLE001  # carried to the test's own thread
                    failures.append(error)

            threads = [
                threading.Thread(target=doing, args=(name,))
                for name in ("rebuild", "rebuild", "compact", "add")
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert [] == failures
            assert 520 == index.stats().records
            assert () == index.stats().warnings


class TestKill:
    def test_a_client_in_the_middle_of_an_add(self, database: str) -> None:
        """Killed at any moment, what was acknowledged is there, each batch is whole or not there, others go on."""
        chance = random.Random(5)  # noqa: S311 - no secret
        with PostgresIndex.open(database, [PLAIN]) as index:
            for round_ in range(ROUNDS):
                name, size = f"r{round_}", 300
                writer = start(database, name, 10_000, size)
                assert writer.stdout is not None
                first = writer.stdout.readline()
                time.sleep(chance.uniform(0, 0.2))
                writer.send_signal(signal.SIGKILL)
                rest, _ = writer.communicate()
                acknowledged = {int(line) for line in (first + rest).split()}
                index.add([plain(f"after-{name}", code(1))])
                found: dict[int, list[object]] = defaultdict(list)
                for _, record in index.scan():
                    if record.id.startswith(f"{name}-"):
                        found[int(record.id.split("-")[1])].append(record)
                assert set() == acknowledged - set(found)
                assert len(found) <= len(acknowledged) + 1
                assert all(batch(name, number, size) == records for number, records in found.items())
            assert 1.0 == index.audit(20, seed=1).recall


class TestServer:
    @pytest.mark.parametrize("at_once", [False, True], ids=["stopped", "crashed"])
    def test_down_and_up_again(self, *, at_once: bool) -> None:
        """A server that was stopped, or crashed, has what was acknowledged; the open index goes on with it."""
        if postgres.missing():
            pytest.skip(str(postgres.missing()))
        with (
            postgres.running() as server,
            server.database() as url,
            PostgresIndex.open(url, [PLAIN]) as index,
        ):
            index.add(crowd(1_000))
            index.delete([record.id for record in crowd(1_000)[:10]])
            before = list(index.scan()), index.stats().as_of
            server.stop(at_once=at_once)
            with pytest.raises(SearchError, match="cannot be reached") as raised:
                index.add([plain("a", code(1))])
            assert raised.value.hint is not None
            server.start()
            assert before == (list(index.scan()), index.stats().as_of)
            index.add([plain("a", code(1))])
            assert 991 == index.stats().records
            assert 1.0 == index.audit(20, seed=1).recall
