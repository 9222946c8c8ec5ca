"""Changing a file at a few places and leaving every other byte as it was."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Edit", "moved", "splice"]


class Edit(NamedTuple):
    """Put `new` in the place of the bytes from `start` to `end`."""

    start: int
    """First byte replaced; with `end` equal to it, `new` is put before that byte."""
    end: int
    """One past the last byte replaced."""
    new: bytes
    """What stands there afterwards."""


def splice(data: bytes, edits: list[Edit]) -> bytes:
    """Return `data` with all edits made; they MUST NOT overlap. Edits at one place keep their order."""
    pieces: list[bytes | memoryview] = []
    position, view = 0, memoryview(data)
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (view[position:start], new)
        position = end
    pieces.append(view[position:])
    return b"".join(pieces)


def moved(offset: int, edits: list[Edit]) -> int:
    """Return where the byte at `offset` (not itself replaced) stands after `edits`."""
    return offset + sum(len(new) - (end - start) for start, end, new in edits if end <= offset)
