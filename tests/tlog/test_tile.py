from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.tlog import (
    ENTRIES,
    Tile,
    hash_reader,
    leaf_hash,
    node_hash,
    pack_entries,
    root_hash,
    tiles_of,
    tiles_to_write,
    unpack_entries,
)

tiles = st.builds(Tile, st.integers(ENTRIES, 63), st.integers(0, 10**18), st.integers(1, 256))


def tile_bytes(leaves: list[bytes], tile: Tile) -> bytes:
    """A tile by the definition in c2sp.org/tlog-tiles."""
    span = 256**tile.level
    row = leaves
    for _ in range(tile.level * 8):
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - len(row) % 2, 2)]
    assert len(row) == len(leaves) // span
    return b"".join(row[tile.index * 256 : tile.index * 256 + tile.width])


class TestPath:
    @pytest.mark.parametrize(
        ("tile", "path"),
        [
            (Tile(0, 0), "tile/0/000"),
            (Tile(0, 1234067), "tile/0/x001/x234/067"),
            (Tile(63, 999, 255), "tile/63/999.p/255"),
            (Tile(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
        ],
    )
    def test_is_the_specifications(self, tile: Tile, path: str) -> None:
        """Tiles stand where c2sp.org/tlog-tiles puts them."""
        assert (path, tile) == (tile.path, Tile.parse(path))

    @given(tiles)
    def test_what_is_written_is_read_back(self, tile: Tile) -> None:
        """Every place comes back as it was."""
        assert tile == Tile.parse(tile.path)

    @pytest.mark.parametrize(
        "path",
        [
            "tile/00/000",
            "tile/64/000",
            "tile/0/x000/000",
            "tile/0/0",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/../000",
            "/tile/0/000",
            "tile/0/０００",
            "tile/0/000\n",
            "tile/" + "x001/" * 400 + "000",
        ],
    )
    def test_refuses_another_spelling(self, path: str) -> None:
        """A path that would not be written so is refused, so no two paths name one tile and none leaves the folder."""
        with pytest.raises(InputError, match="not a tile"):
            Tile.parse(path)


class TestTiles:
    def test_is_the_specifications_example(self) -> None:
        """A log of 70,000 entries has exactly the tiles that c2sp.org/tlog-tiles counts."""
        found = [tile for tile in tiles_of(70_000) if tile.level != ENTRIES]
        counts = {
            (level, tile_width): sum(t.level == level and t.width == tile_width for t in found)
            for level, tile_width in {(t.level, t.width) for t in found}
        }
        assert counts == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}

    def test_a_full_tile_makes_one_hash_above(self) -> None:
        """A log of 256 entries has a full tile at level 0 and one hash at level 1."""
        assert [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)] == list(tiles_of(256))

    @given(st.integers(0, 3000), st.integers(0, 3000))
    def test_growing_writes_what_is_new_and_no_more(self, one: int, two: int) -> None:
        """What a log has after growing is what it had, and what growing wrote."""
        old, new = sorted((one, two))
        written = set(tiles_to_write(old, new))
        assert set(tiles_of(new)) <= set(tiles_of(old)) | written
        assert not written & set(tiles_of(old))


class TestHashReader:
    @pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 600, 65_536, 65_800])
    def test_reads_every_root_from_tiles(self, size: int) -> None:
        """The root that comes of the tiles is the root of the entries."""
        leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
        row, read = leaves, hash_reader(size, lambda tile: tile_bytes(leaves, tile))
        rows = [row]
        while len(row) > 1:
            row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - len(row) % 2, 2)]
            rows.append(row)
        assert root_hash(size, lambda level, index: rows[level][index]) == root_hash(size, read)

    def test_each_tile_is_asked_for_once(self) -> None:
        """Reading two hashes of one tile fetches it once."""
        asked: list[Tile] = []

        def fetch(tile: Tile) -> bytes:
            asked.append(tile)
            return bytes(32 * tile.width)

        read = hash_reader(300, fetch)
        read(0, 1)
        read(3, 2)
        assert [Tile(0, 0)] == asked

    @pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0)])
    def test_no_hash_outside_the_log(self, level: int, index: int) -> None:
        """A subtree that is not whole in the log has no hash."""
        with pytest.raises(InputError, match="not a tile"):
            hash_reader(300, lambda tile: bytes(32 * tile.width))(level, index)

    def test_a_cut_off_tile_is_refused(self) -> None:
        """A tile of another length than its width says is refused by name."""
        with pytest.raises(InputError, match=r"tile/0/000\.p/3 has 95 bytes"):
            hash_reader(3, lambda _: bytes(95))(0, 0)


class TestEntries:
    @given(st.lists(st.binary(max_size=300), max_size=10))
    def test_what_is_packed_is_unpacked(self, entries: list[bytes]) -> None:
        """A bundle gives its entries back, empty ones included."""
        assert tuple(entries) == unpack_entries(pack_entries(entries), len(entries))

    @given(st.binary(max_size=40), st.integers(0, 4))
    def test_strangers_bytes_raise_only_our_error(self, data: bytes, width: int) -> None:
        """Bytes are a bundle, packed the same again, or an InputError."""
        try:
            entries = unpack_entries(data, width)
        except InputError:
            return
        assert data == pack_entries(entries)

    @pytest.mark.parametrize(
        ("bundle", "width"), [(b"", 1), (b"\0", 1), (b"\0\1", 1), (b"\0\0\0\0", 1), (b"\0\0", 0)]
    )
    def test_refuses_another_number(self, bundle: bytes, width: int) -> None:
        """More, fewer or half entries are refused."""
        with pytest.raises(InputError, match="whole entries"):
            unpack_entries(bundle, width)

    def test_refuses_an_entry_that_no_log_takes(self) -> None:
        """An entry of 64 KiB does not fit a bundle and is refused before anything is written."""
        assert len(pack_entries([bytes(65_535)])) == 65_537
        with pytest.raises(InputError, match="65,536 bytes"):
            pack_entries([bytes(65_536)])
