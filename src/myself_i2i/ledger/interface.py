"""The ledger's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from myself_i2i.attestation import Envelope, PublicKey

__all__ = ["Entry", "EntryKind", "Head", "Imported", "LedgerReport"]


class EntryKind(StrEnum):
    """What an entry holds."""

    KEY = "key"
    """A public key (DER SubjectPublicKeyInfo), entered before the first envelope it signed."""
    ENVELOPE = "envelope"
    """A DSSE envelope in canonical JSON."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as it stands in the ledger for good."""

    position: int
    """Its place, from 0."""
    kind: EntryKind
    """What `content` is."""
    digest: str
    """The sha256 of `content` in hex: an envelope's digest, or a key's keyid."""
    appended_at: datetime
    """When it was appended, by this machine's clock."""
    content: bytes = field(repr=False)
    """The bytes kept."""
    hash: str
    """This entry's hash in the chain, in hex."""

    @property
    def envelope(self) -> Envelope:
        """The envelope; raises `InputError` for an entry of another kind."""
        return Envelope.from_json(self.content)

    @property
    def public_key(self) -> PublicKey:
        """The public key; raises `InputError` for an entry of another kind."""
        return PublicKey.from_der(self.content)


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a whole ledger in one line: kept elsewhere, it shows later that nothing was taken away."""

    size: int
    """How many entries."""
    hash: str
    """The last entry's hash in hex; 64 zeros for an empty ledger."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What `Ledger.verify` found to hold; there is no report of a ledger that does not."""

    head: Head
    """The head of what was walked."""
    keys: int
    """Public keys."""
    envelopes: int
    """Envelopes, each signature checked."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    """Envelopes that are new here."""
    known: int
    """Envelopes that were here already."""
