"""Small trees computed straight from the definition in RFC 6962, 2.1, to hold the library's shortcuts to."""

from __future__ import annotations

from collections.abc import Sequence

from myself_i2i.tlog import EMPTY_ROOT, HashReader, leaf_hash, node_hash


def entries(count: int) -> list[bytes]:
    """Different entries, the first one empty."""
    return [
        str(number).encode() * (number % 5) + bytes([number % 251]) * (number > 0) for number in range(count)
    ]


def defined_root(data: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not data:
        return EMPTY_ROOT
    if len(data) == 1:
        return leaf_hash(data[0])
    middle = 1
    while middle * 2 < len(data):
        middle *= 2
    return node_hash(defined_root(data[:middle]), defined_root(data[middle:]))


def reader_of(data: Sequence[bytes]) -> HashReader:
    """A reader that computes every subtree from the entries."""
    return lambda level, index: defined_root(data[index << level : (index + 1) << level])
