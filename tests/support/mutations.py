"""Files as they break on their way, or are broken on purpose: the same ones on every run, from a seed."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ODD_LENGTHS = (0, 1, 7, 8, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
"""Numbers that a parser may trip over."""
_WORDS = (
    b"IDAT", b"IHDR", b"caBX", b"tEXt", b"iTXt", b"\xff\xe1", b"\xff\xeb", b"VP8L", b"VP8X", b"EXIF", b"XMP ", b"C2PA",
    b"ftyp", b"meta", b"iloc", b"iinf", b"mdat", b"uuid", b"jumb", b"jumd", b"cbor", b"json", b"c2ma",
)  # fmt: skip


def mutations(files: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` files, each one of `files` with one to three things wrong with it."""
    chance = random.Random(seed)  # noqa: S311 - the same files on every run
    for number in range(count):
        data = files[number % len(files)]
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            data = chance.choice(_KINDS)(data, files, chance)
        yield data


def _flip(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 32))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _drop(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 4, 100)) :]


def _splice(data: bytes, files: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(files)
    start = chance.randrange(len(other))
    part = other[start : start + chance.choice((8, 200, len(other)))]
    place = chance.randrange(len(data) + 1)
    return data[:place] + part + data[place:]


def _double(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    part = data[start : start + chance.choice((12, 400, 4000))]
    return data[: start + len(part)] + part + data[start + len(part) :]


def _length(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    """A length, or whatever four bytes stand beside a known word, made odd."""
    places = [place for word in _WORDS if (place := data.find(word)) >= 0] or [0]
    place = max(0, chance.choice(places) + chance.choice((-8, -4, 2, 4, 8, 16)))
    order = chance.choice("<>")
    return data[:place] + struct.pack(order + "I", chance.choice(ODD_LENGTHS)) + data[place + 4 :]


def _noise(data: bytes, _files: Sequence[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    noise = chance.randbytes(chance.choice((1, 16, 300)))
    return data[:place] + noise + data[place + len(noise) :]


_KINDS = (_flip, _flip, _cut, _drop, _splice, _double, _length, _length, _noise)
