"""One stranger's file at a time, apart: in a process that may die of it, and nothing else does.

Why a process below the one that hands out the work: a decoder that crashes or hangs takes its whole process along.
Were that a Dask worker, it would take other files with it, leave somebody's cluster a worker short, and be tried
again on the next one. So each thread that works has one of these below it, wherever it runs.

The two speak through pipes, in lengths and bytes; what comes back is JSON and never unpickled, because a file that
took the process over would choose it. When the process above is gone the pipe ends, and so does this one.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

from myself_i2i.errors import Error, InputError, SearchError
from myself_i2i.indexing.taking import Taken, take
from myself_i2i.wording import Text

__all__ = ["SECONDS", "Apart", "end_all", "serve", "take_apart"]

SECONDS: Final = 60.0
"""Most seconds for one file."""
MEMORY: Final = 4 * 2**30
"""Most bytes of memory that one file may take, where the system keeps such a bound (Linux)."""

CRASHED: Final = Text(
    en="the process that read this file died; the other files were not affected",
    ja="このファイルの読み取り中に処理が落ちました。ほかのファイルには影響していません",
)
TIMED_OUT: Final = Text(
    en="this file took longer than {seconds:g} seconds and was left out",
    ja="このファイルは{seconds:g}秒を超えたため、打ち切りました",
)
NOT_STARTED: Final = Text(
    en="a process for reading files could not be started",
    ja="ファイルを読み取るための処理を起動できません",
)

ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
"""There are as many of these processes as processors already."""
_LENGTH: Final = struct.Struct(">Q")
_SECONDS: Final = struct.Struct(">d")
_ANSWER: Final = 2**20
_TIMED_OUT_CODE: Final = 1  # what `faulthandler` exits with


class Apart:
    """A process that takes fingerprints; started when first needed, and anew after a file ended it. For one thread."""

    def __init__(self, module: str = __name__) -> None:
        """The process runs `serve` of `module`, which is this function, or calls it."""
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, data: bytes, seconds: float = SECONDS) -> Taken:
        """Return the fingerprints of a file's bytes; `Taken.failure` says why there are none.

        Raises SearchError when no process can be started, which is no file's fault.
        """
        try:
            return Taken.from_json(self.ask(data, seconds))
        except InputError as error:
            self.close()
            return Taken(failure=error.message, lasting=False)

    def ask(self, data: bytes, seconds: float) -> bytes:
        """Return what the process below answers to a file's bytes.

        Raises InputError when the file ended it or took longer than `seconds`, SearchError as `take`.
        """
        process = self._process or self._start()
        try:
            _send(_pipe(process.stdin), _SECONDS.pack(seconds) + data)
            return _receive(_pipe(process.stdout))
        except (OSError, EOFError) as error:
            self.close()
            late = process.returncode == _TIMED_OUT_CODE
            raise InputError(TIMED_OUT.format(seconds=seconds) if late else CRASHED) from error

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was still to be sent to a dead process
                _pipe(pipe).close()
        try:
            process.wait(1)  # its pipe has ended, so it ends by itself, unless a file holds it
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the process at once, from whatever thread; `take` then answers that it died."""
        process = self._process
        if process is not None:
            process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: a file named numpy.py in the folder where a person works must not be imported.
        command = [sys.executable, "-P", "-c", f"from {self._module} import serve; serve()"]
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own module under our own interpreter
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
            )
            _receive(_pipe(self._process.stdout))  # all is imported: no file's clock pays for that
        except (OSError, EOFError) as error:
            self.close()
            raise SearchError(NOT_STARTED) from error
        return self._process


class _Pool:
    """The processes below this one: as many as there are threads that take at once. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Apart] = []
        self._busy: set[Apart] = set()

    def take(self, data: bytes, seconds: float) -> Taken:
        with self._lock:
            apart = self._idle.pop() if self._idle else Apart()
            self._busy.add(apart)
        try:
            return apart.take(data, seconds)
        finally:
            with self._lock:
                self._busy.discard(apart)
                self._idle.append(apart)

    def end(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
            for apart in self._busy:
                apart.kill()  # the thread that waits for it sees that it ended
        for apart in idle:
            apart.close()


_pool: Final = _Pool()
atexit.register(_pool.end)


def take_apart(data: bytes, seconds: float) -> str:
    """Take fingerprints in a process below this one, which is kept for the next file; return `Taken.to_json()`.

    Picklable by name, for workers elsewhere.
    """
    return _pool.take(data, seconds).to_json()


def end_all() -> None:
    """End the processes that `take_apart` started, those that hold a file too; it may be called again after."""
    _pool.end()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes], most: int = _ANSWER) -> bytes:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise EOFError
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve(answer: Callable[[bytes], bytes] | None = None) -> None:
    """Be the process below: a file in, its fingerprints out (or what `answer` makes of it), until the pipe ends.

    `answer` MUST raise nothing.
    """
    answer = answer or _answer
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(silence, descriptor)  # whatever a decoder prints must not end up among the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one above
    _bound_memory()
    _send(sink, b"")
    with suppress(EOFError, BrokenPipeError):
        while True:
            data = _receive(source, most=sys.maxsize)
            (seconds,) = _SECONDS.unpack_from(data)
            # A watchdog in C: it ends a hanging decoder that never comes back to Python.
            faulthandler.dump_traceback_later(seconds, exit=True, file=silence)
            answered = answer(data[_SECONDS.size :])
            faulthandler.cancel_dump_traceback_later()
            _send(sink, answered)


def _answer(data: bytes) -> bytes:
    return _taken(data).to_json().encode()


def _taken(data: bytes) -> Taken:
    try:
        return take(data)
    except InputError as error:
        return Taken(failure=error.message)
    except (Error, MemoryError) as error:
        said = (
            error.message if isinstance(error, Error) else Text(en="out of memory", ja="メモリが足りません")
        )
        return Taken(failure=said, lasting=False)
    except Exception as error:  # noqa: BLE001  # any failure is this file's, never the run's
        reason = f"{type(error).__name__}: {error}"[:400]
        return Taken(failure=Text(en=reason, ja=reason), lasting=False)


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import resource  # noqa: PLC0415  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
