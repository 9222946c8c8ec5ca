"""kill -9 between "output written" and "record written": nothing is lost in silence."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myself_i2i.ledger import KeyStore, ledger_path
from myself_i2i.recording.lint import Owner, lint_picture
from myself_i2i.recording.spool import spool_is_empty, take_in_spool
from myself_i2i.rights import LedgerStatements
from tests.recording.conftest import Studio

HOST = Path(__file__).with_name("_host.py")
ROOT = Path(__file__).parents[2]
MANY = 100_000


def start(studio: Studio, folder: Path, first: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HOST), str(studio.home), str(folder), str(MANY), str(first)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def strike(studio: Studio, folder: Path, first: int, pause: float) -> int:
    """Start a host, kill it `pause` seconds after a picture was on disk; return how many it named."""
    process = start(studio, folder, first)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return 1 + rest.count("\n")


def lint(studio: Studio, folder: Path) -> tuple[set[str], set[str]]:
    """Return the names of recorded pictures, and of those that lint reports."""
    owner = Owner(frozenset({KeyStore(studio.home).load().keyid}))
    recorded: set[str] = set()
    reported: set[str] = set()
    with studio.ledger() as ledger:
        for path in sorted(folder.glob("*.png")):
            found = lint_picture(path, path.read_bytes(), LedgerStatements(ledger), owner)
            (reported if found.problems else recorded).add(path.name)
    return recorded, reported


class TestKill:
    @pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.slow)])
    def test_recorded_or_reported(self, studio: Studio, kills: int) -> None:
        """Wherever a host is killed, the ledger verifies, and each picture on disk is recorded or reported by lint."""
        key = studio.key()
        folder = studio.folder / "out"
        folder.mkdir()
        chance = random.Random(20261103)  # noqa: S311  # where a test strikes, reproducibly
        named = 0
        for number in range(kills):
            # Each second host finds the ledger locked away, so that the spool is struck as well.
            hidden = number % 2 == 1 and ledger_path(studio.home).exists()
            if hidden:
                ledger_path(studio.home).chmod(0o600)
                ledger_path(studio.home).rename(studio.home / "away")
                ledger_path(studio.home).mkdir()
            named += strike(studio, folder, number * 1000, chance.uniform(0, 0.3))
            if hidden:
                ledger_path(studio.home).rmdir()
                (studio.home / "away").rename(ledger_path(studio.home))
            take_in_spool(studio.home, key)
            assert spool_is_empty(studio.home)
            with studio.ledger() as ledger:
                ledger.verify()
        pictures = {path.name for path in folder.glob("*.png")}
        recorded, reported = lint(studio, folder)
        assert pictures == recorded | reported
        assert set() == recorded & reported
        assert named <= len(pictures)
        # Each file has one record: what waited was entered once.
        digests = [one.subjects[0].digest["sha256"] for one in studio.statements()]
        assert len(digests) == len(set(digests))
        # The strikes did fall between the two, and not all before the first record.
        assert reported
        assert recorded
        known = {hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in recorded}
        assert known == set(digests)
