"""Files spread over processes, here or on a cluster, by Dask; what comes back is small and comes as it is done.

Bytes travel, not paths: a worker elsewhere may not see the files. Only so many are under way that memory stays flat.
Dask moves the work and takes it up again when a worker dies; what a broken file does is borne below the worker
(`apart`), so a worker dies only for reasons of its own.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Generic, TypeVar

from myself_i2i import __version__
from myself_i2i.errors import SearchError, UsageError
from myself_i2i.indexing.apart import SECONDS, Apart, end_all, take_apart
from myself_i2i.indexing.taking import Taken
from myself_i2i.wording import Text

__all__ = ["FEW", "Spread", "here", "spread"]

Key = TypeVar("Key")

FEW: Final = 24
"""Up to so many files one process is enough: starting more would take longer."""
IN_FLIGHT: Final = 512 * 2**20
"""Most bytes of files under way at once, one file larger than this aside."""
PATIENCE: Final = 60.0
"""Seconds that a cluster may be without any worker before we give up."""
ANSWERING: Final = 10.0
"""Most seconds for a scheduler to answer at all."""

_POLL: Final = 2.0
_LARGE: Final = "distributed.admin.large-graph-warning-threshold"
_LOST: Final = Text(
    en="the cluster lost this file's worker again and again",
    ja="このファイルを処理する計算ノードが繰り返し失われました",
)
_KEPT: Final = Text(
    en="what was finished is kept; run the same command again",
    ja="終わった分は残っています。同じコマンドをもう一度実行してください",
)


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """What came of one file."""

    key: Key
    """What the caller called it."""
    taken: Taken
    """Its fingerprints, or why there are none."""


def here(items: Iterable[tuple[Key, bytes]], *, seconds: float = SECONDS) -> Iterator[Spread[Key]]:
    """Yield what came of each file, one after the other, taken by one process beside this one."""
    apart = Apart()
    try:
        for key, data in items:
            yield Spread(key, apart.take(data, seconds))
    finally:
        apart.close()


def spread(
    items: Iterable[tuple[Key, bytes]],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    seconds: float = SECONDS,
    patience: float = PATIENCE,
) -> Iterator[Spread[Key]]:
    """Yield what came of each file as soon as it is done, in any order.

    Args:
        items: What each file is called, and its bytes; read as there is room, never all at once.
        jobs: Processes on this machine; as many as there are processors otherwise.
        scheduler: The address of a running Dask scheduler ("tcp://…", "tls://…") to use instead. Its workers get
            the files' bytes and MUST have this version of this package; who runs it can run code here.
        seconds: Most seconds for one file.
        patience: Most seconds to wait for a worker to come when there is none.

    Each file is taken once, or again when its worker was lost. Raises UsageError when the cluster cannot be reached or
    has other software, SearchError when it is lost; what was yielded before is not touched by that.
    """
    with ExitStack() as stack:
        client = stack.enter_context(_client(jobs, scheduler, patience))
        window: _Window[Key] = _Window(client, seconds, patience)
        yield from window.through(items)


class _Window(Generic[Key]):
    """The files under way on one cluster."""

    def __init__(self, client: Any, seconds: float, patience: float) -> None:
        self._client = client
        self._seconds = seconds
        self._patience = patience
        self._under_way: dict[Any, tuple[Key, int]] = {}
        self._idle = 0.0

    def through(self, items: Iterable[tuple[Key, bytes]]) -> Iterator[Spread[Key]]:
        try:
            for key, data in items:
                while self._is_full(len(data)):
                    yield from self._done()
                future = self._client.submit(take_apart, data, self._seconds, pure=False)
                self._under_way[future] = (key, len(data))
            while self._under_way:
                yield from self._done()
        finally:
            for future in self._under_way:
                future.cancel()

    def _is_full(self, size: int) -> bool:
        if not self._under_way:
            return False
        threads = sum(self._client.nthreads().values())
        waiting = sum(length for _, length in self._under_way.values())
        return len(self._under_way) >= 2 * threads + 2 or waiting + size > IN_FLIGHT

    def _done(self) -> list[Spread[Key]]:
        """Wait a moment for some to be done; raises SearchError when nobody is left to do them."""
        try:
            done = _dask().wait(list(self._under_way), timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            self._idle = 0.0 if self._client.nthreads() else self._idle + _POLL
            if self._idle >= self._patience:
                raise _no_workers(self._client.scheduler.address) from None
            return []
        self._idle = 0.0
        return [Spread(self._under_way.pop(future)[0], _taken(future)) for future in done]


def _taken(future: Any) -> Taken:
    try:
        return Taken.from_json(future.result())
    except _dask().KilledWorker:
        return Taken(failure=_LOST, lasting=False)


def _dask() -> Any:
    """Return Dask's `distributed`; it ships with an extra, and has types that say little."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise UsageError(
            Text(en="many files at once need Dask", ja="多数のファイルの処理には Dask が必要です"),
            hint=Text(
                en="pip install 'myself-i2i[closeness]'",
                ja="pip install 'myself-i2i[closeness]' を実行してください",
            ),
        ) from error


@contextmanager
def _client(jobs: int | None, scheduler: str | None, patience: float) -> Iterator[Any]:
    """A Dask client for the block, on this machine or at `scheduler`; says nothing and leaves nothing behind."""
    dask = _dask()
    quiet = logging.getLogger("distributed")
    before, address = quiet.level, scheduler
    with ExitStack() as stack:
        quiet.setLevel(logging.CRITICAL)
        stack.callback(quiet.setLevel, before)
        # A file stands in its task, so that it is there again when a worker dies; Dask warns above 10 MB.
        stack.enter_context(import_module("dask.config").set({_LARGE: "1 TB"}))
        if scheduler is None:
            stack.callback(end_all)
            address = stack.enter_context(_this_machine(jobs))
            stack.callback(end_all)  # before it: closing waits for files that are being read
        try:
            client = stack.enter_context(
                dask.Client(address, timeout=min(patience, ANSWERING), set_as_default=False)
            )
        except (OSError, ValueError, ImportError) as error:
            raise _unreachable(str(scheduler)) from error
        stack.enter_context(client.as_current())
        if scheduler is not None:
            _check_workers(client, scheduler, patience)
        try:
            yield client
        except (dask.comm.CommClosedError, dask.client.FutureCancelledError) as error:
            raise SearchError(
                Text(
                    en="the connection to the cluster was lost",
                    ja="計算クラスタとの接続が切れました",
                ),
                hint=_KEPT,
            ) from error


def _this_machine(jobs: int | None) -> Any:
    """A cluster inside this process: its threads wait, and the processes below them do the work.

    So there is no port that somebody else on this machine could speak to, and no copy of a file is made to send it.
    """
    return _dask().LocalCluster(
        processes=False,
        n_workers=1,
        threads_per_worker=jobs or os.cpu_count() or 1,
        dashboard_address=None,
        worker_dashboard_address=None,
        memory_limit=0,  # bounded by `IN_FLIGHT` and `apart.MEMORY`; Dask would only count this process
        silence_logs=logging.CRITICAL,
    )


def _check_workers(client: Any, scheduler: str, patience: float) -> None:
    """Raise UsageError when the cluster has no worker, or one that cannot do this."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        raise _no_workers(scheduler) from None
    try:
        found = client.submit(_version, pure=False).result(timeout=patience)
    except (ImportError, TimeoutError, AttributeError):
        found = None
    if found != __version__:
        raise UsageError(
            Text(
                en="the workers at {address} have myself-i2i {found}, wanted {wanted}",
                ja="{address} の計算ノードの myself-i2i は {found} です（必要な版は {wanted}）",
            ).format(address=scheduler, found=found or "-", wanted=__version__),
            hint=Text(
                en="install 'myself-i2i[closeness]' in the same version there",
                ja="同じ版の 'myself-i2i[closeness]' を計算ノードに入れてください",
            ),
        )


def _version() -> str:
    return __version__


def _unreachable(address: str) -> UsageError:
    return UsageError(
        Text(
            en="no Dask scheduler answers at {address}", ja="{address} の Dask スケジューラにつながりません"
        ).format(address=address),
        hint=Text(
            en="give the address that `dask scheduler` prints, e.g. tcp://127.0.0.1:8786",
            ja="`dask scheduler` が表示するアドレス（例: tcp://127.0.0.1:8786）を指定してください",
        ),
    )


def _no_workers(address: str) -> SearchError:
    return SearchError(
        Text(
            en="the cluster at {address} has no worker", ja="{address} のクラスタに計算ノードがありません"
        ).format(address=address),
        hint=_KEPT,
    )
