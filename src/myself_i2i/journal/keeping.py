"""What opens a journal's entries, and its time-stamps, kept in the person's data folder, one file each.

Guarantees: a file is there whole or not at all, whatever happens while it is written; when `keep` returned it is on
disk; nothing is ever overwritten by something else or removed. Every file is for its owner only. A file that was cut or
changed later is known by its name, which is a digest of what it should hold, and is like one that is not there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from myself_i2i.attestation import canonical_json, parse_strict
from myself_i2i.errors import Error, InputError, LedgerError
from myself_i2i.journal.batches import Batch
from myself_i2i.journal.sealing import Sealed
from myself_i2i.wording import Text

__all__ = ["Keeper", "KeptStamp"]

FOLDER = "journal"
STAMPS = "time-stamps"
_SUFFIX = ".json"
_PART = ".part"
_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class KeptStamp:
    """A batch and the answer of a time-stamp authority; nothing of it is checked yet."""

    batch: Batch
    """What was time-stamped."""
    response: bytes
    """The TimeStampResp (RFC 3161)."""


class Keeper:
    """The journal's private part in one data folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def keep(self, frames: Sequence[Sealed]) -> None:
        """Write what opens `frames`. The caller MUST do this before the statement is in any ledger.

        Raises `LedgerError` when one of them cannot be written; what was written before stays and does no harm.
        """
        for frame in frames:
            _write(self._folder / f"{frame.commitment}{_SUFFIX}", canonical_json(frame.to_json()))
        _sync(self._folder)

    def find(self, commitment: str) -> Sealed | None:
        """Return what opens the entry with this commitment to its file; None when it is not here, or damaged."""
        try:
            found = Sealed.from_json(_read(self._folder / f"{commitment}{_SUFFIX}"))
        except (OSError, Error):
            return None
        return found if found.commitment == commitment else None

    def keep_stamp(self, stamp: KeptStamp) -> None:
        """Write a batch and its time-stamp. Raises `LedgerError`."""
        kept = {"batch": stamp.batch.text, "response": base64.b64encode(stamp.response).decode()}
        name = hashlib.sha256(stamp.response).hexdigest()
        _write(self._folder / STAMPS / f"{name}{_SUFFIX}", canonical_json(kept))
        _sync(self._folder / STAMPS)

    def stamps(self) -> Iterator[KeptStamp]:
        """Yield the time-stamps there are; damaged ones are left out."""
        for path in sorted((self._folder / STAMPS).glob(f"*{_SUFFIX}")):
            with contextlib.suppress(OSError, Error, KeyError, TypeError, ValueError, AttributeError):
                value = _read(path)
                response = base64.b64decode(value["response"], validate=True)
                if hashlib.sha256(response).hexdigest() == path.stem:
                    yield KeptStamp(Batch.from_text(value["batch"]), response)


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        value = parse_strict(file.read(_BYTES + 1), where=path.name, limit=_BYTES)
    if not isinstance(value, dict):
        raise InputError(Text(en="{name} is damaged", ja="{name} が壊れています").format(name=path.name))
    return value


def _write(path: Path, data: bytes) -> None:
    """Write `data` to a temporary file, sync it, give it its name. The name is a digest: the same again is the same."""
    part = path.with_name(f"{path.stem}.{os.getpid()}{_PART}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise LedgerError(
            Text(
                en="the journal cannot be written in {folder}: {why}; nothing was noted",
                ja="制作記録を {folder} に書き込めません（{why}）。何も記録していません",
            ).format(folder=path.parent, why=error.strerror or type(error).__name__),
            hint=Text(
                en="check free space and the permissions of the folder",
                ja="空き容量と、フォルダの書き込み許可を確かめてください",
            ),
        ) from error


def _sync(folder: Path) -> None:
    """Make the new names survive a power cut; systems that cannot open folders do it by themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
