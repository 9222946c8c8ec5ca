"""Pictures that are broken in every way, sent to be looked up by their content."""

from __future__ import annotations

import asyncio
import io
import os
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from myself_i2i.registry.api import create_app
from tests.registry.api.client import Client
from tests.registry.api.served import PLENTY, contents
from tests.registry.support import made, open_registry, painting, publish

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF"}
GROWTH = 96 * 2**20
"""Bytes by which this process and those below it may grow: allocators keep some of what they had."""


def saved(form: str) -> bytes:
    out = io.BytesIO()
    painting(3, 128).save(out, form)
    return out.getvalue()


def broken(count: int) -> list[tuple[str, bytes]]:
    """Good files with bits turned over, bytes cut out or doubled, ends cut off; the same every time."""
    chance = random.Random(5)  # noqa: S311 - to be the same every time
    good = {kind: saved(form) for kind, form in FORMATS.items()}
    made_: list[tuple[str, bytes]] = [("image/png", bomb()), ("image/png", wide()), ("image/jpeg", b"")]
    while len(made_) < count:
        kind = chance.choice(list(good))
        data = bytearray(good[kind])
        for _ in range(chance.choice([1, 1, 3, 20])):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] ^= 1 << chance.randrange(8)
                case 1:
                    del data[at : at + chance.randrange(1, 200)]
                case 2:
                    data[at:at] = data[at : at + chance.randrange(1, 200)]
                case _:
                    data[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff"])
            if not data:
                break
        made_.append((kind, bytes(data)))
    return made_


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A small PNG of 400 million pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(50_020_000))) + chunk(b"IEND", b"")
    )


def wide() -> bytes:
    """A PNG of one row."""
    out = io.BytesIO()
    Image.new("L", (100_000, 1)).save(out, "PNG")
    return out.getvalue()


def memory() -> int:
    """What this process and all below it have in memory."""
    total = 0
    pids = [os.getpid()]
    while pids:
        pid = pids.pop()
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total


class TestBrokenPictures:
    @pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.slow)])
    def test_nothing_happens(self, tmp_path: Path, count: int) -> None:
        """No broken picture is a 5xx, leaves anything behind, or makes the service grow."""
        registry = open_registry(tmp_path, per_address_per_minute=PLENTY)
        publish(registry, made())
        before = contents(tmp_path)
        pictures = broken(count)
        with Client(create_app(registry)) as client:

            async def ask(kind: str, data: bytes) -> int:
                answer = await client.asked.post(
                    "/matches/byContent", content=data, headers={"content-type": kind}
                )
                return answer.status_code

            async def ask_all(some: list[tuple[str, bytes]]) -> list[int]:
                return [
                    status
                    for at in range(0, len(some), 4)
                    for status in await asyncio.gather(*(ask(*one) for one in some[at : at + 4]))
                ]

            statuses = client.run(ask_all(pictures[:40]))
            held = memory()
            statuses += client.run(ask_all(pictures[40:]))
            grown = memory() - held
            assert before == contents(tmp_path)
        assert (len(pictures), {200, 400, 413}) == (len(statuses), set(statuses))
        assert 413 == statuses[0]
        assert grown < GROWTH
