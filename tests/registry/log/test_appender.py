from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine, delete, text, update

from myself_i2i.errors import InputError, RegistryError, VerificationError
from myself_i2i.registry.log import FolderFiles, Log, MemoryFiles, Placed
from myself_i2i.registry.store.schema import LOG_ENTRY, LOG_HEAD
from myself_i2i.wording import Text
from tests.registry.log.checking import (
    ORIGIN,
    PRIVATE,
    Opener,
    candidate,
    candidates,
    check_log,
    check_receipt,
    published,
)


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
def log(database_url: str, files: MemoryFiles, opened: Opener) -> Log:
    return Log.open(opened(database_url), files, origin=ORIGIN, private=PRIVATE)


@pytest.fixture
def sqlite_log(tmp_path: Path, files: MemoryFiles, opened: Opener) -> Log:
    engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    return Log.open(engine, files, origin=ORIGIN, private=PRIVATE)


class TestAppend:
    @pytest.mark.usefixtures("log")
    def test_a_new_log_is_empty_and_published(self, files: MemoryFiles) -> None:
        """A log shows its signed empty head before the first entry."""
        head, entries = published(files)
        assert (0, []) == (head.size, entries)

    @pytest.mark.parametrize("sizes", [[1, 1, 1], [3, 253, 1], [600], [255, 1, 256, 1]])
    def test_entries_stand_in_order(self, log: Log, files: MemoryFiles, sizes: list[int]) -> None:
        """However they come, entries get the next places, and the published files make their root."""
        everything = candidates(sum(sizes))
        acknowledged: list[Placed] = []
        heads = []
        for size in sizes:
            start = len(acknowledged)
            acknowledged += log.append(everything[start : start + size])
            heads.append(published(files)[0])
        assert list(range(sum(sizes))) == [placed.index for placed in acknowledged]
        assert [one.entry for one in everything] == check_log(files, acknowledged, heads)

    def test_the_same_again_is_the_same(self, log: Log) -> None:
        """A second try gets the first one's place and bytes, also within one call."""
        one, two = candidates(2)
        first = log.append([one])[0]
        again = log.append([two, one, two])
        assert [(1, True), (0, False), (1, True)] == [(placed.index, placed.new) for placed in again]
        assert first.entry == again[1].entry

    def test_nothing_is_nothing(self, log: Log, files: MemoryFiles) -> None:
        """An empty call changes nothing."""
        assert log.append([]) == []
        assert published(files)[0].size == 0

    def test_too_long_an_entry_stops_all(self, log: Log, files: MemoryFiles) -> None:
        """One entry that no log takes is refused with all the others, before anything is written."""
        with pytest.raises(InputError, match="65,536 bytes"):
            log.append([candidate(b"fine"), candidate(bytes(65_536))])
        assert published(files)[0].size == 0

    def test_other_tables_change_with_the_log(self, log: Log, files: MemoryFiles) -> None:
        """What fails beside the log takes the entries with it; only new entries are told."""
        told: list[bytes] = []

        def fail(_connection: Connection, placed: object) -> None:
            del placed
            raise InputError(Text(en="no", ja="いいえ"))

        with pytest.raises(InputError):
            log.append(candidates(2), fail)
        assert published(files)[0].size == 0
        log.append(candidates(1))
        log.append(candidates(3), lambda _, placed: told.extend(one.entry for one in placed))
        assert [b"entry 1", b"entry 2"] == told

    def test_entries_are_read_back(self, log: Log) -> None:
        """Any range of the log is read, as far as it goes."""
        log.append(candidates(5))
        assert [b"entry 3", b"entry 4"] == list(log.entries(3, 2000))

    def test_threads_share_a_log(self, log: Log, files: MemoryFiles) -> None:
        """Writers in several threads all get in, once each."""
        acknowledged: list[Placed] = []

        def write(name: str) -> None:
            for one in candidates(10, name):
                acknowledged.extend(log.append([one]))

        threads = [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (40, 40) == (len(check_log(files, acknowledged)), len({one.index for one in acknowledged}))

    def test_two_servers_make_one_log(self, database_url: str, files: MemoryFiles, opened: Opener) -> None:
        """Two servers on one database and one place show one view, whoever writes."""
        servers = [Log.open(opened(database_url), files, origin=ORIGIN, private=PRIVATE) for _ in range(2)]
        acknowledged = []
        heads = []
        for number, one in enumerate(candidates(20)):
            acknowledged += servers[number % 2].append([one])
            heads.append(published(files)[0])
        assert len(check_log(files, acknowledged, heads)) == 20


class TestReceipt:
    @pytest.mark.parametrize("size", [1, 2, 256, 257, 300])
    def test_every_entry_has_one(self, log: Log, size: int) -> None:
        """A receipt of any entry checks offline against the log's key."""
        acknowledged = log.append(candidates(size))
        for placed in acknowledged[:: max(1, size // 7)]:
            check_receipt(log.receipt(placed.index), placed)

    def test_there_is_none_for_what_is_not_there(self, log: Log) -> None:
        """An index outside the log has no receipt."""
        with pytest.raises(InputError, match="no place"):
            log.receipt(0)


class TestOpen:
    def test_goes_on_where_it_was(self, database_url: str, files: MemoryFiles, opened: Opener) -> None:
        """A log opened again has its entries and takes more."""
        first = Log.open(opened(database_url), files, origin=ORIGIN, private=PRIVATE)
        acknowledged = first.append(candidates(3))
        again = Log.open(opened(database_url), files, origin=ORIGIN, private=PRIVATE)
        acknowledged += again.append(candidates(4))
        assert len(check_log(files, acknowledged)) == 4

    def test_refuses_another_key(self, sqlite_log: Log, tmp_path: Path, opened: Opener) -> None:
        """A log is never continued under another key."""
        sqlite_log.append(candidates(1))
        other = Ed25519PrivateKey.from_private_bytes(bytes(32))
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        with pytest.raises(VerificationError, match="no signature by"):
            Log.open(engine, MemoryFiles(), origin=ORIGIN, private=other)

    def test_refuses_a_database_that_went_back(
        self, tmp_path: Path, files: MemoryFiles, opened: Opener
    ) -> None:
        """A database put back from an older copy is not continued: that would be a second view."""
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        log = Log.open(engine, files, origin=ORIGIN, private=PRIVATE)
        log.append(candidates(2))
        engine.dispose()
        copy = (tmp_path / "registry.sqlite").read_bytes()
        log.append(candidates(3))
        engine.dispose()
        (tmp_path / "registry.sqlite").write_bytes(copy)
        again = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        before = dict(files.files)
        with pytest.raises(RegistryError, match="not the beginning"):
            Log.open(again, files, origin=ORIGIN, private=PRIVATE)
        assert before == files.files

    def test_refuses_another_history(self, sqlite_log: Log) -> None:
        """A database in which a published entry is another one is not continued, however long it is."""
        sqlite_log.append(candidates(2))
        with sqlite_log._engine.begin() as connection:
            connection.execute(update(LOG_ENTRY).where(LOG_ENTRY.c.index == 1).values(leaf=bytes(32)))
        with pytest.raises(RegistryError, match="not the beginning"):
            sqlite_log.append(candidates(3))

    def test_refuses_a_damaged_head(self, sqlite_log: Log) -> None:
        """A head whose edge does not give its root is not continued."""
        sqlite_log.append(candidates(1))
        with sqlite_log._engine.begin() as connection:
            connection.execute(update(LOG_HEAD).values(frontier=bytes(32)))
        with pytest.raises(RegistryError, match="does not fit its checkpoint"):
            sqlite_log.append(candidates(2))

    def test_refuses_tiles_without_their_root(self, sqlite_log: Log, files: MemoryFiles) -> None:
        """When entries are missing in the database the head is not published."""
        files.fail_write_and_not_persist = lambda _: True
        with pytest.raises(RegistryError, match="told to"):
            sqlite_log.append(candidates(2))
        files.fail_write_and_not_persist = lambda _: False
        with sqlite_log._engine.begin() as connection:
            connection.execute(delete(LOG_ENTRY).where(LOG_ENTRY.c.index == 0))
        with pytest.raises((RegistryError, InputError)):
            sqlite_log.publish()
        assert published(files)[0].size == 0


class TestDatabase:
    def test_a_read_only_database_is_told(self, sqlite_log: Log, tmp_path: Path) -> None:
        """What the database cannot do is our error with a hint, not the driver's."""
        engine = create_engine(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE log_entry"))
        with pytest.raises(RegistryError, match="database refused") as told:
            sqlite_log.append(candidates(1))
        assert told.value.hint is not None

    def test_partial_tiles_go_when_full_ones_stand(self, tmp_path: Path, opened: Opener) -> None:
        """A folder keeps the partial tiles of the last tile only, so it grows with the log and not with its square."""
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        log = Log.open(engine, FolderFiles(tmp_path / "log"), origin=ORIGIN, private=PRIVATE)
        everything = candidates(258)
        for start in (0, 100, 200):
            log.append(everything[start : start + 100])
        partial = sorted(path.parent.name for path in (tmp_path / "log").rglob("*.p/*"))
        assert ["000.p", "001.p", "001.p"] == partial
