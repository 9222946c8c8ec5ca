"""What a journal survives: kill -9 at any moment, a full disk. Real processes, real files."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myself_i2i.journal import Frame, Keeper, frames, open_entry, opening_of
from myself_i2i.ledger import Ledger, ledger_path

ROOT = Path(__file__).parents[2]


def start(
    home: Path, first: int, count: int, moment: str = "", *, file_size: int | None = None
) -> subprocess.Popen[str]:
    """Start a process that notes; with `file_size`, no file it writes may grow past that many bytes."""

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    given = [str(home), str(first), str(count), *([moment] if moment else [])]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journal._noter", *given],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509  # this test has no threads, and the limit must be the child's alone
    )


def whole(home: Path) -> list[Frame]:
    """The frames there are, the ledger verified and each of them opened."""
    with Ledger.open(ledger_path(home)) as ledger:
        ledger.verify()
        found = frames(ledger, home)
    for frame in found:
        opening = opening_of(frame, looks=True, work=True)
        assert opening is not None
        assert frame.sha256 == open_entry(opening).sha256
    return found


def commitments(found: list[Frame]) -> list[str]:
    return [frame.sealed.commitment for frame in found if frame.sealed]


class TestKill:
    @pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.slow)])
    def test_acknowledged_opens(self, home: Path, kills: int) -> None:
        """After kill -9 at any moment every acknowledged frame is in the ledger, and all that is there opens."""
        chance = random.Random(20261103)  # noqa: S311  # where a test strikes, reproducibly
        acknowledged: list[str] = []
        for turn in range(kills):
            process = start(home, turn * 100_000, 100_000)
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
            rest, _ = process.communicate()
            lines = (first + rest).splitlines(keepends=True)
            acknowledged += [line.strip() for line in lines if line.endswith("\n")]
            found = commitments(whole(home)) if turn % 10 == kills % 10 or turn == kills - 1 else []
            assert not found or set() == set(acknowledged) - set(found)
            assert len(found) <= len(acknowledged) + turn + 1
        assert kills <= len(acknowledged)

    @pytest.mark.parametrize(("moment", "there"), [("before", 0), ("after", 1)])
    def test_between(self, home: Path, moment: str, there: int) -> None:
        """Killed between salts and ledger nothing was noted; killed after, it was; either way the work goes on."""
        process = start(home, 1, 1, moment)
        assert ("", "") == process.communicate(timeout=60)
        assert -signal.SIGKILL == process.returncode
        assert there == len(whole(home))
        again = start(home, 1, 2)
        output, errors = again.communicate(timeout=60)
        assert (0, "", 2 - there) == (again.returncode, errors, len(output.split()))
        found = whole(home)
        assert [1, 2] == [frame.number for frame in found]


class TestFullDisk:
    @pytest.mark.parametrize("room", [1_000, 60_000])
    def test_told(self, home: Path, room: int) -> None:
        """When the disk takes no more, of salts or of the ledger, the person is told, and what was noted opens."""
        start(home, 1, 2).communicate(timeout=60)
        size = ledger_path(home).stat().st_size + room if room > 1_000 else room
        writer = start(home, 10, 100_000, file_size=size)
        output, errors = writer.communicate(timeout=120)
        assert 3 == writer.returncode, errors
        assert "LedgerError" in errors
        assert "nothing was" in errors
        found = whole(home)
        assert output.split() == commitments(found)[2:]
        assert [] == list((home / "journal").glob("*.part"))
        assert "" == start(home, 1_000_000, 2).communicate(timeout=60)[1]
        assert len(found) + 2 == len(whole(home))

    def test_salts_of_nothing(self, home: Path) -> None:
        """Salts of an entry that never came into the ledger stay, and harm nobody."""
        start(home, 1, 1, "before").communicate(timeout=60)
        assert 1 == len(list((home / "journal").glob("*.json")))
        assert [] == whole(home)
        assert None is Keeper(home).find("00" * 32)
