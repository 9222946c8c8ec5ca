"""What one entry of the log records of pictures: a mark, its output and its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from myself_i2i.attestation import Envelope, Statement
from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.origin import DIMENSIONS
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY
from myself_i2i.predicates import Mark
from myself_i2i.predicates.mark import MarkedSource
from myself_i2i.predicates.question import LAYOUT, SAME
from myself_i2i.registry.entry import Entry

__all__ = ["OUTPUT", "Looks", "RecordedMark", "looks_of", "recorded_mark", "statement_of"]

OUTPUT: Final = -1
"""The place of the output among the pictures of a mark; its sources have 0 and up."""
_SAME_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Looks:
    """The fingerprints of one picture by which an answer compares."""

    same: bytes | None = None
    """`SAME`, 32 bytes; None when there is none, or too few of its bits are set to hold on to."""
    layout: bytes | None = None
    """`LAYOUT`, 512 bytes; None when there is none, or the picture is flat."""


@dataclass(frozen=True, slots=True)
class RecordedMark:
    """One mark in the log."""

    index: int
    """The place of its entry."""
    envelope: Envelope
    """Its envelope, signed by one key: the maker's."""
    logged_at: datetime
    """When it was logged."""
    output: Looks
    """How the marked picture looks."""
    sources: tuple[MarkedSource, ...]
    """What went into it."""

    @property
    def statement(self) -> str:
        """Digest of its envelope."""
        return self.envelope.digest

    @property
    def payload(self) -> str:
        """Digest of its signed bytes."""
        return self.envelope.payload_digest

    @property
    def maker(self) -> str:
        """Who signed it: a keyid."""
        return self.envelope.keyids[0]

    def looks(self, place: int) -> Looks:
        """Return how the picture at a place looks; nothing for a sealed source."""
        return self.output if place == OUTPUT else looks_of(self.sources[place].fingerprints)


def statement_of(entry: Entry) -> Statement | None:
    """Return what an entry's envelope carries, None when that is no statement.

    The caller MUST know that the signature holds: the registry checked it when it took the entry, `audit` checks it again.
    """
    try:
        return Statement.parse(entry.envelope.payload)
    except InputError:
        return None


def recorded_mark(index: int, entry: Entry, statement: Statement) -> RecordedMark | None:
    """Return the mark that an entry's `statement` is, or None for any other, and for what nobody can read as a mark."""
    if statement.predicate_type != Mark.PREDICATE_TYPE:
        return None
    try:
        mark = Mark.from_json(dict(statement.predicate))
    except InputError:
        return None
    return RecordedMark(
        index=index,
        envelope=entry.envelope,
        logged_at=entry.logged_at,
        output=looks_of(mark.fingerprints),
        sources=mark.sources,
    )


def looks_of(fingerprints: Mapping[str, str]) -> Looks:
    """Return the looks among published fingerprints; what has not its algorithm's form, or is flat, counts as not there."""
    same = _value(SAME, fingerprints.get(SAME), _SAME_BYTES)
    layout = _value(LAYOUT, fingerprints.get(LAYOUT), DIMENSIONS)
    if same is not None and int.from_bytes(same).bit_count() < LEAST_QUALITY:
        same = None
    return Looks(same, layout if layout and any(layout) else None)


def _value(algorithm: str, text: str | None, size: int) -> bytes | None:
    if text is None:
        return None
    try:
        value = Fingerprint.from_text(algorithm, text).value
    except InputError:
        return None
    return value if len(value) == size else None
