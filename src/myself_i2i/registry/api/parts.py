"""What handlers work with, hung on the app once: the registry, threads for its work, and what other parts provide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from myself_i2i.errors import Error
from myself_i2i.registry.api.metrics import Metrics
from myself_i2i.registry.api.pictures import Pictures
from myself_i2i.registry.service import Registry

__all__ = ["Parts", "parts_of"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a handler needs."""

    registry: Registry
    """The service."""
    threads: ThreadPoolExecutor
    """Where its calls run: they wait for a database."""
    pictures: Pictures
    """Reads pictures apart."""
    metrics: Metrics
    """Numbers for operators."""
    documents: dict[str, bytes]
    """The OpenAPI document in each language."""

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `call` returns, made on a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, partial(call, *args, **kwargs))

    async def look_up(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a `call` returns that takes half a millisecond on SQLite: there a thread would cost more than it.

        Threads hand the interpreter to each other every 5 ms at best. On PostgreSQL it waits for a network: a thread.
        """
        if self.registry.engine.dialect.name == "sqlite":
            return call(*args, **kwargs)
        return await self.run(call, *args, **kwargs)

    async def keep_up(self) -> None:
        """Follow what other processes log, until cancelled."""
        while True:
            await asyncio.sleep(self.registry.settings.follow_seconds)
            with suppress(Error):  # the next time again; health and the log say what is wrong
                await self.run(self.registry.keep_up)

    def close(self) -> None:
        """End all of it, the registry included, once what runs is done."""
        self.pictures.close()
        self.threads.shutdown()
        self.registry.close()


def parts_of(request: Request) -> Parts:
    """Return the parts of the app that serves this request."""
    found: Parts = request.app.state.parts
    return found
