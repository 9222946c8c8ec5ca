from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from myself_i2i.registry.api import Handler, create_app
from myself_i2i.registry.api.logs import LOGGER, JsonFormatter
from myself_i2i.registry.api.middleware import Bounded
from tests.registry.api.client import Client
from tests.registry.api.served import Served

BINDING = "/matches/byBinding"


async def slow_body() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.sleep(3)
    yield b"}"


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 10_000


def without_end(served: Served, path: str, handler: Handler) -> Starlette:
    """An app over the shared registry, which it never closes, with a handler of the test's own."""
    return create_app(served.registry, extra_routes=[Route(path, handler)])


def ask(app: ASGIApp, path: str) -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    return asyncio.run(asking())


class TestRated:
    def test_share(self, fresh: Client) -> None:
        """An address that had its share is told when to come again; health is answered all the same."""
        statuses = [fresh.get("/checkpoint").status_code for _ in range(21)]
        answer = fresh.get("/checkpoint")
        assert [200] * 20 + [429] == statuses
        assert (429, "3") == (answer.status_code, answer.headers["retry-after"])
        assert {"en", "ja"} == set(answer.json()["error"]["message"])
        assert 200 == fresh.get("/healthz").status_code

    def test_dear(self, fresh: Client) -> None:
        """A picture takes ten times as much of the share, whatever it is."""
        kind = {"content-type": "image/tiff"}
        statuses = [fresh.post("/matches/byContent", content=b"", headers=kind).status_code for _ in range(3)]
        assert [415, 415, 429] == statuses


class TestBounded:
    def test_told_length(self, fresh: Client) -> None:
        """A body that says it is too large is refused before it comes."""
        answer = fresh.post(
            "/matches/byContent", content=b"x" * 50_001, headers={"content-type": "image/png"}
        )
        assert (413, "close") == (answer.status_code, answer.headers["connection"])

    def test_untold_length(self, fresh: Client) -> None:
        """A body without end is cut off where the bound is."""
        answer = fresh.post(BINDING, content=endless(), headers={"content-type": "application/json"})
        assert 413 == answer.status_code

    def test_wrong_length(self, fresh: Client) -> None:
        """A length that is no number is refused."""
        answer = fresh.post(BINDING, content=b"{}", headers={"content-length": "-1"})
        assert 413 == answer.status_code

    def test_body_on_get(self, fresh: Client) -> None:
        """Where no body is wanted, none is taken."""
        assert 413 == fresh.request("GET", "/checkpoint", content=b"x" * 5_000).status_code

    def test_slow_body(self, fresh: Client) -> None:
        """A body that does not come in time is given up."""
        answer = fresh.post(BINDING, content=slow_body(), headers={"content-type": "application/json"})
        assert 408 == answer.status_code

    def test_slow_answer(self, served: Served) -> None:
        """An answer that takes too long is a 503, and says when to try again."""

        async def sleeping(_request: Request) -> Response:
            await asyncio.sleep(30)
            raise AssertionError

        hurried = Bounded(without_end(served, "/sleep", sleeping), most={}, otherwise=0, seconds=0.05)
        answer = ask(hurried, "/sleep")
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])


class TestObserved:
    def test_headers(self, served: Served) -> None:
        """Every answer has a number of its own and says what a browser may do with it."""
        answers = [served.client.get(path) for path in ("/checkpoint", "/nowhere")]
        assert 2 == len({one.headers["x-request-id"] for one in answers})
        assert {"nosniff"} == {one.headers["x-content-type-options"] for one in answers}
        assert all("default-src 'none'" in one.headers["content-security-policy"] for one in answers)

    def test_log(self, served: Served, caplog: pytest.LogCaptureFixture) -> None:
        """A line a request, with the operation's name: no address, no path, no query, no key."""
        keyid = served.picture.maker.keyid
        with caplog.at_level(logging.INFO, LOGGER.name):
            served.client.get(f"/makers/{keyid}", params={"secret": "value"})
        (line,) = [JsonFormatter().format(record) for record in caplog.records]
        told = json.loads(line)
        assert {"at", "level", "event", "request", "operation", "status", "ms"} == set(told)
        assert ("getMaker", 200) == (told["operation"], told["status"])
        assert not any(word in line for word in (keyid, "192.0.2", "secret", "makers"))

    def test_failure(self, served: Served, caplog: pytest.LogCaptureFixture) -> None:
        """What nobody thought of is a 500 that tells nothing, and a line with the type and the places only."""

        async def failing(_request: Request) -> Response:
            message = "what the client sent"
            raise RuntimeError(message)

        answer = ask(without_end(served, "/fail", failing), "/fail")
        assert (500, False) == (answer.status_code, "sent" in answer.text)
        (line,) = [
            JsonFormatter().format(record) for record in caplog.records if record.getMessage() == "failed"
        ]
        assert ("RuntimeError", False) == (json.loads(line)["error"], "sent" in line)
        assert "failing" in line

    def test_broken_off(self, served: Served) -> None:
        """An answer that fails half-way is broken off: an end would look like the whole."""

        async def half() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError

        async def failing(_request: Request) -> Response:
            return StreamingResponse(half())

        assert "half" == ask(without_end(served, "/half", failing), "/half").text


class TestErrors:
    def test_language(self, served: Served) -> None:
        """Who wants text gets it in their language; who wants JSON gets both."""
        told = [
            served.client.get("/s/x", headers={"accept": accept, "accept-language": "ja,en;q=0.5"})
            for accept in ("text/plain", "text/html", "application/json")
        ]
        assert ["この名前の記録はありません\n"] * 2 == [one.text for one in told[:2]]
        assert ["ja", "ja", None] == [one.headers.get("content-language") for one in told]
        assert {"en", "ja"} == set(told[2].json()["error"]["message"])

    def test_method(self, served: Served) -> None:
        """A method that a path does not take is a 405 that names those it takes."""
        answer = served.client.request("PUT", BINDING)
        assert (405, {"GET", "HEAD", "POST"}) == (
            answer.status_code,
            set(answer.headers["allow"].split(", ")),
        )

    def test_elsewhere(self, served: Served) -> None:
        """A script of any other page may ask, without anybody's cookies."""
        headers = {"origin": "https://example.org", "access-control-request-method": "POST"}
        answer = served.client.request("OPTIONS", BINDING, headers=headers)
        assert (200, "*") == (answer.status_code, answer.headers["access-control-allow-origin"])
        assert "access-control-allow-credentials" not in answer.headers
