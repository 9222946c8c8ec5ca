"""What every test of the log asks at the end: is there one log, whole, and everything acknowledged in it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from myself_i2i.registry.log import Candidate, Files, Placed
from myself_i2i.tlog import (
    Checkpoint,
    Frontier,
    NoteKey,
    Receipt,
    Tile,
    leaf_hash,
    open_checkpoint,
    replay,
)

Opener = Callable[[str], Engine]
"""Opens a database; see the fixture `opened`."""

ORIGIN = "log.example/one"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = NoteKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())


def candidate(entry: bytes) -> Candidate:
    """An entry whose key is its digest."""
    return Candidate(sha256(entry).digest(), entry)


def candidates(count: int, name: str = "entry") -> list[Candidate]:
    """Different entries."""
    return [candidate(f"{name} {number}".encode()) for number in range(count)]


def published(files: Files) -> tuple[Checkpoint, list[bytes]]:
    """The published head and its entries, with every tile computed again; assertion or error when anything is off."""
    head, _ = open_checkpoint(files.read("checkpoint") or b"", KEY)

    def fetch(tile: Tile) -> bytes:
        return files.read(tile.path) or b""

    return head, list(replay(head, fetch))


def check_log(files: Files, acknowledged: Iterable[Placed], seen: Iterable[Checkpoint] = ()) -> list[bytes]:
    """Return the published entries, all acknowledged ones in their places, every head ever seen a beginning of it."""
    _, entries = published(files)
    for placed in acknowledged:
        assert placed.entry == entries[placed.index]
    for older in seen:
        assert older.root == Frontier().grown(map(leaf_hash, entries[: older.size])).root
    return entries


def check_receipt(receipt: Receipt, placed: Placed) -> None:
    """The receipt holds offline, after being written and read."""
    assert placed.index == Receipt.parse(receipt.to_bytes()).verify(placed.entry, KEY).index
