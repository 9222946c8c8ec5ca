import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from myself_i2i.indexing.apart import CRASHED, Apart, end_all, take_apart
from myself_i2i.indexing.taking import Taken, take
from tests.indexing.drawn import drawing, saved

PICTURE = saved(drawing(1))
LARGE = saved(drawing(2, (4000, 4000)))


@pytest.fixture
def apart() -> Iterator[Apart]:
    """A process that is ended after the test."""
    made = Apart()
    yield made
    made.close()


def pid(apart: Apart) -> int:
    assert apart._process is not None
    return apart._process.pid


class TestApart:
    def test_same(self, apart: Apart) -> None:
        """A file read apart has the fingerprints that it has here, and the process is kept for the next."""
        first = apart.take(PICTURE)
        process = pid(apart)
        apart.take(LARGE)
        assert (take(PICTURE), process) == (first, pid(apart))

    def test_no_picture(self, apart: Apart) -> None:
        """What cannot be decoded has a reason that lasts, and the process goes on."""
        taken = apart.take(b"not a picture")
        assert (True, True, 0) == (taken.failure is not None, taken.lasting, len(taken.fingerprints))
        assert apart.take(PICTURE).failure is None

    def test_crash(self, apart: Apart) -> None:
        """A crash is that file's outcome, does not last, and a fresh process takes the next file."""
        apart.take(PICTURE)
        killer = threading.Timer(0.05, os.kill, (pid(apart), signal.SIGKILL))
        killer.start()
        taken = apart.take(LARGE)
        killer.join()
        assert (Taken(failure=CRASHED, lasting=False), None) == (taken, apart.take(PICTURE).failure)

    def test_hang(self, apart: Apart) -> None:
        """A file that takes too long is ended where it stands, even inside a decoder."""
        apart.take(PICTURE)
        taken = apart.take(LARGE, seconds=0.05)
        assert taken.failure is not None
        assert ("this file took longer than 0.05 seconds and was left out", False) == (
            taken.failure.en,
            taken.lasting,
        )

    def test_foreign_modules(self, apart: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file named like a library in the folder where a person works is not run."""
        (tmp_path / "numpy.py").write_text("raise SystemExit(3)")
        monkeypatch.chdir(tmp_path)
        assert apart.take(PICTURE).failure is None

    def test_orphan(self, apart: Apart) -> None:
        """When the pipe ends the process ends."""
        apart.take(PICTURE)
        process = apart._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert 0 == process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
        apart._process = None


class TestTakeApart:
    def test_as_json(self) -> None:
        """The answer is the JSON of what was taken."""
        try:
            assert take(PICTURE) == Taken.from_json(take_apart(PICTURE, 60.0))
        finally:
            end_all()

    def test_ended(self) -> None:
        """Ending all ends the busy ones too, and more can be taken afterwards."""
        found: list[Taken] = []
        thread = threading.Thread(target=lambda: found.append(Taken.from_json(take_apart(LARGE * 2, 60.0))))
        take_apart(PICTURE, 60.0)
        thread.start()
        time.sleep(0.1)
        end_all()
        thread.join(10)
        try:
            assert ([Taken(failure=CRASHED, lasting=False)], take(PICTURE)) == (
                found,
                Taken.from_json(take_apart(PICTURE, 60.0)),
            )
        finally:
            end_all()
