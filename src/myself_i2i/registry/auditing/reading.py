"""A log as others see it: its files, from an address or a folder, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from myself_i2i.client.auditing import Source, read_tile
from myself_i2i.errors import VerificationError
from myself_i2i.tlog import ENTRIES, WIDTH, Checkpoint, Tile, replay, unpack_entries
from myself_i2i.wording import Text

__all__ = ["PublishedLog"]


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
            bundle = read_tile(self._source, tile)
            if hashlib.sha256(bundle).digest() != self._digests[tile.index]:
                raise VerificationError(_CHANGED.format(path=tile.path))
            entries = unpack_entries(bundle, tile.width)
            yield from entries[max(start - first, 0) : end - first]

    def _fetch(self, tile: Tile) -> bytes:
        data = read_tile(self._source, tile)
        if tile.level == ENTRIES:
            self._digests.append(hashlib.sha256(data).digest())
        return data


_CHANGED = Text(
    en="the log's file {path} is another one than a moment ago",
    ja="ログのファイル {path} が、先ほどと違うものになっています",
)
