import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.search import postgres_store
from myself_i2i.search.interface import Hit, Index, Kind, Record
from myself_i2i.search.postgres import PostgresIndex
from myself_i2i.search.postgres_schema import Table
from myself_i2i.search.postgres_words import probes
from tests.search.codes import KINDS, PLAIN, SHORT, ask, code, crowd, flipped, plain
from tests.search.contract import Contract, Open
from tests.support.postgres import GUARDED, Server


@pytest.fixture
def guarded(postgres_server: Server, database: str) -> Iterator[str]:
    """The address of the database for a user with the password "right-one"; the gap is for ":PASSWORD"."""
    postgres_server.command(f"CREATE USER {GUARDED} PASSWORD 'right-one'")
    yield database.replace("postgres@", f"{GUARDED}{{}}@")
    postgres_server.command(f"DROP OWNED BY {GUARDED}", database)
    postgres_server.command(f"DROP USER {GUARDED}")


def explained(server: Server, url: str, *, radius: int) -> str:
    """Return how the server says it would look for a code."""
    table = Table(1, PLAIN.name, PLAIN.bits, PLAIN.payload)
    values = probes(code(1), radius) or []
    with contextlib.closing(server.connect(url)) as bare:
        bare.run("SET search_path = myself_i2i")
        rows = bare.run(
            f"EXPLAIN {table.near(len(values) or None)}",
            code=f"x{code(1).hex()}",
            radius=radius,
            most=101,
            **{f"w{place}": f"{{{','.join(map(str, some))}}}" for place, some in enumerate(values)},
        )
    return "\n".join(line for (line,) in rows)


class TestPostgres(Contract):
    RUNS = 5

    @pytest.fixture
    def open_index(self, postgres_server: Server) -> Iterator[Open]:
        """Return what opens an empty index in a database of its own."""
        with contextlib.ExitStack() as stack:

            def new(kinds: Sequence[Kind]) -> Index:
                url = stack.enter_context(postgres_server.database())
                return stack.enter_context(PostgresIndex.open(url, kinds))

            yield new


class TestOpening:
    def test_again(self, database: str) -> None:
        """What one opening added, the next finds; closing twice is no error, and a closed index opens itself again."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            index.add([plain("a", code(1))])
        index.close()
        assert 1 == index.stats().records
        index.close()
        with PostgresIndex.open(database, [PLAIN]) as again:
            assert (plain("a", code(1)),) == again.get("a")

    def test_schemas_are_apart(self, database: str) -> None:
        """Two schemas in one database hold two indexes."""
        with (
            PostgresIndex.open(database, [PLAIN]) as one,
            PostgresIndex.open(database, [PLAIN], schema="select") as two,
        ):
            one.add([plain("a", code(1))])
            assert ({PLAIN.name: 1}, {PLAIN.name: 0}) == (one.stats().by_kind, two.stats().by_kind)

    @pytest.mark.parametrize("schema", ["", "Big", "1st", "a b", 'a"; drop', "x" * 52])
    def test_schema_that_cannot_be(self, schema: str) -> None:
        """A schema that is no plain name is refused before anything is asked of a server."""
        with pytest.raises(UsageError):
            PostgresIndex.open("postgresql://nobody@localhost:1/none", [PLAIN], schema=schema)

    def test_kinds_come_one_by_one(self, database: str) -> None:
        """A kind may be added later; deleting, getting and scanning reach those that another opening brought."""
        short = Record("a", SHORT.name, code(2, 64))
        with PostgresIndex.open(database, [PLAIN]) as old, PostgresIndex.open(database, KINDS) as new:
            new.add([plain("a", code(1)), short])
            assert (plain("a", code(1)), short) == old.get("a")
            assert [plain("a", code(1)), short] == [record for _, record in old.scan()]
            assert 2 == old.delete(["a"])
            assert 0 == new.stats().records

    def test_no_kinds(self, database: str) -> None:
        """An index without kinds holds nothing and is no error."""
        with PostgresIndex.open(database, []) as index:
            assert ((), [], 0) == (index.get("a"), list(index.scan()), index.stats().records)
            index.compact()

    @pytest.mark.parametrize("other", [Kind(PLAIN.name, bits=128), Kind(PLAIN.name, payload=8)])
    def test_same_name_other_shape(self, database: str, other: Kind) -> None:
        """A kind with other lengths than the index keeps under its name is refused."""
        PostgresIndex.open(database, [PLAIN]).close()
        with pytest.raises(SearchError, match="256 bits and 0 bytes"):
            PostgresIndex.open(database, [other])

    def test_other_version(self, postgres_server: Server, database: str) -> None:
        """Tables of another version are refused and left as they are."""
        PostgresIndex.open(database, [PLAIN]).close()
        postgres_server.command("UPDATE myself_i2i.state SET version = 2", database)
        with pytest.raises(SearchError, match="version 2, this program knows 1") as raised:
            PostgresIndex.open(database, [SHORT])
        assert [[1]] == postgres_server.command("SELECT count(*) FROM myself_i2i.kinds", database)
        assert raised.value.hint is not None

    def test_old_server(self, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server older than this program can use is refused."""
        monkeypatch.setattr(postgres_store, "_OLDEST", 990_000)  # no server that old can be had any more
        with pytest.raises(SearchError, match="needs 14 or later"):
            PostgresIndex.open(database, [PLAIN])

    def test_other_encoding(self, postgres_server: Server) -> None:
        """A database that cannot keep every id is refused."""
        with (
            postgres_server.database("ENCODING 'LATIN1' TEMPLATE template0") as url,
            pytest.raises(SearchError, match="LATIN1"),
        ):
            PostgresIndex.open(url, [PLAIN])


class TestReaching:
    def test_no_server(self) -> None:
        """Where no server listens the error names the address and says what to do, never the password."""
        for url in (
            "postgresql://me:secret@localhost:1/base",
            "postgresql://me:secret@/base?host=/nowhere",
            "postgresql://me:secret@a..b/base?sslmode=disable",
        ):
            with pytest.raises(SearchError, match="cannot be reached") as raised:
                PostgresIndex.open(url, [PLAIN])
            assert raised.value.hint is not None
            assert "secret" not in f"{raised.value.message}{raised.value.hint}"

    @pytest.mark.parametrize(
        "answer",
        [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"?\0\0\0\5x", b"R\0\0\0\5x"],
        ids=repr,
    )
    def test_no_postgres(self, answer: bytes) -> None:
        """Whatever answers at the address, nothing comes out but our error."""
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def answering() -> None:
                line, _ = listening.accept()
                with line:
                    line.recv(100)
                    line.sendall(answer)

            thread = threading.Thread(target=answering)
            thread.start()
            port = listening.getsockname()[1]
            with pytest.raises(SearchError, match="cannot be reached"):
                PostgresIndex.open(f"postgresql://me@127.0.0.1:{port}/base", [PLAIN])
            thread.join()

    def test_no_database(self, postgres_server: Server) -> None:
        """A database that does not exist is said."""
        with pytest.raises(SearchError, match="does not exist"):
            PostgresIndex.open(postgres_server.url("none"), [PLAIN])

    def test_no_tls(self, database: str) -> None:
        """When the address asks for TLS and the server has none, nothing is said in the clear."""
        with pytest.raises(SearchError, match="does not speak TLS"):
            PostgresIndex.open(f"{database}&sslmode=require", [PLAIN])

    def test_password(
        self, postgres_server: Server, database: str, guarded: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The right password opens; a wrong one, or none, is said and not shown."""
        monkeypatch.delenv("PGPASSWORD", raising=False)
        for given in ("", ":wrong-one"):
            with pytest.raises(SearchError, match="does not let this user in") as raised:
                PostgresIndex.open(guarded.format(given), [PLAIN])
            assert "wrong-one" not in raised.value.message.en
        PostgresIndex.open(database, [PLAIN]).close()
        postgres_server.command(f"GRANT USAGE ON SCHEMA myself_i2i TO {GUARDED}", database)
        postgres_server.command(f"GRANT SELECT ON ALL TABLES IN SCHEMA myself_i2i TO {GUARDED}", database)
        PostgresIndex.open(guarded.format(":right-one"), [PLAIN]).close()
        monkeypatch.setenv("PGPASSWORD", "right-one")
        PostgresIndex.open(guarded.format(""), [PLAIN]).close()

    def test_reader_without_rights(self, postgres_server: Server, database: str, guarded: str) -> None:
        """Who may only read can open and search; adding is refused with what to do."""
        url = guarded.format(":right-one")
        with PostgresIndex.open(database, [PLAIN]) as owner:
            owner.add([plain("a", code(1))])
        with pytest.raises(SearchError, match="may not do this"):
            PostgresIndex.open(url, [PLAIN])
        postgres_server.command(f"GRANT USAGE ON SCHEMA myself_i2i TO {GUARDED}", database)
        postgres_server.command(f"GRANT SELECT ON ALL TABLES IN SCHEMA myself_i2i TO {GUARDED}", database)
        with PostgresIndex.open(url, [PLAIN]) as reader:
            assert (Hit("a", 0),) == reader.search(PLAIN.name, ask(code(1)), radius=31, limit=1)[0].hits
            assert 1.0 == reader.audit(1, seed=1).recall
            with pytest.raises(SearchError, match="may not do this") as raised:
                reader.add([plain("b", code(2))])
            assert raised.value.hint is not None


class TestIndexes:
    def test_missing_index(self, postgres_server: Server, database: str) -> None:
        """Without one of its B-trees the index warns and answers the same; `rebuild` makes it again."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            index.add([*crowd(200), plain("far", flipped(code(1), range(31)))])
            postgres_server.command("DROP INDEX myself_i2i.codes_1_w3", database)
            (warning,) = index.stats().warnings
            assert "`rebuild`" in warning.en
            found = index.search(PLAIN.name, ask(code(1)), radius=31, limit=9)
            assert (Hit("far", 31),) == found[0].hits
            index.rebuild()
            assert () == index.stats().warnings

    def test_broken_index(self, postgres_server: Server, database: str) -> None:
        """An index that the server gave up on half-way is thrown away and made again."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            postgres_server.command(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'myself_i2i.codes_1_w5'::regclass",
                database,
            )
            assert 1 == len(index.stats().warnings)
            index.rebuild()
            assert () == index.stats().warnings

    def test_many_readers(self, database: str) -> None:
        """More threads than connections are kept search at once, and none is left open behind them."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            index.add(crowd(100))
            ready = threading.Barrier(8)
            answers = []

            def read() -> None:
                ready.wait()
                answers.append(index.search(PLAIN.name, ask(crowd(1)[0].code), radius=0, limit=1)[0])

            threads = [threading.Thread(target=read) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert 8 == len(answers)
            assert 1 == len(set(answers))

    @pytest.mark.slow
    @pytest.mark.parametrize("analysed", [False, True], ids=["as added", "compacted"])
    def test_look_ups_use_the_words(self, postgres_server: Server, database: str, *, analysed: bool) -> None:
        """Among 100,000 records a search at radius 31 reads the B-trees of all sixteen words and not the table."""
        with PostgresIndex.open(database, [PLAIN]) as index:
            index.add(crowd(100_000))
            if analysed:
                index.compact()
            plan = explained(postgres_server, database, radius=31)
        assert "Seq Scan on codes_1" not in plan
        assert all(f"codes_1_w{place}" in plan for place in range(16))
