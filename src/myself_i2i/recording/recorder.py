"""The recorder: notes are taken at once on the host's threads, everything else happens on one thread of its own."""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from myself_i2i.errors import Error
from myself_i2i.ledger import default_home
from myself_i2i.predicates.generation import ROLES
from myself_i2i.recording import telling
from myself_i2i.recording.draft import Identity, clean, merge_facts
from myself_i2i.recording.interface import Facts, Origin, Recorder, Run, Settings, Tell
from myself_i2i.recording.noted import NotedFile, NotedInput, NotedOutput
from myself_i2i.recording.pixels import Copied, copy_pixels
from myself_i2i.recording.settings import read_settings
from myself_i2i.recording.strict import require_bases
from myself_i2i.recording.telling import Teller
from myself_i2i.recording.writing import Writer

__all__ = ["open_recorder"]

Job = Callable[[], None]
Jobs = queue.SimpleQueue[Job | None]

AT_EXIT_SECONDS = 15.0
"""How long a program that ends waits for its records; what is not written then is reported by `lint`."""
CHECK_SECONDS = 60.0
"""How long strict mode waits for the inputs to be read."""
_NAME = 1_024


def open_recorder(
    *,
    tool: str,
    tool_version: str,
    writer: str,
    home: Path | None = None,
    settings: Settings | None = None,
    tell: Tell | None = None,
) -> Recorder:
    """Return the recorder of one host; never raises, whatever state the data folder is in.

    Args:
        tool: The generator, e.g. "ComfyUI".
        tool_version: Its version.
        writer: The recorder's own name and version, e.g. "myself-i2i-comfyui 0.1.0".
        home: The data folder; the person's usual one otherwise.
        settings: What the person chose; read from `recording.toml` otherwise.
        tell: Shows the person a sentence, from any thread; without it they go to the log "myself_i2i.recording".

    Make one a process. It flushes at exit by itself; `close` does so earlier.
    """
    teller = Teller(tell)
    folder = home
    if folder is None:
        try:
            folder = default_home()
        except (OSError, RuntimeError) as error:
            teller.unexpected(error)
            folder = Path("myself-i2i")  # no home folder at all: beside whatever runs, rather than nowhere
    if settings is None:
        settings, trouble = read_settings(folder)
        if trouble is not None:
            teller("settings", trouble)
    return _Recorder(folder, Identity(tool, tool_version, writer), settings, teller)


class _Recorder:
    """One queue, one thread. The thread is started when there is work, and anew in a forked process."""

    def __init__(self, home: Path, identity: Identity, settings: Settings, teller: Teller) -> None:
        self.home = home
        self.settings = settings
        self.tell = teller
        self.writer = Writer(home, identity, settings, teller)
        self._lock = threading.Lock()
        self._jobs: Jobs = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process = os.getpid()
        atexit.register(self._at_exit)
        self.post(self.writer.take_in)

    def begin(self) -> Run:
        """Begin a run."""
        return _Run(self)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything noted so far is written."""
        if threading.current_thread() is self._thread:
            return False  # called by `tell`: the thread cannot wait for itself
        done = threading.Event()
        self.post(done.set)
        return done.wait(timeout)

    def close(self) -> None:
        """Flush and end the thread; a note that comes later starts another."""
        self.flush()
        with self._lock:
            thread, self._thread = self._thread, None
            jobs, self._jobs = self._jobs, queue.SimpleQueue()
        jobs.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def post(self, job: Job) -> None:
        """Have `job` done on the recorder's thread."""
        with self._lock:
            if self._process != os.getpid():
                # A forked child has the parent's queue but not its thread: the parent writes what is in there.
                self._process, self._thread, self._jobs = os.getpid(), None, queue.SimpleQueue()
            jobs = self._jobs
            jobs.put(job)
            if self._thread is None or not self._thread.is_alive():
                self._thread = self._start(jobs)
            started = self._thread is not None
        if not started:
            # Python is ending, or has no threads left: done here rather than not at all.
            jobs.put(None)
            self._work(jobs)

    def _start(self, jobs: Jobs) -> threading.Thread | None:
        thread = threading.Thread(target=self._work, args=(jobs,), name="myself-i2i-recorder", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return None
        return thread

    def _work(self, jobs: Jobs) -> None:
        while (job := jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001  # one picture's trouble must not end the thread of all others
                self.tell.unexpected(error)

    def _at_exit(self) -> None:
        if self._process == os.getpid():
            self.flush(AT_EXIT_SECONDS)


class _Run:
    """One generation. Its lists are the host's threads'; what they hold is filled in by the recorder's."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder
        self._lock = threading.Lock()
        self._inputs: tuple[NotedInput, ...] = ()
        self._paths: tuple[Path | None, ...] = ()
        self._facts = Facts()

    def input(
        self,
        role: str,
        *,
        path: str | Path | None = None,
        data: bytes | None = None,
        image: Any = None,
        name: str | None = None,
        origin: Origin = Origin.FILE,
    ) -> None:
        """Note one image that goes in."""
        with _Guard(self._recorder.tell):
            if name is None and path is not None:
                name = Path(path).name
            noted = NotedInput(
                role=role if role in ROLES else "unknown",
                name=clean(name, _NAME),
                origin=_origin(origin, path=path, data=data, image=image),
            )
            if path is not None:
                noted.file = NotedFile(path)
            elif data is not None:
                noted.data = bytes(data)
            elif image is not None:
                noted.copied = self._copy(image)
            with self._lock:
                self._inputs += (noted,)
                self._paths += (None if path is None else Path(path),)
            self._recorder.post(lambda: self._recorder.writer.read(noted))

    def parameters(self, facts: Facts) -> None:
        """Note how the picture is made."""
        with _Guard(self._recorder.tell), self._lock:
            self._facts = merge_facts(self._facts, facts)

    def check(self) -> None:
        """Refuse, in strict mode, inputs without a rights basis."""
        if not self._recorder.settings.strict:
            return
        self._recorder.flush(CHECK_SECONDS)
        with self._lock:
            inputs, paths = self._inputs, self._paths
        require_bases(self._recorder.home, inputs, paths, now=_now())

    def output(self, path: str | Path, *, image: Any = None) -> None:
        """Note one finished file."""
        with _Guard(self._recorder.tell):
            file = NotedFile(path)
            copied = () if image is None else self._copy(image)
            with self._lock:
                noted = NotedOutput(
                    file=file, copied=copied, facts=self._facts, inputs=self._inputs, at=_now()
                )
            self._recorder.post(lambda: self._recorder.writer.record(noted))

    def end(self) -> None:
        """The run is over; everything is on its way already."""

    def _copy(self, image: Any) -> tuple[Copied, ...]:
        """Copy pixels; what cannot be copied is told, and noted without them."""
        try:
            return copy_pixels(image)
        except Error as error:
            self._recorder.tell("pixels", telling.INPUT.format(why=error.message))
        except Exception as error:  # noqa: BLE001  # the host's own objects may raise anything
            self._recorder.tell.unexpected(error)
        return ()


class _Guard:
    """Lets no error into the host, and tells it."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Exception):
            self._teller.unexpected(error)
            return True
        return False


def _origin(origin: Origin, *, path: object, data: object, image: object) -> Origin:
    """A host that says nothing means a file; where it gives none, that is what it meant."""
    if origin is not Origin.FILE or path is not None:
        return origin
    if data is not None:
        return Origin.EMBEDDED
    return Origin.UNKNOWN if image is None else Origin.MEMORY


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
