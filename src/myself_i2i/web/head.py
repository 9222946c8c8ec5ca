"""The head of the log as a page shows it: nothing is verified here, the log is this registry's own. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from myself_i2i.errors import InputError, RegistryError
from myself_i2i.tlog import Checkpoint, Note
from myself_i2i.tlog.note import Signature

__all__ = ["Cosigned", "Head", "read_head"]

_COSIGNATURE: Final = 72
"""Bytes of a cosignature: when, in 8, and an Ed25519 signature (c2sp.org/tlog-cosignature)."""
_LATEST: Final = 253_402_300_799
"""The last second that has a date of four digits."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A line that another than the log signed."""

    name: str
    """The name on the line; only who knows the witness's key can tell whether it is theirs."""
    at: datetime | None
    """When, as the line says."""


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint, for people."""

    text: str
    """The whole signed note."""
    origin: str
    """Which log."""
    size: int
    """Number of entries."""
    cosigned: tuple[Cosigned, ...]
    """Who else signed it."""


def read_head(data: bytes) -> Head:
    """Return what stands in the log's own head; raises `RegistryError` for what is none: then the log is not in order."""
    try:
        note = Note.parse(data)
        checkpoint = Checkpoint.parse(note.text)
    except InputError as error:
        raise RegistryError(error.message) from error
    others = tuple(_cosigned(line) for line in note.signatures if line.name != checkpoint.origin)
    return Head(data.decode(), checkpoint.origin, checkpoint.size, others)


def _cosigned(line: Signature) -> Cosigned:
    at = None
    if len(line.value) == _COSIGNATURE:
        (seconds,) = struct.unpack_from(">Q", line.value)
        at = datetime.fromtimestamp(seconds, UTC) if seconds <= _LATEST else None
    return Cosigned(line.name, at)
