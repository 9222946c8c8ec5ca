"""Run one function over many files in worker processes; one broken file never stops the rest.

Why not `concurrent.futures.ProcessPoolExecutor`: when one worker dies (a crash in a native decoder, the kernel's
memory killer) it fails every other file in flight, and it cannot stop a file that hangs. Here each worker has its
own pipe, so a death or a time-out belongs to exactly one file, and a fresh worker takes the next one.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from myself_i2i.errors import Error
from myself_i2i.wording import Text

__all__ = ["LEAD", "Outcome", "run"]

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAD = 512
"""Most finished results held back to keep the order of the input: the bound on memory."""

_SPAWN = multiprocessing.get_context("spawn")
# fork would copy the C2PA library's contexts into a child where they are not valid.

CRASHED = Text(
    en="the worker process died while reading this file; the other files were not affected",
    ja="このファイルの読み取り中に処理が落ちました。ほかのファイルには影響していません",
)
TIMED_OUT = Text(
    en="this file took longer than {seconds:g} seconds and was left out",
    ja="このファイルは{seconds:g}秒を超えたため、打ち切りました",
)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Result]):
    """What became of one item: a value, or the reason why there is none."""

    item: Item
    """What was given."""
    value: Result | None
    """What `work` returned; None when it failed."""
    failure: Text | None = None
    """Why there is no value, in words; None when there is one."""


def run(
    items: Iterable[Item],
    work: Callable[[Item], Result],
    *,
    jobs: int,
    timeout: float = 60.0,
) -> Generator[Outcome[Item, Result], None, None]:
    """Yield an outcome for every item, in the order given, using `jobs` processes.

    Guarantees: each item is given to `work` exactly once; a crash, an exception or more than `timeout` seconds is
    that item's outcome and nobody else's; at most `LEAD` results wait for their turn, so memory stays flat however
    many items there are. `work` MUST be importable by name (it is called in a fresh process) and MUST return
    something that pickles. Closing the iterator early ends the workers.
    """
    crew = _Crew(work, jobs, timeout)
    queue = enumerate(items)
    done: dict[int, Outcome[Item, Result]] = {}
    turn = 0
    more = True
    try:
        while True:
            while more and crew.has_room() and len(done) < LEAD:
                entry = next(queue, None)
                if entry is None:
                    more = False
                else:
                    crew.give(*entry)
            if not crew.busy():
                break
            done.update(crew.collect())
            while turn in done:
                yield done.pop(turn)
                turn += 1
    finally:
        crew.dismiss()


class _Worker(Generic[Item, Result]):
    """One process and the pipe to it; owned by `_Crew` alone."""

    def __init__(self, work: Callable[[Item], Result]) -> None:
        ours, theirs = _SPAWN.Pipe()
        self.pipe: Connection = ours
        self.process = _SPAWN.Process(target=_serve, args=(theirs, work), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False
        self.number: int | None = None
        self.item: Item | None = None
        self.deadline = float("inf")

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.process.close()


class _Crew(Generic[Item, Result]):
    """The workers, and which item each holds."""

    def __init__(self, work: Callable[[Item], Result], jobs: int, timeout: float) -> None:
        self._work = work
        self._timeout = timeout
        self._jobs = max(1, jobs)
        self._workers: list[_Worker[Item, Result]] = []

    def has_room(self) -> bool:
        return len(self._workers) < self._jobs or any(w.number is None for w in self._workers)

    def busy(self) -> bool:
        return any(w.number is not None for w in self._workers)

    def give(self, number: int, item: Item) -> None:
        worker = next((w for w in self._workers if w.number is None), None)
        if worker is None:
            worker = _Worker(self._work)
            self._workers.append(worker)
        worker.number, worker.item = number, item
        # A fresh worker first imports the package; its clock starts when it says that it is ready.
        worker.deadline = time.monotonic() + self._timeout if worker.ready else float("inf")
        with suppress(OSError):  # already dead: `collect` sees the closed pipe and says so
            worker.pipe.send(item)

    def collect(self) -> dict[int, Outcome[Item, Result]]:
        """Wait for at least one answer, death or deadline."""
        busy = [w for w in self._workers if w.number is not None]
        nearest = min(w.deadline for w in busy)
        patience = None if nearest == float("inf") else max(0.0, nearest - time.monotonic())
        ready = set(wait([w.pipe for w in busy], patience))
        found = {}
        for worker in busy:
            if worker.pipe in ready:
                outcome = self._receive(worker)
            elif time.monotonic() >= worker.deadline:
                outcome = self._lose(worker, TIMED_OUT.format(seconds=self._timeout))
            else:
                continue
            if outcome is not None:
                found[outcome[0]] = outcome[1]
        return found

    def _receive(self, worker: _Worker[Item, Result]) -> tuple[int, Outcome[Item, Result]] | None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return self._lose(worker, CRASHED)
        if message is None:
            worker.ready = True
            worker.deadline = time.monotonic() + self._timeout
            return None
        value, failure = message
        number, item = self._release(worker)
        return number, Outcome(item=item, value=value, failure=failure)

    def _lose(self, worker: _Worker[Item, Result], why: Text) -> tuple[int, Outcome[Item, Result]]:
        number, item = self._release(worker)
        self._workers.remove(worker)
        worker.end()
        return number, Outcome(item=item, value=None, failure=why)

    @staticmethod
    def _release(worker: _Worker[Item, Result]) -> tuple[int, Item]:
        number, item = worker.number, worker.item
        worker.number, worker.item, worker.deadline = None, None, float("inf")
        return number, item  # type: ignore[return-value]  # only busy workers are released

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()


def _serve(pipe: Connection, work: Callable[[Item], Result]) -> None:
    """The worker's loop: an item in, an answer out, until the parent is gone."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        pipe.send(None)
        while True:
            item = pipe.recv()
            try:
                answer = (work(item), None)
            except Error as error:
                answer = (None, error.message)  # type: ignore[assignment]  # a pair either way
            except Exception as error:  # noqa: BLE001  # any failure is this file's, never the run's
                said = f"{type(error).__name__}: {error}"
                answer = (None, Text(en=said, ja=said))  # type: ignore[assignment]  # a pair either way
            pipe.send(answer)
