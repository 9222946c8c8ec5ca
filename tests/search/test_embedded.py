import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from myself_i2i.errors import InputError, SearchError
from myself_i2i.search.embedded import EmbeddedIndex
from myself_i2i.search.embedded_database import Database
from myself_i2i.search.embedded_derived import Derived, StaleError, codes_of
from myself_i2i.search.embedded_upkeep import Upkeep, _live_codes
from myself_i2i.search.interface import Hit, Kind, Record
from tests.search.codes import PLAIN, VECTOR, ask, away, code, crowd, plain, vector
from tests.search.contract import Contract, Open


class TestEmbedded(Contract):
    @pytest.fixture
    def open_index(self, tmp_path: Path) -> Iterator[Open]:
        """Return what opens an empty index in a folder of its own."""
        with ExitStack() as stack:
            numbers = itertools.count()
            yield lambda kinds: stack.enter_context(EmbeddedIndex.open(tmp_path / str(next(numbers)), kinds))


class TestSmallTail(Contract):
    """The same with segments made and merged all the time."""

    @pytest.fixture
    def open_index(self, tmp_path: Path) -> Iterator[Open]:
        """Return what opens an empty index that folds after a few records."""
        with ExitStack() as stack:
            numbers = itertools.count()
            yield lambda kinds: stack.enter_context(
                EmbeddedIndex.open(tmp_path / str(next(numbers)), kinds, tail=3)
            )


def files(folder: Path) -> list[str]:
    """Return the names of the segments that lie there."""
    return sorted(path.name for path in (folder / "segments").iterdir())


def found(index: EmbeddedIndex, value: bytes, radius: int | None = 31) -> list[str]:
    """Return the ids of what is near."""
    return [hit.id for hit in index.search(PLAIN.name, ask(value), radius=radius, limit=100)[0].hits]


class TestFolder:
    def test_stays(self, tmp_path: Path) -> None:
        """What was added is there when the folder is opened again, kinds included; sequence numbers go on."""
        with EmbeddedIndex.open(tmp_path, [PLAIN, VECTOR]) as index:
            last = index.add([plain("a", code(1)), vector("v", 1)])
        with EmbeddedIndex.open(tmp_path) as index:
            assert ["a"] == found(index, code(1))
            assert {PLAIN.name: 1, VECTOR.name: 1} == index.stats().by_kind
            assert last < index.add([plain("b", code(2))])

    def test_two_at_once(self, tmp_path: Path) -> None:
        """What one opener adds, deletes, folds or compacts, another sees at its next call."""
        with (
            EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as one,
            EmbeddedIndex.open(tmp_path, [PLAIN]) as other,
        ):
            for at in range(30):
                one.add([plain(f"a{at}", code(1)), plain(f"b{at}", code(2))])
                assert f"a{at}" in found(other, code(1))
                one.delete([f"a{at}"])
                assert [] == found(other, code(1))
                if at % 10 == 5:
                    one.compact()
            assert [f"b{at}" for at in sorted(range(30), key=str)] == found(other, code(2))
            assert () == other.stats().warnings

    def test_a_kind_another_process_brought(self, tmp_path: Path) -> None:
        """Records of a kind that only another opener knows are folded with the rest, and not lost."""
        extra = Kind("extra_v1")
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=4) as one:
            with EmbeddedIndex.open(tmp_path, [extra]) as other:
                other.add([Record("x", extra.name, code(1))])
                one.add([plain(f"a{at}", code(at)) for at in range(9)])
                one.compact()
                assert (Hit("x", 0),) == other.search(extra.name, ask(code(1)), radius=31, limit=9)[0].hits
            assert 1 == one.stats().by_kind[extra.name]
            assert 2 == len(files(tmp_path))
            with pytest.raises(InputError):
                one.search(extra.name, ask(code(1)), radius=31, limit=9)

    def test_a_kind_cannot_change(self, tmp_path: Path) -> None:
        """A kind opened with other bits or another payload raises; another radius is taken over."""
        EmbeddedIndex.open(tmp_path, [PLAIN]).close()
        for other in (Kind(PLAIN.name, bits=64), Kind(PLAIN.name, payload=1)):
            with pytest.raises(InputError, match=PLAIN.name):
                EmbeddedIndex.open(tmp_path, [other])
        EmbeddedIndex.open(tmp_path, [Kind(PLAIN.name, radius=7)]).close()
        with EmbeddedIndex.open(tmp_path) as index:
            index.add([plain("a", code(1))])
            assert 1.0 == index.audit(1, seed=1).recall

    def test_closed(self, tmp_path: Path) -> None:
        """A closed index says so."""
        index = EmbeddedIndex.open(tmp_path, [PLAIN])
        index.close()
        with pytest.raises(SearchError, match="closed"):
            index.get("a")

    def test_something_else_there(self, tmp_path: Path) -> None:
        """Another program's file in its place raises, and is not touched."""
        path = tmp_path / "index.sqlite"
        path.write_bytes(b"not a database at all" * 100)
        with pytest.raises(SearchError):
            EmbeddedIndex.open(tmp_path)
        path.unlink()
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (a)")
        before = path.read_bytes()
        with pytest.raises(SearchError, match="not an index"):
            EmbeddedIndex.open(tmp_path)
        assert before == path.read_bytes()

    def test_newer_version(self, tmp_path: Path) -> None:
        """An index that a newer program made raises, with the way out."""
        EmbeddedIndex.open(tmp_path).close()
        with closing(sqlite3.connect(tmp_path / "index.sqlite")) as other:
            other.execute("PRAGMA user_version = 99")
        with pytest.raises(SearchError) as caught:
            EmbeddedIndex.open(tmp_path)
        assert caught.value.hint is not None
        assert "update" in caught.value.hint.en

    def test_no_folder_can_be_made(self, tmp_path: Path) -> None:
        """A place that cannot be a folder raises our error."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SearchError):
            EmbeddedIndex.open(tmp_path / "file" / "index")


class TestSegments:
    def test_few_at_any_size(self, tmp_path: Path) -> None:
        """However many times the tail is folded, each segment holds at least twice what the next newer one does."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=50) as index:
            for at in range(40):
                index.add(crowd(50, seed=at))
                assert 0 == index.stats().unindexed
                assert len(files(tmp_path)) <= 1 + (at + 1).bit_length()
            index.compact()
            assert 1 == len(files(tmp_path))

    def test_equal_codes_are_kept_once(self, tmp_path: Path) -> None:
        """A thousand records with one code take no more of a segment than one record."""
        sizes = []
        for count in (1, 1_000):
            with EmbeddedIndex.open(tmp_path / str(count), [PLAIN], tail=500) as index:
                index.add([plain(f"{at:04}", code(1)) for at in range(count)])
                index.compact()
                assert min(count, 100) == len(found(index, code(1)))
            sizes += [path.stat().st_size for path in (tmp_path / str(count) / "segments").iterdir()]
        assert sizes[0] == sizes[1]

    def test_compacting_twice_writes_once(self, tmp_path: Path) -> None:
        """Compacting what is compact touches no file; rebuilding writes new ones; deleting makes it worth while again."""
        with EmbeddedIndex.open(tmp_path, [PLAIN]) as index:
            index.add(crowd(20))
            index.compact()
            first = files(tmp_path)
            index.compact()
            assert first == files(tmp_path)
            index.rebuild()
            assert first != files(tmp_path)
            index.delete([crowd(20)[0].id])
            again = files(tmp_path)
            index.compact()
            assert again != files(tmp_path)
            assert 19 == index.stats().records

    def test_compacting_drops_the_deleted(self, tmp_path: Path) -> None:
        """Codes of deleted records that merging carried along are gone after compacting."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as index:
            index.add(crowd(10, seed=1))
            index.delete([record.id for record in crowd(10, seed=1)])
            index.add(crowd(10, seed=2))
            (merged,) = (path.stat().st_size for path in (tmp_path / "segments").iterdir())
            index.compact()
            (compact,) = (path.stat().st_size for path in (tmp_path / "segments").iterdir())
            assert 10 * 32 < merged - compact
            assert [crowd(10, seed=2)[0].id] == found(index, crowd(10, seed=2)[0].code)

    def test_empty_again(self, tmp_path: Path) -> None:
        """When all was deleted, compacting leaves no segment, and nothing is found."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as index:
            index.add(crowd(20))
            index.delete([record.id for record in crowd(20)])
            assert [] == found(index, crowd(20)[0].code, None)
            index.compact()
            assert [] == files(tmp_path)
            assert [] == found(index, crowd(20)[0].code, None)

    def test_folding_that_fails_loses_nothing(self, tmp_path: Path) -> None:
        """When segments cannot be written, adding goes on, answers stay right, and `stats` says what happened."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as index:
            (tmp_path / "segments").write_bytes(b"in the way")
            for at in range(5):
                index.add(crowd(10, seed=at))
            stats = index.stats()
            assert (50, 50) == (stats.records, stats.unindexed)
            assert 1 == len(stats.warnings)
            assert [crowd(10, seed=3)[0].id] == found(index, crowd(10, seed=3)[0].code)
            with pytest.raises(SearchError):
                index.compact()
            (tmp_path / "segments").unlink()
            index.compact()
            stats = index.stats()
            assert (50, 0, ()) == (stats.records, stats.unindexed, stats.warnings)

    def test_what_a_crash_left_goes(self, tmp_path: Path) -> None:
        """Files that nothing lists are gone after the next upkeep."""
        with EmbeddedIndex.open(tmp_path, [PLAIN]) as index:
            index.add(crowd(20))
            index.compact()
            (tmp_path / "segments" / "plain_v1-9-0.unfinished").write_bytes(b"half")
            (tmp_path / "segments" / "plain_v1-9-1.segment").write_bytes(b"whole but not listed")
            index.rebuild()
            assert 1 == len(files(tmp_path))

    def test_many_deleted_but_still_in_segments(self, tmp_path: Path) -> None:
        """Codes of deleted records that stand nearer hide none of the live ones."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=100) as index:
            index.add(
                [plain(f"d{at}", away(code(1), at % 30, at)) for at in range(300)]
                + [plain("z", away(code(1), 31))]
            )
            index.delete([f"d{at}" for at in range(300)])
            for radius in (31, 48, None):
                (answer,) = index.search(PLAIN.name, ask(code(1)), radius=radius, limit=1)
                assert ((Hit("z", 31),), False) == (answer.hits, answer.truncated)


class TestManyProcesses:
    def test_older_than_the_files(self, tmp_path: Path) -> None:
        """A reader whose transaction is older than an upkeep is told to begin again, or scans; it misses nothing."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as index:
            index.add(crowd(20))
            with closing(sqlite3.connect(tmp_path / "index.sqlite")) as db:
                db.execute("BEGIN")
                db.execute("SELECT last FROM state").fetchone()
                index.rebuild()
                late = Derived(tmp_path / "segments", {1: PLAIN})
                with pytest.raises(StaleError):
                    late.sources(db, 1, patient=True)
                _, (source,) = late.sources(db, 1, patient=False)
                assert {record.code for record in crowd(20)} == {row.tobytes() for row in source.codes}
                assert ["plain_v1-1-0"] == [part.name for part in late.damaged]
                db.rollback()
                _, (source,) = late.sources(db, 1, patient=True)
                assert [] == list(late.damaged)
                db.execute("BEGIN")
                db.execute("UPDATE state SET generation = generation - 1")
                with pytest.raises(StaleError):
                    late.sources(db, 1, patient=False)
                db.rollback()

    def test_one_upkeep_at_a_time(self, tmp_path: Path) -> None:
        """While another process keeps the segments, adding does not wait for it, and compacting says so in the end."""
        with EmbeddedIndex.open(tmp_path, [PLAIN], tail=10) as index:
            with closing(sqlite3.connect(tmp_path / "upkeep.lock", isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                index.add(crowd(20))
                assert (20, ()) == (index.stats().unindexed, index.stats().warnings)
                with Database(tmp_path / "index.sqlite", busy_seconds=1, cache=2**20) as database:
                    keeper = Upkeep(database, tmp_path / "segments", patience=0)
                    with pytest.raises(SearchError, match="compacting"):
                        keeper.remake(forced=True)
            index.add([plain("one more", code(1))])
            assert 0 == index.stats().unindexed

    def test_more_codes_than_a_segment_takes(self, tmp_path: Path) -> None:
        """Live codes come in parts no larger than a segment, each code once."""
        with EmbeddedIndex.open(tmp_path, [PLAIN]) as index:
            index.add([*crowd(25), plain("again", crowd(1)[0].code)])
            with closing(sqlite3.connect(tmp_path / "index.sqlite")) as db:
                parts = list(_live_codes(db, 1, 256, 10))
        assert [10, 10, 5] == [len(part) for part in parts]
        assert {record.code for record in crowd(25)} == {row.tobytes() for part in parts for row in part}

    def test_no_code(self) -> None:
        """What stands in the place of a code and is none raises our error."""
        for blobs in ([b"short"], [code(1), None]):
            with pytest.raises(SearchError, match="damaged"):
                codes_of(blobs, 256)  # type: ignore[arg-type]
