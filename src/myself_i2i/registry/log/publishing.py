"""From what is committed to files: bundles of entries, tiles of hashes, and last the checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from myself_i2i.errors import RegistryError
from myself_i2i.registry.log.interface import Files
from myself_i2i.tlog import (
    ENTRIES,
    WIDTH,
    Checkpoint,
    Note,
    NoteKey,
    Tile,
    hash_reader,
    pack_entries,
    root_hash,
    tiles_to_write,
)
from myself_i2i.tlog.tile import subtree_hash
from myself_i2i.wording import Text

__all__ = ["CHECKPOINT", "COSIGNED", "publish"]

CHECKPOINT: Final = "checkpoint"
COSIGNED: Final = "checkpoint.cosigned"
"""The newest head that a witness cosigned, with its cosignatures; absent until one did."""

Rows = Callable[[int, int], Sequence[tuple[bytes, bytes]]]
"""`rows(start, end)`: leaf hash and entry of each place, from the database."""


def publish(files: Files, key: NoteKey, committed: Callable[[], Note], rows: Rows) -> Checkpoint:
    """Write what is committed and not in `files` yet; return the head that is published afterwards.

    Every write repeats what an interrupted run wrote, byte for byte, so it may stop anywhere. Raises `RegistryError`
    when `files` show what the database does not have; nothing is written then.
    """
    with files.publishing():
        # Read inside the lock: a slower process must not put an older head in place of a newer one.
        note = committed()
        head = Checkpoint.parse(note.text)
        shown = _shown(files, key)
        if shown.size == head.size and shown.root == head.root:
            if files.read(CHECKPOINT) is None:
                files.write(CHECKPOINT, note.to_bytes())
            return head
        _refuse_another_view(files, shown, head, rows)
        tiles = list(tiles_to_write(shown.size, head.size))
        for tile in tiles:
            files.write(tile.path, _made(files, tile, rows))
        _refuse_a_wrong_root(files, head)
        files.write(CHECKPOINT, note.to_bytes())
        for tile in tiles:
            if tile.width == WIDTH:
                files.drop_partials(tile.path)
        return head


def _shown(files: Files, key: NoteKey) -> Checkpoint:
    data = files.read(CHECKPOINT)
    if data is None:
        return Checkpoint(key.name, 0, root_hash(0, hash_reader(0, lambda _: b"")))
    return Checkpoint.parse(Note.parse(data).verify(key))


def _refuse_another_view(files: Files, shown: Checkpoint, head: Checkpoint, rows: Rows) -> None:
    """Stop before a second view exists: the database was put back from a copy, or belongs to another log."""
    same = shown.size < head.size
    if same and shown.size:
        last = Tile(0, (shown.size - 1) // WIDTH, (shown.size - 1) % WIDTH + 1)
        start = last.index * WIDTH
        leaves = b"".join(leaf for leaf, _ in rows(start, start + last.width))
        same = files.read(last.path) == leaves
    if not same:
        raise RegistryError(
            Text(
                en="the published log of {shown} entries is not the beginning of the database's log of {size}",
                ja="公開済みのログ（{shown} 件）が、データベースのログ（{size} 件）の先頭と一致しません",
            ).format(shown=shown.size, size=head.size),
            hint=Text(
                en="put the newest copy of the database back; entries must never be taken from a published log",
                ja="データベースを最新の控えに戻してください。公開済みのログから記載を除くことはできません",
            ),
        )


def _made(files: Files, tile: Tile, rows: Rows) -> bytes:
    if tile.level in {ENTRIES, 0}:
        start = tile.index * WIDTH
        found = rows(start, start + tile.width)
        if tile.level == 0:
            return b"".join(leaf for leaf, _ in found)
        return pack_entries([entry for _, entry in found])
    # Each hash is the root of a full tile below, which stands already: tiles come from the bottom up.
    below = [Tile(tile.level - 1, tile.index * WIDTH + at) for at in range(tile.width)]
    return b"".join(subtree_hash(files.read(one.path) or b"") for one in below)


def _refuse_a_wrong_root(files: Files, head: Checkpoint) -> None:
    read = hash_reader(head.size, lambda tile: files.read(tile.path) or b"")
    if root_hash(head.size, read) != head.root:
        raise RegistryError(
            Text(
                en="the tiles of {size} entries do not give the root that was signed",
                ja="{size} 件のタイルから、署名された根が得られません",
            ).format(size=head.size)
        )
