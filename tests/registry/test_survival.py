"""Servers that are killed, and that run side by side: what was acknowledged is there, once, and found."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from myself_i2i.fingerprint import PDQ64, Fingerprint
from myself_i2i.registry.service import Registry
from myself_i2i.tlog import Receipt
from tests.registry.support import lines, made, open_registry, person
from tests.registry.test_service import tables

PUBLISHER = Path(__file__).with_name("_publisher.py")
PATIENCE = 120


def start(database: str, folder: Path, name: str, journals: int, **options: object) -> subprocess.Popen[str]:
    file = folder / f"{name}.jsonl"
    if not file.exists():
        file.write_bytes(b"".join(lines(person(name), journals=journals)))
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # options of Popen
        [sys.executable, str(PUBLISHER), database, str(folder), str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def acknowledged(output: str) -> list[tuple[int, str]]:
    """What was printed whole."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return [(int(index), digest) for index, digest in lines]


def check(registry: Registry, told: Sequence[tuple[int, str]], names: Sequence[str]) -> None:
    """Everything acknowledged stands at its place, with a receipt that holds; tables are the log's; marks are found."""
    for index, digest in told[:: max(1, len(told) // 10)]:
        logged = registry.statement(digest)
        assert logged is not None
        assert index == logged.index
        entry = registry.entry(index)
        assert digest == entry.envelope.digest
        assert (
            index == Receipt.parse(registry.receipt(index)).verify(entry.to_bytes(), registry.log.key).index
        )
    assert len({digest for _, digest in told}) == len({index for index, _ in told})
    before = tables(registry)
    registry.rebuild()
    assert before == tables(registry)
    indexes = {one.index for one in registry.marks()}
    value = Fingerprint.from_text(PDQ64, made(person(names[0]), 1).says.fingerprints[PDQ64]).value
    found = registry.near(PDQ64, [value], radius=256, limit=100)
    assert indexes == {hit.mark.index for hit in found.hits}


class TestKilled:
    @pytest.mark.parametrize(
        "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 20))]
    )
    def test_kill_9(self, database_url: str, tmp_path: Path, seed: int) -> None:
        """A server killed at any moment loses nothing that it acknowledged, and the next one goes on."""
        told: list[tuple[int, str]] = []
        for number in range(2):
            process = start(database_url, tmp_path, f"someone-{number}", 200)
            assert process.stdout is not None
            first = process.stdout.readline()  # it is at work: strike within the next moments
            time.sleep(random.Random(seed * 10 + number).uniform(0, 0.6))  # noqa: S311  # no secret
            process.send_signal(signal.SIGKILL)
            rest, _ = process.communicate(timeout=PATIENCE)
            told += acknowledged(first + rest)
        with open_registry(tmp_path, database=database_url) as registry:
            check(registry, told, ["someone-0"])

    def test_a_full_disk(self, tmp_path: Path) -> None:
        """A server whose files cannot grow any more stops with our error, and everything acknowledged is there later."""
        database = f"sqlite:///{tmp_path / 'registry.sqlite'}"
        process = start(database, tmp_path, "someone", 200, preexec_fn=_small_files)
        output, error = process.communicate(timeout=PATIENCE)
        assert 3 == process.returncode, error
        told = acknowledged(output)
        with open_registry(tmp_path, database=database) as registry:
            check(registry, told, ["someone"])
            assert registry.near(PDQ64, [bytes(32)], radius=0, limit=1).as_of >= len(told) > 3


class TestSideBySide:
    def test_two_servers_at_once(self, database_url: str, tmp_path: Path) -> None:
        """Two servers on one database publish the same and different things: one log, each thing once."""
        names = ["same", "same", "another"]
        running = [start(database_url, tmp_path, name, 12) for name in names]
        outputs = [process.communicate(timeout=PATIENCE) for process in running]
        assert [0, 0, 0] == [process.returncode for process in running], outputs
        told = [acknowledged(output) for output, _ in outputs]
        assert told[0] == told[1]
        assert [15, 15, 15] == [len(each) for each in told]
        with open_registry(tmp_path, database=database_url) as registry:
            check(registry, [one for each in told[1:] for one in each], ["same"])


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails then, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
