"""A client of an app in this process: no socket, no server; requests one after the other, or many at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

import httpx
from starlette.applications import Starlette

__all__ = ["Client"]

T = TypeVar("T")
HERE = "http://127.0.0.1:8087"


class Client:
    """Runs the app on a thread of its own, from its start to its end; use it in a `with` block."""

    def __init__(self, app: Starlette, *, address: str = "192.0.2.1") -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
        self.asked = httpx.AsyncClient(transport=transport, base_url=HERE, timeout=60)
        """For tests that ask for many things at once, inside `run`."""
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._life = app.router.lifespan_context(app)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self._life.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.asked.aclose())
        self.run(self._life.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns, run where the app runs."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(600)

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask, and return the whole answer."""
        return self.run(self.asked.request(method, path, **given))

    def get(self, path: str, **given: Any) -> httpx.Response:
        """`request` with GET."""
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        """`request` with POST."""
        return self.request("POST", path, **given)
