"""What stands around every request, outermost first: `Observed`, `Rated`, `Bounded`.

Plain ASGI: a request that is refused costs next to nothing, and bodies are counted as they arrive.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from myself_i2i.registry.api.errors import CODES, HttpError, render
from myself_i2i.registry.api.logs import LOGGER
from myself_i2i.registry.api.metrics import Metrics
from myself_i2i.registry.api.rates import Rates, neighbourhood

__all__ = ["FREE", "Bounded", "Observed", "Rated", "operation_of"]

FREE: Final = frozenset({"/healthz", "/metrics"})
"""What an operator's own machines ask for all the time: neither rated nor logged."""
SAFE: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    # For what is no page; a page that needs more sets its own.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
UNKNOWN: Final = "unknown"


class Observed:
    """Gives each request a number, safe headers, a line in the log and a place in the metrics.

    Whatever still comes out of the app is answered with a 500 that tells nothing, and logged by type and place.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, began, status = secrets.token_hex(8), time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = number
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, sending)
        except Exception:
            LOGGER.exception(
                "failed", extra={"fields": {"request": number, "operation": operation_of(scope)}}
            )
            if status:  # the client has a part already: only breaking off tells it that the rest is missing
                raise
            failure = render(HttpError(500, CODES[500]), Headers(scope=scope))
            await failure(scope, receive, sending)
        finally:
            self._metrics.running.dec()
            self._note(scope, number, status or 499, time.monotonic() - began)

    def _note(self, scope: Scope, number: str, status: int, seconds: float) -> None:
        operation = operation_of(scope)
        self._metrics.answered(operation, status, seconds)
        if scope["path"] not in FREE and LOGGER.isEnabledFor(logging.INFO):
            fields = {
                "request": number,
                "operation": operation,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            LOGGER.info("answered", extra={"fields": fields})


class Rated:
    """Refuses an address that asks for more than its share: 429, and when to come again."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        rates: Rates,
        costs: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._rates = rates
        self._costs = costs
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in FREE:
            name = neighbourhood((scope.get("client") or ("",))[0])
            wait = self._rates.take(name, self._clock(), self._costs.get(scope["path"], 1.0))
            if wait:
                refusal = HttpError(429, CODES[429], headers={"retry-after": str(wait)})
                await render(refusal, Headers(scope=scope))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Bounded:
    """Bounds what a request may send, and how long that and the answer to it may take: `seconds` each.

    A body over the bound of its path is a 413 (before it is read where its length is told, else as soon as it passes);
    one that does not arrive in time a 408; an answer that does not begin in time a 503.
    """

    def __init__(self, app: ASGIApp, *, most: Mapping[str, int], otherwise: int, seconds: float) -> None:
        self._app = app
        self._most = most
        self._otherwise = otherwise
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within the bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most.get(scope["path"], self._otherwise)
        headers = Headers(scope=scope)
        told = headers.get("content-length", "0")
        if not told.isdecimal() or int(told[:20]) > most:
            await _refuse(413, scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            deadline.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(2 * self._seconds) as deadline:
                await self._app(scope, self._counted(receive, most), sending)
        except TimeoutError:
            if started:
                raise
            await _refuse(503, scope, receive, send)

    def _counted(self, receive: Receive, most: int) -> Receive:
        left = most
        until = asyncio.get_running_loop().time() + self._seconds
        whole = False

        async def receiving() -> Message:
            nonlocal left, whole
            if whole:  # what comes now is the end of the connection, and may take as long as it likes
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HttpError(408, CODES[408], headers={"connection": "close"}) from None
            left -= len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if left < 0:
                raise HttpError(413, CODES[413], headers={"connection": "close"})
            return message

        return receiving


def operation_of(scope: Scope) -> str:
    """Return the name of what was asked for: a word of ours, never a part of the request."""
    return str(scope.get("operation") or getattr(scope.get("endpoint"), "__name__", UNKNOWN))


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    # Closed, because what is still on its way would be taken for the next request.
    refusal = HttpError(status, CODES[status], headers={"connection": "close"})
    await render(refusal, Headers(scope=scope))(scope, receive, send)
