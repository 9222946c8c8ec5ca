"""What an embedded index survives: kill -9, two writers, a full disk, damaged files. Real processes, real files."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.errors import SearchError
from myself_i2i.search.embedded import EmbeddedIndex
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Hit, Query
from tests.search.codes import KINDS, PLAIN, ask, away, code, crowd, plain

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("_index_writer.py")


def start(folder: Path, seed: int, rounds: int, *, file_size: int | None = None) -> subprocess.Popen[str]:
    """Start a writer; with `file_size`, no file it writes may grow past that many bytes."""

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    return subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(seed), str(rounds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=limit,  # noqa: PLW1509  # this test has no threads, and the limit must be the child's alone
    )


def acknowledged(output: str) -> tuple[set[str], set[str]]:
    """Return ids that must be there, and ids of which a deletion was under way and may be there or not."""
    there: set[str] = set()
    maybe: set[str] = set()
    for line in output.splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # cut in half by the kill: no acknowledgement
        word, *ids = line.split()
        if word == "added":
            there |= set(ids)
        elif word == "deleting":
            there -= set(ids)
            maybe |= set(ids)
        else:
            maybe -= set(ids)
    return there, maybe


def kill_after_first(folder: Path, seed: int, pause: float) -> str:
    """Start a writer, let it acknowledge one batch, wait `pause`, kill -9; return what it said."""
    process = start(folder, seed, 100_000)
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdout, process.stderr:
        first = process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        return first + process.stdout.read()


def check_answers(index: EmbeddedIndex) -> None:
    """Hold the index to exhaustive search over what it says it has."""
    truth = ExhaustiveIndex([PLAIN])
    truth.add([record for _, record in index.scan()])
    questions = [
        Query(away(code(centre), distance)) for centre, distance in ((0, 0), (1, 20), (39, 9), (41, 0))
    ]
    for radius in (31, 48, None):
        expected = truth.search(PLAIN.name, questions, radius=radius, limit=500)
        got = index.search(PLAIN.name, questions, radius=radius, limit=500)
        assert [answer.hits for answer in expected] == [answer.hits for answer in got]


class TestKill:
    @pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.slow)])
    def test_nothing_lost_and_no_wrong_answer(self, tmp_path: Path, kills: int) -> None:
        """After kill -9 at any moment of adding, deleting, folding and rebuilding, what was acknowledged stands."""
        there: set[str] = set()
        maybe: set[str] = set()
        for seed in range(1, kills + 1):
            said = kill_after_first(tmp_path / "index", seed, (seed * 37 % 100) / 1000)
            new, unsure = acknowledged(said)
            there |= new
            maybe |= unsure
            with EmbeddedIndex.open(tmp_path / "index", tail=25) as index:
                kept = {record.id for _, record in index.scan()}
                assert set() == there - kept
                others = kept - there - maybe
                assert (
                    len({id_.rpartition("-")[0] for id_ in others}) <= seed
                )  # one batch under way at each kill
                assert 0 == len(others) % 10  # which is there whole or not at all
                there |= others
                assert () == index.stats().warnings
                check_answers(index)
        assert kills * 8 <= len(there)


class TestTwoWriters:
    def test_both_get_in(self, tmp_path: Path) -> None:
        """Two processes writing, folding and compacting at once, from the first moment, both add all they have."""
        writers = [start(tmp_path / "index", seed, 30) for seed in (1, 2)]
        outputs = [writer.communicate(timeout=300) for writer in writers]
        assert ["", ""] == [errors for _, errors in outputs]
        with EmbeddedIndex.open(tmp_path / "index") as index:
            there = {id_ for output, _ in outputs for id_ in acknowledged(output)[0]}
            assert there == {record.id for _, record in index.scan()}
            assert () == index.stats().warnings
            check_answers(index)

    def test_readers_see_other_processes(self, tmp_path: Path) -> None:
        """A reader that stays open sees what another process added, deleted, folded and rebuilt."""
        with EmbeddedIndex.open(tmp_path / "index", [PLAIN]) as reader:
            reader.add([plain("mine", code(77))])
            writer = start(tmp_path / "index", 3, 40)
            while writer.poll() is None:
                (answer,) = reader.search(PLAIN.name, ask(code(77)), radius=31, limit=9)
                assert (Hit("mine", 0),) == answer.hits
            output, errors = writer.communicate()
            assert "" == errors
            assert acknowledged(output)[0] | {"mine"} == {record.id for _, record in reader.scan()}
            check_answers(reader)


class TestFullDisk:
    @pytest.mark.parametrize("room", [40_000, 150_000, 400_000])
    def test_told_in_words_and_nothing_lost(self, tmp_path: Path, room: int) -> None:
        """When the disk takes no more, the writer is told so in words, and the index has what it acknowledged."""
        folder = tmp_path / "index"
        EmbeddedIndex.open(folder, [PLAIN]).close()
        writer = start(folder, 1, 100_000, file_size=(folder / "index.sqlite").stat().st_size + room)
        output, errors = writer.communicate(timeout=300)
        assert 3 == writer.returncode
        assert "SearchError" in errors
        there, maybe = acknowledged(output)
        with EmbeddedIndex.open(folder) as index:
            assert set() == there - {record.id for _, record in index.scan()}
            assert {record.id for _, record in index.scan()} <= there | maybe
            check_answers(index)
            # With room again, the same index goes on.
            index.add([plain("more", code(1))])
            index.compact()
            check_answers(index)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the folder of an index with several segments and a tail."""
    folder = tmp_path_factory.mktemp("written") / "index"
    with EmbeddedIndex.open(folder, [PLAIN], tail=1_000) as index:
        for at, count in enumerate((3_000, 1_100, 90)):  # two segments and a tail
            known = [plain(f"t{at}", code(at)), plain(f"u{at}", away(code(at), 20))]
            index.add([*crowd(count, seed=at), *known])
        index.delete(["u1"])
    yield folder
    shutil.rmtree(folder)


class TestDamage:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
    @given(data=st.data())
    def test_segments(self, tmp_path: Path, written: Path, data: st.DataObject) -> None:
        """Segments with bytes changed, cut, added, swapped or gone: the right answers, and a warning that says so."""
        folder = tmp_path / "index"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(written, folder)
        files = sorted((folder / "segments").iterdir())
        assert 2 == len(files)
        path = data.draw(st.sampled_from(files))
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "more", "swap", "gone", "all gone"])):
            case "flip":
                path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            case "cut":
                path.write_bytes(whole[:at])
            case "more":
                path.write_bytes(whole + whole[at:])
            case "swap":
                path.write_bytes(next(file for file in files if file != path).read_bytes())
            case "gone":
                path.unlink()
            case _:
                shutil.rmtree(folder / "segments")
        with EmbeddedIndex.open(folder) as index:
            assert 1 == len(index.stats().warnings)
            assert index.stats().unindexed > 100
            check_answers(index)
            data.draw(st.sampled_from([index.compact, index.rebuild]))()
            assert () == index.stats().warnings
            assert 0 == index.stats().unindexed
            check_answers(index)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
    @given(data=st.data())
    def test_database(self, tmp_path: Path, written: Path, data: st.DataObject) -> None:
        """A database with bytes changed or cut off raises our own error and no other, or still answers."""
        folder = tmp_path / "index"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(written, folder)
        path = folder / "index.sqlite"
        whole = bytearray(path.read_bytes())
        for at in data.draw(
            st.lists(st.integers(0, len(whole) - 1) | st.integers(0, 4095), min_size=1, max_size=9)
        ):
            whole[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(whole[: data.draw(st.sampled_from([len(whole), len(whole) // 2, 4096, 50, 1]))])
        with contextlib.suppress(SearchError), EmbeddedIndex.open(folder, KINDS) as index:
            index.search(PLAIN.name, ask(code(1)), radius=31, limit=10)
            index.stats()
            list(index.scan())
            index.add([plain("new", code(9))])
            index.rebuild()
