"""Where rights are looked up: statements in memory, or in a ledger. Everything handed out is verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from myself_i2i.attestation import IMAGE_DATA, SHA256
from myself_i2i.errors import InputError
from myself_i2i.ledger import EntryKind
from myself_i2i.predicates import Signed, Withdrawal, read_signed

if TYPE_CHECKING:
    from datetime import datetime

    from myself_i2i.ledger import Entry, Ledger
    from myself_i2i.rights.interface import Statements

__all__ = ["LedgerStatements", "StatementSet", "withdrawal_of"]


class StatementSet:
    """Statements in memory: the envelopes that came with a file, say."""

    def __init__(self, signed: Iterable[Signed]) -> None:
        self._by_digest: dict[str, Signed] = {}
        self._about: defaultdict[tuple[str, str], list[Signed]] = defaultdict(list)
        for item in signed:
            name = item.envelope.digest
            if name in self._by_digest:
                continue
            self._by_digest[name] = item
            for algorithm in (SHA256, IMAGE_DATA):
                for digest in item.statement.digests(algorithm):
                    self._about[algorithm, digest].append(item)

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        """Return the statements with a subject of this digest, in the order given."""
        return tuple(self._about.get((algorithm, digest), ()))

    def get(self, digest: str) -> Signed | None:
        """Return the statement in the envelope with this digest, or None."""
        return self._by_digest.get(digest)


class LedgerStatements:
    """The statements of a ledger. The ledger stays the caller's to close."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        """Return the statements with a subject of this digest, oldest first."""
        look_up = {SHA256: self._ledger.by_sha256, IMAGE_DATA: self._ledger.by_image_data}.get(algorithm)
        found = map(self._signed, look_up(digest)) if look_up else ()
        return tuple(signed for signed in found if signed)

    def get(self, digest: str) -> Signed | None:
        """Return the statement in the envelope with this digest, or None."""
        entry = self._ledger.get(digest)
        return self._signed(entry) if entry and entry.kind is EntryKind.ENVELOPE else None

    def _signed(self, entry: Entry) -> Signed | None:
        """Verify again on the way out: the file may have been changed since. A type of a newer version is left out."""
        envelope = entry.envelope
        key = next(filter(None, map(self._ledger.public_key, envelope.keyids)), None)
        try:
            return read_signed(envelope, key)
        except InputError:
            return None


def withdrawal_of(statements: Statements, signed: Signed, *, at: datetime | None = None) -> Withdrawal | None:
    """Return the withdrawal of `signed` by its own signer that is in force `at` (None: any at all), else None.

    Matched by the signed bytes, not by the envelope's digest, which a stranger can change by adding a signature.
    """
    statement = signed.envelope.payload_digest
    for other in statements.about(SHA256, statement):
        withdrawal = other.predicate
        if not isinstance(withdrawal, Withdrawal) or withdrawal.statement != statement:
            continue
        # Only the same signer: otherwise anybody could take back an artist's permission, or a maker's record.
        if other.keyid == signed.keyid and (at is None or withdrawal.withdrawn_at <= at):
            return withdrawal
    return None
