"""The hash chain over the ledger's entries: pure bytes to digests. Format: spec/ledger.md.

Each entry's hash covers its place, kind, time, content and the entry before. Changing, moving or leaving out
any entry but the last ones changes every hash after it; a kept head (size and hash) covers the last ones too.
"""

from __future__ import annotations

import hashlib

__all__ = ["DOMAIN", "GENESIS", "entry_hash", "leaf_hash"]

DOMAIN = b"https://myself-i2i.org/ledger/v1\n"
"""First line of what is hashed: an entry's hash can never be mistaken for a hash of another format."""
GENESIS = bytes(32)
"""What stands before the first entry."""

_LEAF = b"\x00"


def leaf_hash(content: bytes) -> bytes:
    """Return the RFC 6962 leaf hash of `content`: what a public log computes for the same bytes."""
    return hashlib.sha256(_LEAF + content).digest()


def entry_hash(previous: bytes, position: int, kind: str, appended_at: str, content: bytes) -> bytes:
    """Return the hash of the entry at `position` (from 0) whose predecessor's hash is `previous`.

    Every part has a fixed length or carries its length, so no two different entries give the same bytes.
    """
    parts = (kind.encode("ascii"), appended_at.encode("ascii"))
    framed = b"".join(len(part).to_bytes(1) + part for part in parts)
    return hashlib.sha256(DOMAIN + previous + position.to_bytes(8) + framed + leaf_hash(content)).digest()
