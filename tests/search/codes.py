"""Records and queries for tests of indexes: kinds, codes far apart, codes a known number of bits from another."""

import random
from collections.abc import Iterable

from myself_i2i.search.interface import Kind, Query, Record

PLAIN = Kind("plain_v1")
SHORT = Kind("short_v1", bits=64, radius=8)
VECTOR = Kind("vector_v1", radius=48, payload=16)
KINDS = (PLAIN, SHORT, VECTOR)


def chance(seed: int) -> random.Random:
    """Return the source of what looks like chance and is the same every time."""
    return random.Random(seed)  # noqa: S311  # reproducible data, no secrets


def code(seed: int, bits: int = 256) -> bytes:
    """Return a code like any other: two of them are about bits/2 apart."""
    return chance(seed).randbytes(bits // 8)


def flipped(original: bytes, places: Iterable[int]) -> bytes:
    """Return the code with the bits at these places turned over."""
    value = int.from_bytes(original)
    for place in places:
        value ^= 1 << place
    return value.to_bytes(len(original))


def away(original: bytes, distance: int, seed: int = 0) -> bytes:
    """Return a code exactly `distance` bits from `original`."""
    return flipped(original, chance(seed).sample(range(8 * len(original)), distance))


def plain(id_: str, value: bytes) -> Record:
    """Return a record of the kind without payload."""
    return Record(id_, PLAIN.name, value)


def crowd(count: int, seed: int = 1) -> list[Record]:
    """Return `count` records with unrelated codes, in no order of ids."""
    dice = chance(seed)
    return [plain(f"{dice.randrange(10**12):012}-{at}", dice.randbytes(32)) for at in range(count)]


def vector(id_: str, seed: int) -> Record:
    """Return a record of the kind with a payload."""
    dice = chance(seed)
    return Record(id_, VECTOR.name, dice.randbytes(32), dice.randbytes(VECTOR.payload))


def ask(value: bytes) -> list[Query]:
    """Return one question, as `search` takes them."""
    return [Query(value)]
