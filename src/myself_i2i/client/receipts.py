"""A receipt on its own: that a registry's log holds an envelope, and since when. Offline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from myself_i2i.attestation import Envelope
from myself_i2i.client.entry import Entry
from myself_i2i.errors import InputError
from myself_i2i.predicates.moments import parse_moment
from myself_i2i.tlog import Checkpoint, Note, NoteKey, Receipt
from myself_i2i.wording import Text

__all__ = ["InLog", "origin_of", "read_receipt"]

_SECOND: Final = len("2026-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class InLog:
    """What a receipt shows of an envelope."""

    origin: str
    """The log's name."""
    index: int
    """The entry's place in it."""
    logged_at: datetime
    """When, by the registry's clock. Later entries of the log stand behind it, whatever clocks say."""
    witnesses: tuple[str, ...]
    """Names of known witnesses that cosigned the head; without any the registry alone says so."""


def origin_of(receipt: bytes) -> str:
    """Return the name of the log that a receipt says it is from; nothing is checked. Raises `InputError`."""
    return Checkpoint.parse(Note.parse(Receipt.parse(receipt).checkpoint).text).origin


def read_receipt(
    receipt: bytes, envelope: Envelope, log: NoteKey, *, witnesses: Collection[NoteKey] = ()
) -> InLog:
    """Return where and since when `envelope` stands in the log of this key.

    The moment stands in the receipt's `extra`, signed by nobody there; it is part of the entry whose place is proved.
    Raises `InputError` for what is no receipt of a registry, `VerificationError` when it does not hold.
    """
    parsed = Receipt.parse(receipt)
    try:
        logged_at = parse_moment(parsed.extra[: _SECOND + 1].decode("ascii"), where="extra")
    except UnicodeDecodeError as error:
        raise InputError(_NO_MOMENT) from error
    logged = parsed.verify(Entry(envelope, logged_at).to_bytes(), log, witnesses=witnesses)
    seen = tuple(one.witness.name for one in logged.cosignatures)
    return InLog(logged.checkpoint.origin, logged.index, logged_at, seen)


_NO_MOMENT = Text(
    en="the receipt does not say when the entry was logged", ja="受領証に、ログに記載された日時がありません"
)
