"""A log as others see it: its files, from an address or a folder, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Protocol

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog import ENTRIES, HASH_SIZE, WIDTH, Checkpoint, Tile, pack_entries, replay, unpack_entries
from myself_i2i.wording import Text

__all__ = ["PublishedLog", "Source"]


class Source(Protocol):
    """Where a log's files lie."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of `checkpoint` or a tile, None when there is no such file.

        MUST bound what it reads: the largest file, a bundle of 256 entries, has 16,777,472 bytes.
        """
        ...


class PublishedLog:
    """The entries of a log under one verified head."""

    def __init__(self, source: Source, head: Checkpoint) -> None:
        """`head` MUST have been verified."""
        self.head = head
        """The head."""
        self._source = source
        self._digests: list[bytes] = []
        """The sha256 of each bundle, as the first reading saw it: 32 bytes for 256 entries."""

    def replay(self, seen: Callable[[int], None]) -> Iterator[bytes]:
        """Yield every entry; the end is reached only if every tile and the root are what the entries make.

        `seen` is told how many were read. Raises `VerificationError` as soon as something does not fit, `InputError` for a
        file that is missing or none of a log's.
        """
        self._digests = []
        for index, entry in enumerate(replay(self.head, self._fetch)):
            if index % WIDTH == 0:
                seen(index)
            yield entry
        seen(self.head.size)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Yield entries again, after `replay` went through all of them; raises `VerificationError` if they changed since."""
        for first in range(start - start % WIDTH, end, WIDTH):
            tile = Tile(ENTRIES, first // WIDTH, min(WIDTH, self.head.size - first))
            bundle = self._file(tile)
            if hashlib.sha256(bundle).digest() != self._digests[tile.index]:
                raise VerificationError(_CHANGED.format(path=tile.path))
            entries = unpack_entries(bundle, tile.width)
            yield from entries[max(start - first, 0) : end - first]

    def _fetch(self, tile: Tile) -> bytes:
        data = self._file(tile)
        if tile.level == ENTRIES:
            self._digests.append(hashlib.sha256(data).digest())
        return data

    def _file(self, tile: Tile) -> bytes:
        data = self._source.read(tile.path)
        if data is None and tile.width < WIDTH:
            # The log grew since its head was read: the partial tile went, and the full one begins with it.
            data = _beginning(self._source.read(Tile(tile.level, tile.index).path), tile)
        if data is None:
            raise InputError(_MISSING.format(path=tile.path))
        return data


def _beginning(full: bytes | None, tile: Tile) -> bytes | None:
    if full is None or tile.level != ENTRIES:
        return full and full[: tile.width * HASH_SIZE]
    return pack_entries(unpack_entries(full, WIDTH)[: tile.width])


_MISSING = Text(en="the log's file {path} is missing", ja="ログのファイル {path} がありません")
_CHANGED = Text(
    en="the log's file {path} is another one than a moment ago",
    ja="ログのファイル {path} が、先ほどと違うものになっています",
)
