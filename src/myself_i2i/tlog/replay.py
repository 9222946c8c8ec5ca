"""Replaying a log from its files alone: every entry, every tile and the root are computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from myself_i2i.errors import VerificationError
from myself_i2i.tlog.checkpoint import Checkpoint
from myself_i2i.tlog.frontier import Frontier
from myself_i2i.tlog.merkle import leaf_hash
from myself_i2i.tlog.tile import ENTRIES, WIDTH, Tile, subtree_hash, unpack_entries
from myself_i2i.wording import Text

__all__ = ["replay"]


def replay(checkpoint: Checkpoint, fetch: Callable[[Tile], bytes]) -> Iterator[bytes]:
    """Yield the entries of a log in order; the end is reached only if everything fits the checkpoint.

    The checkpoint MUST have been verified. `fetch` gives the bytes of a tile or a bundle; each is asked for once, and
    every tile that the log has at this size is. The caller MUST NOT believe the entries before the last one was given.
    Raises `VerificationError` at the first tile that is not what the entries make, or when the root is another;
    `InputError` for a bundle that is none.
    """
    frontier = Frontier()
    rows: list[list[bytes]] = []
    for start in range(0, checkpoint.size, WIDTH):
        width = min(WIDTH, checkpoint.size - start)
        entries = unpack_entries(fetch(Tile(ENTRIES, start // WIDTH, width)), width)
        leaves = [leaf_hash(entry) for entry in entries]
        frontier = frontier.grown(leaves)
        _add(rows, 0, start // WIDTH, leaves, fetch)
        yield from entries
    for level, row in enumerate(rows):
        if row:
            _check(Tile(level, checkpoint.size // WIDTH ** (level + 1), len(row)), row, fetch)
    if frontier.root != checkpoint.root:
        raise VerificationError(
            Text(
                en="the {size} entries do not give the root that was signed",
                ja="{size} 件の記載から、署名された根が得られません",
            ).format(size=checkpoint.size)
        )


def _add(
    rows: list[list[bytes]], level: int, index: int, hashes: list[bytes], fetch: Callable[[Tile], bytes]
) -> None:
    """Put hashes behind the unfinished row of a level; a row that is full is checked and makes one hash above."""
    if level == len(rows):
        rows.append([])
    rows[level] += hashes
    if len(rows[level]) == WIDTH:
        _check(Tile(level, index), rows[level], fetch)
        above = [subtree_hash(b"".join(rows[level]))]
        rows[level] = []
        _add(rows, level + 1, index // WIDTH, above, fetch)


def _check(tile: Tile, row: list[bytes], fetch: Callable[[Tile], bytes]) -> None:
    if fetch(tile) != b"".join(row):
        raise VerificationError(
            Text(
                en="the tile {path} is not what the entries make",
                ja="タイル {path} が、記載から計算したものと違います",
            ).format(path=tile.path)
        )
