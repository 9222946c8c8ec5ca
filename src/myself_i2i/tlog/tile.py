"""A log as plain files: tiles of hashes and bundles of entries (c2sp.org/tlog-tiles).

A tile is 256 hashes wide and eight levels of the tree high. Full tiles never change, so any web server can serve
them; the last of each level is partial and named after its width.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from myself_i2i.errors import InputError
from myself_i2i.tlog.merkle import HASH_SIZE, HashReader, node_hash
from myself_i2i.wording import Text

__all__ = [
    "ENTRIES",
    "HEIGHT",
    "MOST_ENTRY_BYTES",
    "WIDTH",
    "Tile",
    "hash_reader",
    "pack_entries",
    "subtree_hash",
    "tiles_of",
    "tiles_to_write",
    "unpack_entries",
]

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
MOST_LEVELS: Final = 64
MOST_ENTRY_BYTES: Final = (1 << 16) - 1
ENTRIES: Final = -1
"""The level of a bundle of entries."""

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The place of a tile, or of a bundle of entries."""

    level: int
    """0..63: hashes over 256**level entries each; `ENTRIES` for the entries themselves."""
    index: int
    """Which of its level, from 0."""
    width: int = WIDTH
    """1..256 hashes or entries; 256 is a full one."""

    def __post_init__(self) -> None:
        if not (ENTRIES <= self.level < MOST_LEVELS and self.index >= 0 and 1 <= self.width <= WIDTH):
            raise _no_tile(self)

    @property
    def path(self) -> str:
        """Where it is served, below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read a path; raises `InputError` unless `path` would be written so again."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise _no_tile(path)
        level, groups, width = match.groups()
        tile = cls(
            ENTRIES if level == "entries" else int(level),
            int(groups.replace("x", "").replace("/", "")),
            int(width or WIDTH),
        )
        if tile.path != path:
            raise _no_tile(path)
        return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile and bundle of a log of `size` entries."""
    yield from tiles_to_write(0, size)


def tiles_to_write(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles and bundles that a log needs when it grows from `old` to `new` entries; bundles come first."""
    level, before, after = ENTRIES, old, new
    while after:
        for index in range(before // WIDTH, -(-after // WIDTH)):
            width = min(WIDTH, after - index * WIDTH)
            if index * WIDTH + width > before:
                yield Tile(level, index, width)
        if level != ENTRIES:
            before, after = before // WIDTH, after // WIDTH
        level += 1


def hash_reader(size: int, fetch: Callable[[Tile], bytes]) -> HashReader:
    """Return a reader of subtree hashes over the tiles of a log of `size` entries.

    `fetch` returns a tile's bytes; each tile is asked for once. The tiles are not verified: compare the root that comes
    of them with a checkpoint. The reader raises `InputError` for a tile of another length than its width says.
    """
    kept: dict[Tile, bytes] = {}

    def read(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        tile_index = first // WIDTH
        width = min(WIDTH, (size >> (HEIGHT * tile_level)) - tile_index * WIDTH)
        tile = Tile(tile_level, tile_index, width)
        if tile not in kept:
            kept[tile] = _checked(tile, fetch(tile))
        start = (first - tile_index * WIDTH) * HASH_SIZE
        part = kept[tile][start : start + (HASH_SIZE << height)]
        if len(part) != HASH_SIZE << height:
            raise _no_tile((level, index))
        return subtree_hash(part)

    return read


def subtree_hash(hashes: bytes) -> bytes:
    """Return the hash over neighbouring hashes, one after the other; their number MUST be a power of two."""
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle: each entry behind its length as two bytes; raises `InputError` for one too long."""
    for entry in entries:
        if len(entry) > MOST_ENTRY_BYTES:
            raise InputError(
                Text(
                    en="the entry has {size:,} bytes; a log takes at most {most:,}",
                    ja="記載が {size:,} バイトあります（ログの上限は {most:,}）",
                ).format(size=len(entry), most=MOST_ENTRY_BYTES)
            )
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unpack_entries(bundle: bytes, width: int) -> tuple[bytes, ...]:
    """Return the `width` entries of a bundle; raises `InputError` when it holds more, fewer, or is cut off."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle) and len(entries) < width:
        if at + 2 > len(bundle):
            break
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle):
            break
        entries.append(bundle[at + 2 : end])
        at = end
    if at != len(bundle) or len(entries) != width:
        raise InputError(
            Text(
                en="the bundle does not hold {width} whole entries",
                ja="束に {width} 件の記載がそろっていません",
            ).format(width=width)
        )
    return tuple(entries)


def _checked(tile: Tile, data: bytes) -> bytes:
    if len(data) != tile.width * HASH_SIZE:
        raise InputError(
            Text(
                en="the tile {path} has {got} bytes, wanted {wanted}",
                ja="タイル {path} は {got} バイトです（{wanted} バイトのはずです）",
            ).format(path=tile.path, got=len(data), wanted=tile.width * HASH_SIZE)
        )
    return data


def _no_tile(what: object) -> InputError:
    return InputError(
        Text(en="not a tile of a log: {what}", ja="ログのタイルではありません：{what}").format(
            what=repr(what)[:120]
        )
    )
