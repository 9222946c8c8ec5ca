"""A small load generator: connections that ask, wait for the answer, and ask again; for `registry.py`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

import numpy as np
from registry_filling import codes_of, manifest_id, text_of

from myself_i2i.registry.api.bindings import PDQ64_NAME

__all__ = ["Load", "Run", "load_of"]

PLANTED = 20_000
FAR = 31
NOBODY = (0, 0)


@dataclass(frozen=True)
class Load:
    """What is asked, and what should be found."""

    codes: list[bytes]
    """The values."""
    planted: list[tuple[int, int]]
    """Of each, the number of the mark it was made of and how many bits were turned; `NOBODY` for those near nothing."""


def load_of(count: int) -> Load:
    """Return values to ask for, the same every time: stored codes with bits turned, and one in four near nothing."""
    codes, chance = codes_of(count), np.random.default_rng(9)
    asked, planted = [], []
    for at in range(PLANTED):
        number, turned = int(chance.integers(count)), int(chance.integers(FAR + 1))
        if at % 4 == 0:
            asked.append(chance.bytes(32))
            planted.append(NOBODY)
            continue
        bits = np.unpackbits(codes[number])
        bits[chance.choice(256, turned, replace=False)] ^= 1
        asked.append(np.packbits(bits).tobytes())
        planted.append((number + 1, turned))
    return Load(asked, planted)


class Asker(asyncio.Protocol):
    """One connection: asks, waits for the answer, asks again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._buffer = b""
        self._began = 0.0
        self._expected = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take in an answer, and ask again when it is whole."""
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        said = self._buffer[:head].lower()
        at = said.index(b"content-length:") + 15
        if len(self._buffer) < head + 4 + int(
            said[at : said.find(b"\r", at) if b"\r" in said[at:] else None]
        ):
            return
        self._run.answered(time.perf_counter() - self._began, self._buffer, self._expected)
        self._buffer = b""
        self._ask()

    def _ask(self) -> None:
        if time.perf_counter() > self._run.until:
            self._transport.close()
            self._run.ended()
            return
        self._expected, request = self._run.next()
        self._began = time.perf_counter()
        self._transport.write(request)


class Run:
    """Some seconds of asking one server."""

    def __init__(self, prefix: str, load: Load, seconds: float, connections: int) -> None:
        self._requests = [
            (manifest_id(number - 1).encode() if number else b"", _request(prefix, code))
            for code, (number, _) in zip(load.codes, load.planted, strict=True)
        ]
        self._turn = 0
        self._connections = connections
        self._seconds = seconds
        self.until = 0.0
        self.times: list[float] = []
        self.found = self.planted = self.failed = 0

    async def go(self, port: int) -> Run:
        """Ask until the time is over."""
        loop = asyncio.get_running_loop()
        self._left, self._done = self._connections, loop.create_future()
        self._from = time.perf_counter()
        self.until = self._from + self._seconds
        for _ in range(self._connections):
            await loop.create_connection(lambda: Asker(self), "127.0.0.1", port)
        await self._done
        return self

    def next(self) -> tuple[bytes, bytes]:
        """Return what should be found, and the request."""
        self._turn += 1
        return self._requests[self._turn % len(self._requests)]

    def answered(self, seconds: float, answer: bytes, expected: bytes) -> None:
        """Count one answer."""
        self.times.append(seconds)
        self.failed += not answer.startswith(b"HTTP/1.1 200 ")
        if expected:
            self.planted += 1
            self.found += expected in answer

    def ended(self) -> None:
        """One connection is done."""
        self._left -= 1
        if not self._left:
            self._done.set_result(None)


def _request(prefix: str, code: bytes) -> bytes:
    query = urlencode({"alg": PDQ64_NAME, "value": text_of(code)})
    return f"GET {prefix}/matches/byBinding?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()
