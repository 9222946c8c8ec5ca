"""From what ComfyUI runs to records: one `recording.Run` for each output of a graph, so each has its own inputs.

The life of a run here, and what happens at each moment:
1. taken from the queue (`begin`): inputs are noted now, not when the graph was posted; a queue may be hours long and
   a file replaced in between.
2. a saver returned (`saved`): its files are noted while the rest of the graph still runs.
3. the run is over (`finish`): ComfyUI's own results name every file, those of cached nodes and other packs included.
   A file that this run did not write is noted only if it is still what an earlier run of ours left there.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from myself_i2i.recording.interface import Origin, Recorder, Run

from .files import HostFiles, settled, stamp
from .graph import Going, Plan, make_plan
from .guard import Teller, quietly
from .words import CHANGED

__all__ = ["Watcher", "note"]

SLACK: Final = 2.0
"""Seconds by which a file's time may lie before the run that wrote it: FAT counts in twos."""
WAIT: Final = 30.0
"""Seconds a file that is named but not yet whole is waited for, on a thread of its own."""
REMEMBERED: Final = 20_000
"""Most outputs whose state is remembered, to recognise a repeated run's files."""


def note(run: Run, going: Going, files: HostFiles) -> None:
    """Note one input with the best there is of it: the bytes in the graph, the file, or only what it is."""
    if going.data is not None:
        run.input(going.role, data=going.data, name=going.name, origin=going.origin)
        return
    path = None if going.value is None or going.origin is Origin.URL else files.loaded(going.value)
    run.input(
        going.role,
        path=path,
        name=going.name,
        origin=going.origin if path or going.origin is not Origin.FILE else Origin.UNKNOWN,
    )


@dataclass
class _Running:
    """One run of the queue."""

    prompt: Mapping[str, Any]
    started: float
    runs: dict[str, Run] = field(default_factory=dict)
    """Output node -> its record."""
    noted: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Files that stand in a record of this run, and what they were then."""


class Watcher:
    """Follows the queue's runs and fills the recorder. Every method returns soon and never raises."""

    def __init__(
        self, recorder: Recorder, files: HostFiles, tell: Teller, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.recorder = recorder
        self.files = files
        self.tell = tell
        self._clock = clock
        self._lock = (
            threading.Lock()
        )  # guards the three below: the queue's worker and waiting threads meet here
        self._running: dict[str, _Running] = {}
        self._latest: _Running | None = None
        self._left: OrderedDict[Path, tuple[int, int]] = OrderedDict()

    def begin(self, prompt_id: str, prompt: Mapping[str, Any], outputs: Iterable[str]) -> None:
        """Note what goes into each of the `outputs`, now that the run is taken from the queue."""
        with quietly("begin", self.tell):
            running = _Running(prompt=prompt, started=self._clock())
            with self._lock:
                self._running[prompt_id] = running
                self._latest = running
            for node in outputs:
                self._open(running, str(node))

    def saved(self, node: str | None, shown: object) -> None:
        """Note the files of one saver that has just returned; `shown` is what it gives ComfyUI as its `ui`."""
        with quietly("saved", self.tell):
            running = self._latest
            if running is not None and node is not None:
                self._note_results(running, node, shown, wait=None)

    def finish(self, prompt_id: str, results: object) -> None:
        """Note every file in the run's results that is not noted yet, and end its records."""
        with self._lock:
            running = self._running.pop(prompt_id, None)
            if self._latest is running:
                self._latest = None
        if running is None:
            return
        waiting: list[tuple[Run, Path]] = []
        with quietly("finish", self.tell):
            for node, shown in _by_node(results):
                if _original(node, running.prompt) is not None:
                    self._note_results(running, node, shown, wait=waiting)
        if waiting:
            threading.Thread(target=self._wait, args=(running, waiting), daemon=True).start()
        else:
            self._end(running)

    def record(self, prompt: Mapping[str, Any], node: str, paths: Iterable[Path]) -> None:
        """Write a whole record of files that one node has just made: inputs, settings, files, end."""
        with quietly("record", self.tell):
            run = self._new(make_plan(prompt, node))
            for path in paths:
                run.output(path)
            run.end()

    def _new(self, plan: Plan) -> Run:
        run = self.recorder.begin()
        for going in plan.going:
            note(run, going, self.files)
        run.parameters(plan.facts)
        return run

    def _open(self, running: _Running, node: str) -> Run:
        run = running.runs.get(node)
        if run is None:
            run = running.runs[node] = self._new(make_plan(running.prompt, node))
        return run

    def _note_results(
        self, running: _Running, node: str, shown: object, *, wait: list[tuple[Run, Path]] | None
    ) -> None:
        origin = _original(node, running.prompt)
        for path in self.files.results(shown) if origin is not None else ():
            run, now = self._open(running, origin or node), stamp(path)
            if now is None:
                if wait is not None:
                    wait.append((run, path))
            elif running.noted.get(path) != now:
                self._note(running, run, path, now)

    def _note(self, running: _Running, run: Run, path: Path, now: tuple[int, int]) -> None:
        fresh = now[0] / 1e9 >= running.started - SLACK
        if not fresh and self._left.get(path) != now:
            # A repeated run names a file that somebody has worked on since: what is in it now, this graph did not make.
            self.tell.once(f"changed {path}", CHANGED.format(name=path.name))
            return
        run.output(path)
        running.noted[path] = now
        with self._lock:
            self._left[path] = now
            self._left.move_to_end(path)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)

    def _wait(self, running: _Running, waiting: list[tuple[Run, Path]]) -> None:
        with quietly("wait", self.tell):
            for run, path in waiting:
                now = stamp(path) if settled(path, seconds=WAIT) else None
                if now is not None:
                    self._note(running, run, path, now)
        self._end(running)

    def _end(self, running: _Running) -> None:
        for run in running.runs.values():
            with quietly("end", self.tell):
                run.end()


def _by_node(results: object) -> list[tuple[str, object]]:
    """Node and what it shows: `{"outputs": {...}, "meta": {...}}` today, the inner mapping alone before mid-2024."""
    if not isinstance(results, Mapping):
        return []
    inner = results.get("outputs", results)
    return [(str(node), shown) for node, shown in inner.items()] if isinstance(inner, Mapping) else []


def _original(node: str, prompt: Mapping[str, Any]) -> str | None:
    """The node of the posted graph that a result belongs to: nodes made while running are named after theirs ("7.0.0.3")."""
    if node in prompt:
        return node
    for mark in (".", ":"):
        first = node.split(mark, 1)[0]
        if first in prompt:
            return first
    return None
