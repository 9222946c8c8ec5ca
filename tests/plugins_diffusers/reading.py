"""What stands in a ledger."""

from __future__ import annotations

import hashlib
from pathlib import Path

from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates import Generation, read_predicate


def sha256(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def records(home: Path) -> dict[str, Generation]:
    """Every record by its picture's file name; each signature is verified."""
    found: dict[str, Generation] = {}
    with Ledger.open(ledger_path(home), create=False) as ledger:
        ledger.verify()
        for entry in ledger.by_predicate_type(Generation.PREDICATE_TYPE):
            key = ledger.public_key(entry.envelope.keyids[0])
            assert key is not None
            statement = entry.envelope.verify(key)
            said = read_predicate(statement)
            assert isinstance(said, Generation)
            found[statement.subjects[0].name or ""] = said
    return found
