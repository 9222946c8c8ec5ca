"""A real Dask scheduler and real workers, each a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 60


@dataclass
class Cluster:
    """A scheduler and its workers; killed and waited for when the test is over."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    address: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker, with one thread and nobody who would start it again."""
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "distributed.cli.dask_worker", self.address),
                *("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        return worker


@contextmanager
def cluster(folder: Path, *, workers: int) -> Iterator[Cluster]:
    """A scheduler on this machine with so many workers on their way."""
    about = folder / "scheduler.json"
    scheduler = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
            *("--no-dashboard", "--no-show", "--scheduler-file", str(about)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = Cluster(folder, scheduler)
    try:
        for _ in range(SECONDS * 10):
            if about.exists():
                made.address = json.loads(about.read_text())["address"]
                break
            scheduler_ended(scheduler)
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        for process in (*made.workers, scheduler):
            process.kill()
            process.wait()


def scheduler_ended(scheduler: subprocess.Popen[bytes]) -> None:
    """Wait a moment; an error when the scheduler ended instead."""
    try:
        scheduler.wait(0.1)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(scheduler.returncode)
