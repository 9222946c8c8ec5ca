"""The log under every single failure of the place where its files lie, and killed at every moment."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myself_i2i.errors import RegistryError
from myself_i2i.registry.log import FolderFiles, Log, MemoryFiles, Placed
from tests.registry.log.checking import (
    KEY,
    ORIGIN,
    PRIVATE,
    Opener,
    candidates,
    check_log,
    check_receipt,
    published,
)

WRITER = Path(__file__).with_name("_writer.py")
WRITES = 8
"""More writes than publishing 300 entries takes."""


class TestFailingFiles:
    @pytest.mark.parametrize("persist", [False, True])
    @pytest.mark.parametrize("failing", range(WRITES))
    def test_each_write(self, tmp_path: Path, failing: int, opened: Opener, *, persist: bool) -> None:
        """Whichever write fails, stored or not, what was published stays true and the next try finishes."""
        files = MemoryFiles()
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        log = Log.open(engine, files, origin=ORIGIN, private=PRIVATE)
        everything = candidates(300)
        acknowledged = log.append(everything[:200])
        heads = [published(files)[0]]
        left = failing

        def fail(_path: str) -> bool:
            nonlocal left
            left -= 1
            return left == -1

        if persist:
            files.fail_write_but_persist = fail
        else:
            files.fail_write_and_not_persist = fail
        try:
            acknowledged += log.append(everything)
        except RegistryError:
            heads.append(published(files)[0])
            acknowledged += log.append(everything)  # the same keys: nothing is there twice
        assert [one.entry for one in everything] == check_log(files, acknowledged, heads)

    def test_a_new_server_finishes(self, tmp_path: Path, opened: Opener) -> None:
        """What one server committed and could not publish, the next one publishes when it starts."""
        url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
        files = MemoryFiles()
        log = Log.open(opened(url), files, origin=ORIGIN, private=PRIVATE)
        files.fail_write_and_not_persist = lambda path: path == "checkpoint"
        with pytest.raises(RegistryError, match="told to"):
            log.append(candidates(3))
        assert published(files)[0].size == 0
        files.fail_write_and_not_persist = lambda _: False
        Log.open(opened(url), files, origin=ORIGIN, private=PRIVATE)
        assert len(check_log(files, [])) == 3


def start(folder: Path, seed: int, *, file_size: int | None = None) -> subprocess.Popen[str]:
    """Start a server that appends until it is stopped; with `file_size`, no file may grow past that many bytes."""

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    return subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509  # this test has no threads, and the limit must be the child's alone
    )


def placed(output: str) -> list[Placed]:
    """What a writer acknowledged; a line cut in half by the kill is no acknowledgement."""
    lines = [line.split(" ", 1) for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return [Placed(int(index), entry.strip().encode(), new=True) for index, entry in lines]


class TestKill:
    @pytest.mark.parametrize("kills", [8, pytest.param(500, marks=pytest.mark.slow)])
    def test_nothing_acknowledged_is_lost(self, tmp_path: Path, kills: int, opened: Opener) -> None:
        """After killing servers at any moment there is one log, every head once seen is its beginning, all acks in it."""
        chance = random.Random(20261122)  # noqa: S311  # where a test strikes, reproducibly
        files = FolderFiles(tmp_path / "log")
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        acknowledged: list[Placed] = []
        heads = []
        for seed in range(kills):
            process = start(tmp_path, seed)
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            process.send_signal(signal.SIGKILL)
            acknowledged += placed(first + process.communicate()[0])
            heads.append(published(files)[0])
            if seed % 20 == kills % 20:
                check_log(files, acknowledged, heads)
        log = Log.open(engine, files, origin=ORIGIN, private=PRIVATE)
        entries = check_log(files, acknowledged, heads)
        assert kills <= len(acknowledged) <= len(entries) <= len(acknowledged) + kills
        for one in acknowledged[:: max(1, len(acknowledged) // 10)]:
            check_receipt(log.receipt(one.index), one)

    def test_two_servers_at_once(self, tmp_path: Path, opened: Opener) -> None:
        """Two servers writing at once, one of them killed, leave one log with everything acknowledged in it."""
        servers = [start(tmp_path, seed) for seed in (1, 2)]
        firsts = []
        for server in servers:
            assert server.stdout is not None
            firsts.append(server.stdout.readline())
        time.sleep(0.3)
        for server in servers:
            server.kill()
        rests = [server.communicate()[0] for server in servers]
        acknowledged = [
            one for first, rest in zip(firsts, rests, strict=True) for one in placed(first + rest)
        ]
        files = FolderFiles(tmp_path / "log")
        Log.open(opened(f"sqlite:///{tmp_path / 'registry.sqlite'}"), files, origin=ORIGIN, private=PRIVATE)
        check_log(files, acknowledged)
        assert len(acknowledged) == len({one.index for one in acknowledged})


class TestFullDisk:
    def test_is_told_and_loses_nothing(self, tmp_path: Path, opened: Opener) -> None:
        """On a full disk a server says so and stops; what it acknowledged is in the log that others go on with."""
        server = start(tmp_path, 1, file_size=400_000)
        output, errors = server.communicate(timeout=120)
        assert (3, True) == (server.returncode, errors.startswith("RegistryError: "))
        files = FolderFiles(tmp_path / "log")
        engine = opened(f"sqlite:///{tmp_path / 'registry.sqlite'}")
        log = Log.open(engine, files, origin=ORIGIN, private=PRIVATE)
        acknowledged = placed(output)
        acknowledged += log.append(candidates(1))
        check_log(files, acknowledged)
        assert (True, KEY) == (len(acknowledged) > 1, log.key)
