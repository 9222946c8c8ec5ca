"""Appending to the log: stage, compare-and-swap the checkpoint, publish.

1. *Stage.* In one transaction of the database the new entries get their places and the head is signed anew.
2. *Compare and swap.* The same transaction replaces the head only if it is the one that was read. Its commit is the
   moment at which the entries are in the log: before it, no trace of them is left by a crash; after it, they are
   published whatever happens.
3. *Publish.* Tiles are written as files, and last the checkpoint that names them.

Recovery is step 3, run again: it begins where the published checkpoint ends. So a crash between any two writes costs
nothing, and two servers on one database cannot show two views: there is one head, and both publish it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, insert, select, update

from myself_i2i.errors import RegistryError
from myself_i2i.registry.log.interface import Files
from myself_i2i.registry.log.publishing import CHECKPOINT, COSIGNED, publish
from myself_i2i.registry.store.database import reading, storing
from myself_i2i.registry.store.schema import LOG_ENTRY, LOG_HEAD
from myself_i2i.tlog import (
    HASH_SIZE,
    Checkpoint,
    Frontier,
    Note,
    NoteKey,
    Receipt,
    hash_reader,
    inclusion_proof,
    leaf_hash,
    pack_entries,
    sign_checkpoint,
)
from myself_i2i.tlog.tile import Tile
from myself_i2i.wording import Text

__all__ = ["Candidate", "Log", "Placed"]

ONLY: Final = 1
"""The id of the one row of `log_head`."""
ROWS: Final = 1024
"""Entries read from the database at once."""

Apply = Callable[[Connection, Sequence["Placed"]], None]
"""Called inside the transaction with the entries that are new, so other tables change with the log or not at all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be logged."""

    key: bytes
    """32 bytes that make a second try the same entry: the digest of what was sent."""
    entry: bytes
    """The entry, at most 65,535 bytes."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of the log."""

    index: int
    """Its place, from 0."""
    entry: bytes
    """Its bytes: those of the first try."""
    new: bool
    """Whether this call put it there."""


class Log:
    """One log. Safe in threads, and in any number of processes on one database and one place for files."""

    def __init__(self, engine: Engine, files: Files, *, origin: str, private: Ed25519PrivateKey) -> None:
        self._engine = engine
        self._files = files
        self._private = private
        self.key = NoteKey(origin, private.public_key().public_bytes_raw())
        """What checks this log's checkpoints."""

    @classmethod
    def open(cls, engine: Engine, files: Files, *, origin: str, private: Ed25519PrivateKey) -> Log:
        """Return the log, begun if it is new, with everything published that was committed.

        Raises `RegistryError` when the head in the database was signed by another key or origin, or when the published
        files show entries that the database does not have (an old copy was put back): going on would make a second view.
        """
        log = cls(engine, files, origin=origin, private=private)
        with storing(), engine.begin() as connection:
            if connection.execute(select(LOG_HEAD.c.id)).first() is None:
                empty = Frontier()
                connection.execute(
                    insert(LOG_HEAD).values(
                        id=ONLY, size=0, frontier=b"", checkpoint=log._signed(empty).to_bytes()
                    )
                )
        with storing(), reading(engine) as connection:
            log._head(connection)
        log.publish()
        return log

    def append(self, candidates: Sequence[Candidate], apply: Apply | None = None) -> list[Placed]:
        """Put all candidates into the log, or none; return each with its place, in order, once it is published.

        One whose key is there already keeps its old place and bytes. Raises `InputError` for an entry that no log takes,
        `RegistryError` when the database or the files refuse. In the latter case the entries may be in the log all the
        same, and a second try finds them: call again with the same keys.
        """
        pack_entries([candidate.entry for candidate in candidates])
        with storing(), self._engine.begin() as connection:
            placed = self._stage(connection, candidates, apply)
        self.publish()
        return placed

    def publish(self) -> Checkpoint:
        """Write everything to the files that is committed and not there yet; return the published head."""
        return publish(self._files, self.key, self._committed, self._rows)

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the entries from `start` to before `end`; fewer when the log is shorter."""
        for first in range(start, end, ROWS):
            rows = self._rows(first, min(first + ROWS, end))
            yield from (entry for _, entry in rows)

    def receipt(self, index: int) -> Receipt:
        """Return the proof that entry `index` stands under the published head; raises `InputError` when it does not.

        Once a head above it was cosigned the proof is of that one: it says the same, and witnesses say so too.
        """
        data = self._files.read(COSIGNED) or b""
        size = _size(data)
        if index >= size:
            data = self._files.read(CHECKPOINT) or b""
            size = _size(data)
        read = hash_reader(size, self.tile)
        return Receipt(index, inclusion_proof(index, size, read), data)

    def tile(self, tile: Tile) -> bytes:
        """Return the bytes of a tile as it was at some size; b"" when it was never published."""
        # A partial tile is dropped once it is full; the full one begins with the same hashes.
        data = self._files.read(tile.path) or self._files.read(Tile(tile.level, tile.index).path) or b""
        return data[: tile.width * HASH_SIZE]

    def _stage(
        self, connection: Connection, candidates: Sequence[Candidate], apply: Apply | None
    ) -> list[Placed]:
        old = self._head(connection, lock=True)
        known = self._known(connection, {candidate.key for candidate in candidates})
        fresh = {c.key: c.entry for c in candidates if c.key not in known}
        placed = [Placed(old.size + at, entry, new=True) for at, entry in enumerate(fresh.values())]
        if placed:
            self._swap(connection, old, old.grown(leaf_hash(one.entry) for one in placed))
            rows = [
                {"index": one.index, "key": key, "leaf": leaf_hash(one.entry), "entry": one.entry}
                for key, one in zip(fresh, placed, strict=True)
            ]
            connection.execute(insert(LOG_ENTRY), rows)
            if apply is not None:
                apply(connection, placed)
        found = known | dict(zip(fresh, placed, strict=True))
        return [found[candidate.key] for candidate in candidates]

    def _swap(self, connection: Connection, old: Frontier, new: Frontier) -> None:
        changed = connection.execute(
            update(LOG_HEAD)
            .where(LOG_HEAD.c.id == ONLY, LOG_HEAD.c.size == old.size)
            .values(size=new.size, frontier=new.to_bytes(), checkpoint=self._signed(new).to_bytes())
        )
        if changed.rowcount != 1:  # the lock makes this impossible; without a lock it would be a second view
            raise RegistryError(
                Text(en="another server moved the log's head", ja="別のサーバーがログの先頭を動かしました")
            )

    def _known(self, connection: Connection, keys: set[bytes]) -> dict[bytes, Placed]:
        rows = connection.execute(
            select(LOG_ENTRY.c.key, LOG_ENTRY.c.index, LOG_ENTRY.c.entry).where(LOG_ENTRY.c.key.in_(keys))
        )
        return {key: Placed(index, entry, new=False) for key, index, entry in rows}

    def _head(self, connection: Connection, *, lock: bool = False) -> Frontier:
        query = select(LOG_HEAD.c.size, LOG_HEAD.c.frontier, LOG_HEAD.c.checkpoint).where(
            LOG_HEAD.c.id == ONLY
        )
        row = connection.execute(query.with_for_update() if lock else query).one()
        frontier = Frontier.from_bytes(row.size, row.frontier)
        checkpoint = Checkpoint.parse(Note.parse(row.checkpoint).verify(self.key))
        if (checkpoint.size, checkpoint.root) != (frontier.size, frontier.root):
            raise RegistryError(
                Text(
                    en="the head of the log in the database does not fit its checkpoint",
                    ja="データベースにあるログの先頭が、チェックポイントと合いません",
                )
            )
        return frontier

    def _committed(self) -> Note:
        with storing(), reading(self._engine) as connection:
            return Note.parse(connection.execute(select(LOG_HEAD.c.checkpoint)).scalar_one())

    def _rows(self, start: int, end: int) -> list[tuple[bytes, bytes]]:
        """Leaf hash and entry of each place."""
        with storing(), reading(self._engine) as connection:
            rows = connection.execute(
                select(LOG_ENTRY.c.leaf, LOG_ENTRY.c.entry)
                .where(LOG_ENTRY.c.index >= start, LOG_ENTRY.c.index < end)
                .order_by(LOG_ENTRY.c.index)
            )
            return [(row.leaf, row.entry) for row in rows]

    def _signed(self, frontier: Frontier) -> Note:
        return sign_checkpoint(Checkpoint(self.key.name, frontier.size, frontier.root), self._private)


def _size(note: bytes) -> int:
    return Checkpoint.parse(Note.parse(note).text).size if note else 0
