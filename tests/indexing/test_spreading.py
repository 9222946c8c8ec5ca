import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.indexing.spreading import here, spread
from myself_i2i.indexing.taking import Taken, take
from tests.indexing.clusters import cluster
from tests.indexing.drawn import drawing, saved

FILES = [(f"{seed}.png", saved(drawing(seed))) for seed in range(6)]
BROKEN = ("broken.png", b"\x89PNG\r\n\x1a\n not")


def taken_here() -> dict[str, Taken]:
    return {name: take(data) for name, data in FILES}


class TestHere:
    def test_in_order(self) -> None:
        """One process takes them one after the other; a broken one has its reason and does not stop the rest."""
        found = list(here([BROKEN, *FILES]))
        assert found[0].taken.failure is not None
        assert list(taken_here().items()) == [(one.key, one.taken) for one in found[1:]]


class TestThisMachine:
    def test_all(self) -> None:
        """Several processes take all files, broken ones too; the fingerprints are the same as here."""
        found = {one.key: one.taken for one in spread([*FILES, BROKEN], jobs=2)}
        assert found.pop("broken.png").failure is not None
        assert taken_here() == found

    def test_stopped(self) -> None:
        """Whoever stops listening leaves no process behind."""
        answers = spread(FILES * 4, jobs=2)
        next(answers)
        assert isinstance(answers, Iterator)
        answers.close()  # type: ignore[attr-defined]  # a generator
        children = subprocess.run(
            ["ps", "-o", "args=", "--ppid", str(os.getpid())],  # noqa: S607  # a tool of every system
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        assert [] == [line for line in children if "serve" in line]

    def test_lazily(self) -> None:
        """Files are read as there is room for them, never all at once."""
        read = 0

        def files() -> Iterator[tuple[int, bytes]]:
            nonlocal read
            for read, (_, data) in enumerate(FILES * 5, start=1):  # counted for the test
                yield read, data

        answers = spread(files(), jobs=1)
        next(answers)
        early = read
        assert (30, True) == (1 + sum(1 for _ in answers), early < 10)


class TestCluster:
    def test_worker_killed(self, tmp_path: Path) -> None:
        """On a real scheduler with two workers, one of which is killed on the way, every file gets its fingerprints."""
        files = [(f"{turn}-{name}", data) for turn in range(6) for name, data in FILES]
        with cluster(tmp_path, workers=2) as made:
            found = {}
            for one in spread([*files, BROKEN], scheduler=made.address, patience=60):
                found[one.key] = one.taken
                if len(found) == 4:
                    made.workers[0].kill()
        assert found.pop("broken.png").failure is not None
        once = taken_here()
        assert {key: once[key.partition("-")[2]] for key, _ in files} == found

    def test_worker_later(self, tmp_path: Path) -> None:
        """When all workers are gone, a new one takes over what was under way."""
        with cluster(tmp_path, workers=1) as made:
            found = {}
            for one in spread(FILES, scheduler=made.address, patience=60):
                found[one.key] = one.taken
                if len(found) == 1:
                    made.workers[0].kill()
                    made.add_worker()
        assert taken_here() == found

    def test_no_workers(self, tmp_path: Path) -> None:
        """When no worker is left and none comes, it is said, and what was done is not lost."""
        found = []
        with cluster(tmp_path, workers=1) as made:
            answers = spread(FILES * 3, scheduler=made.address, patience=8)
            found.append(next(answers))
            made.workers[0].kill()
            with pytest.raises(SearchError) as caught:
                found.extend(answers)
        assert f"the cluster at {made.address} has no worker" == caught.value.message.en
        assert len(found) >= 1

    def test_lost(self, tmp_path: Path) -> None:
        """A scheduler that ends is a lost connection, said in words."""
        with cluster(tmp_path, workers=1) as made:
            answers = spread(FILES * 3, scheduler=made.address, patience=60)
            next(answers)
            made.scheduler.kill()
            with pytest.raises(SearchError) as caught:
                list(answers)
        assert "the connection to the cluster was lost" == caught.value.message.en

    def test_nobody_there(self) -> None:
        """An address where nothing answers is misuse, with the way out."""
        with pytest.raises(UsageError) as caught:
            list(spread(FILES, scheduler="tcp://127.0.0.1:9", patience=1))
        assert "no Dask scheduler answers at tcp://127.0.0.1:9" == caught.value.message.en
