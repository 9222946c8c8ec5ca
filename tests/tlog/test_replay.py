from __future__ import annotations

import pytest

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog import (
    ENTRIES,
    Checkpoint,
    Frontier,
    Tile,
    leaf_hash,
    node_hash,
    pack_entries,
    replay,
    tiles_of,
)


def published(entries: list[bytes]) -> dict[Tile, bytes]:
    """The files of a log, level by level from the definition."""
    files = {}
    row = [leaf_hash(entry) for entry in entries]
    for tile in tiles_of(len(entries)):
        part = slice(tile.index * 256, tile.index * 256 + tile.width)
        if tile.level == ENTRIES:
            files[tile] = pack_entries(entries[part])
            continue
        level_row = row
        for _ in range(8 * tile.level):
            whole = len(level_row) - len(level_row) % 2
            level_row = [node_hash(level_row[i], level_row[i + 1]) for i in range(0, whole, 2)]
        files[tile] = b"".join(level_row[part])
    return files


def head(entries: list[bytes]) -> Checkpoint:
    edge = Frontier().grown(map(leaf_hash, entries))
    return Checkpoint("log.example/one", edge.size, edge.root)


class TestReplay:
    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 700])
    def test_gives_every_entry(self, size: int) -> None:
        """A log that is as it says gives its entries in order, asking for each of its files once."""
        entries = [str(number).encode() for number in range(size)]
        files = published(entries)
        asked: list[Tile] = []

        def fetch(tile: Tile) -> bytes:
            asked.append(tile)
            return files[tile]

        assert entries == list(replay(head(entries), fetch))
        assert sorted(files) == sorted(asked)

    @pytest.mark.parametrize("size", [1, 256, 600])
    def test_sees_any_changed_tile(self, size: int) -> None:
        """A changed hash in any tile is found."""
        entries = [str(number).encode() for number in range(size)]
        files = published(entries)
        for tile in files:
            changed = files | {tile: files[tile][:-1] + bytes([files[tile][-1] ^ 1])}
            with pytest.raises((VerificationError, InputError)):
                list(replay(head(entries), changed.__getitem__))

    def test_sees_another_root(self) -> None:
        """Files that fit each other and not the signed root are refused."""
        entries = [b"one", b"two"]
        with pytest.raises(VerificationError, match="root that was signed"):
            list(replay(head([b"one", b"other"]), published(entries).__getitem__))
