"""What a ledger survives: kill -9, two writers, a full disk. Real processes, real files."""

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myself_i2i.ledger import EntryKind, Ledger

WRITER = Path(__file__).with_name("_writer.py")


def start(path: Path, seed: int, count: int, *, file_size: int | None = None) -> subprocess.Popen[str]:
    """Start a writer; with `file_size`, no file it writes may grow past that many bytes."""

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    return subprocess.Popen(
        [sys.executable, str(WRITER), str(path), str(seed), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509  # this test has no threads, and the limit must be the child's alone
    )


def kill_after_first(path: Path, seed: int, pause: float) -> list[str]:
    """Start a writer, let it acknowledge one append, wait `pause`, kill -9; return all it acknowledged."""
    process = start(path, seed, 100_000)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    lines = first + rest
    # A line cut in half by the kill is no acknowledgement.
    return [line for line in lines.splitlines(keepends=True) if line.endswith("\n")]


class TestKill:
    @pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.slow)])
    def test_every_acknowledged_append_is_there(self, tmp_path: Path, kills: int) -> None:
        """After killing writers at any moment the ledger verifies, and nothing acknowledged is lost."""
        path = tmp_path / "ledger.sqlite"
        chance = random.Random(20261103)  # noqa: S311  # where a test strikes, reproducibly
        acknowledged: list[str] = []
        for seed in range(1, kills + 1):
            acknowledged += kill_after_first(path, seed, chance.uniform(0, 0.05))
            with Ledger.open(path) as ledger:
                report = ledger.verify()
                kept = {entry.digest for entry in ledger.entries(EntryKind.ENVELOPE)}
            assert set() == {line.strip() for line in acknowledged} - kept
            # At most the one append that was under way when each writer was killed may be there as well.
            assert len(acknowledged) <= report.envelopes <= len(acknowledged) + seed
        assert kills <= len(acknowledged)


class TestTwoWriters:
    def test_both_get_in(self, tmp_path: Path) -> None:
        """Two processes writing at once, from the ledger's first moment, both append all they have."""
        path = tmp_path / "ledger.sqlite"
        writers = [start(path, seed, 60) for seed in (1, 2)]
        outputs = [writer.communicate(timeout=120) for writer in writers]
        assert ["", ""] == [errors for _, errors in outputs]
        with Ledger.open(path) as ledger:
            report = ledger.verify()
            order = [entry.digest for entry in ledger.entries(EntryKind.ENVELOPE)]
        assert (2, 120) == (report.keys, report.envelopes)
        for output, _ in outputs:
            mine = output.split()
            assert mine == [digest for digest in order if digest in set(mine)]


class TestFullDisk:
    def test_nothing_half_written(self, tmp_path: Path) -> None:
        """When the disk takes no more, the writer is told so in words, and the ledger holds what it acknowledged."""
        path = tmp_path / "ledger.sqlite"
        Ledger.open(path).close()
        writer = start(path, 1, 100_000, file_size=path.stat().st_size + 60_000)
        output, errors = writer.communicate(timeout=120)
        assert 3 == writer.returncode
        assert "LedgerError" in errors
        assert "nothing was appended" in errors
        assert "free space" in errors or "some space" in errors
        with Ledger.open(path) as ledger:
            report = ledger.verify()
            kept = [entry.digest for entry in ledger.entries(EntryKind.ENVELOPE)]
        assert output.split() == kept
        assert 5 < report.envelopes < 1000
        # With room again, the same ledger goes on.
        again = start(path, 2, 3)
        assert "" == again.communicate(timeout=60)[1]
        with Ledger.open(path) as ledger:
            assert report.envelopes + 3 == ledger.verify().envelopes
