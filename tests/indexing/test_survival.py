"""What an index survives: kill -9 at any moment, again and again. Real processes, real files."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myself_i2i.fingerprint.interface import PDQ64
from myself_i2i.indexing.own_index import KINDS, OwnIndex
from myself_i2i.indexing.taking import take
from tests.indexing.drawn import drawing, saved

PICTURES = 60


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start `index` over the folder's pictures in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "myself_i2i", "index", "pictures", "--json", *options],
        cwd=folder,
        env={
            **os.environ,
            "MYSELF_I2I_HOME": str(folder / "home"),
            "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def kill_after_first(folder: Path, pause: float) -> set[str]:
    """Start a run, let it acknowledge one file, wait `pause`, kill -9; return the files it acknowledged."""
    process = start(folder, "--jobs", "2")
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    # A line cut in half by the kill is no acknowledgement.
    lines = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return {one["file"] for one in map(json.loads, lines) if one["outcome"] != "failed"}


class TestKill:
    @pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.slow)])
    def test_nothing_acknowledged_is_lost(self, tmp_path: Path, kills: int) -> None:
        """After killing runs at any moment all that was acknowledged is there, and one more run completes the rest."""
        folder = tmp_path / "pictures"
        folder.mkdir()
        for seed in range(PICTURES):
            (folder / f"{seed}.png").write_bytes(saved(drawing(seed)))
        chance = random.Random(20261103)  # noqa: S311  # where a test strikes, reproducibly
        acknowledged: set[str] = set()
        for _ in range(kills):
            acknowledged |= kill_after_first(tmp_path, chance.uniform(0, 1.5))
            with OwnIndex.open(tmp_path / "home" / "index") as own:
                kept = {str(row.path) for row in own.catalogue.all_files()}
            assert set() == acknowledged - kept
        process = start(tmp_path)
        output, _ = process.communicate(timeout=300)
        assert (0, PICTURES) == (process.returncode, len(output.splitlines()))
        with OwnIndex.open(tmp_path / "home" / "index") as own:
            stats = own.codes.stats().by_kind
            assert ((PICTURES, PICTURES), PICTURES) == (own.catalogue.counts(), stats[PDQ64])
            for path in folder.iterdir():
                row = own.catalogue.file(path.absolute())
                assert row is not None
                picture = own.catalogue.picture(row.sha256)
                assert picture is not None
                wanted = sorted(take(path.read_bytes()).fingerprints, key=lambda one: one.algorithm)
                assert tuple(wanted) == picture.fingerprints
            assert {kind.name for kind in KINDS} == {record.kind for _, record in own.codes.scan()}
