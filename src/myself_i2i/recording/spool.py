"""Records that wait: one file each, written whole or not at all, entered in the ledger later, each exactly once.

A file holds either a signed envelope (the ledger could not take it) or an unsigned statement (no key was at hand).
Nothing is changed when it is taken in: signing the same bytes again gives the same envelope (Ed25519 has no randomness),
and the ledger keeps one entry for one envelope. So a crash between "entered" and "removed", and two programs taking in at
the same time, cannot enter a record twice. Format and reasons: spec/recording.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from myself_i2i.attestation import ENVELOPE_BYTES, Envelope, PrivateKey, Statement, sign
from myself_i2i.errors import Error, InputError, LedgerError, VerificationError
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates import Generation, read_predicate
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.wording import Text

__all__ = ["SPOOL", "TakenIn", "put_in_spool", "spool_is_empty", "spooled", "take_in_spool"]

SPOOL = "spool"
"""The folder's name in the data folder."""
_SUFFIX = ".json"
_PART = ".part"
_STALE_SECONDS = 3600.0
_BATCH = 200


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking the spool in did."""

    entered: int = 0
    """Records that are in the ledger now and no longer in the spool."""
    left: tuple[tuple[Path, Text], ...] = ()
    """Files left where they are, each with the reason."""


def put_in_spool(home: Path, content: bytes) -> Path:
    """Keep `content` (an envelope or a statement, in JSON) and return its file, on disk when this returns.

    The same content again is the same file. Raises OSError when it cannot be kept; nothing is left behind then.
    """
    folder = home / SPOOL
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The name is the content's digest: a file that was cut or changed later is seen by its name.
    path = folder / f"{hashlib.sha256(content).hexdigest()}{_SUFFIX}"
    part = folder / f"{path.stem}.{os.getpid()}{_PART}"
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    _sync(folder)
    return path


def spooled(home: Path) -> list[Path]:
    """Return the files that wait, oldest first; a folder that cannot be read is like an empty one."""
    found = []
    with contextlib.suppress(OSError), os.scandir(home / SPOOL) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX):
                with contextlib.suppress(OSError):
                    found.append((entry.stat().st_mtime_ns, entry.path))
    return [Path(path) for _, path in sorted(found)]


def spool_is_empty(home: Path) -> bool:
    """Return whether nothing waits; costs one look into the folder."""
    with contextlib.suppress(OSError), os.scandir(home / SPOOL) as entries:
        return not any(entry.name.endswith(_SUFFIX) for entry in entries)
    return True


def take_in_spool(
    home: Path, key: PrivateKey, *, now: datetime | None = None, busy_seconds: float = 5.0
) -> TakenIn:
    """Enter everything that waits in the ledger of `home`, unsigned records signed with `key`; never raises.

    Only a recorder's own records (generation/v1, written by a recorder) are signed: whoever can write a file into the
    folder must not be able to have anything else signed, a permission say, when the person next opens the key.
    """
    if spool_is_empty(home):
        return TakenIn()
    _sweep(home)
    entered, seen = 0, 0
    left: list[tuple[Path, Text]] = []
    waiting = list(_readable(spooled(home), key, left))
    try:
        with Ledger.open(ledger_path(home), busy_seconds=busy_seconds) as ledger:
            for start in range(0, len(waiting), _BATCH):
                batch = waiting[start : start + _BATCH]
                done, refused = _enter(ledger, batch, key, now or _now())
                left += refused
                entered, seen = entered + len(done), seen + len(batch)
                for path in done:
                    with contextlib.suppress(OSError):
                        path.unlink()  # stays behind otherwise, and is known to the ledger next time
    except LedgerError as error:
        left += [(path, error.message) for path, _ in waiting[seen:]]
    return TakenIn(entered, tuple(left))


def _enter(
    ledger: Ledger, batch: list[tuple[Path, Envelope]], key: PrivateKey, now: datetime
) -> tuple[list[Path], list[tuple[Path, Text]]]:
    """Enter a batch in one write; when one of them is refused, one by one. Raises LedgerError."""
    keys = [key.public_key]
    try:
        ledger.append_all([envelope for _, envelope in batch], appended_at=now, public_keys=keys)
        return [path for path, _ in batch], []
    except (VerificationError, InputError):
        done, refused = [], []
        for path, envelope in batch:
            try:
                ledger.append(envelope, appended_at=now, public_key=key.public_key)
                done.append(path)
            except (VerificationError, InputError) as error:
                refused.append((path, error.message))
        return done, refused


def _readable(
    paths: list[Path], key: PrivateKey, left: list[tuple[Path, Text]]
) -> Iterator[tuple[Path, Envelope]]:
    """Yield each file with the envelope that is to be entered; those that cannot be read go to `left`."""
    for path in paths:
        try:
            with path.open("rb") as file:
                content = file.read(ENVELOPE_BYTES + 1)
            yield path, _envelope(path, content, key)
        except FileNotFoundError:
            continue  # another program took it in meanwhile
        except OSError as error:
            reason = error.strerror or type(error).__name__
            left.append((path, Text(en=f"cannot be read: {reason}", ja=f"読めません: {reason}")))
        except Error as error:
            left.append((path, error.message))


def _envelope(path: Path, content: bytes, key: PrivateKey) -> Envelope:
    if hashlib.sha256(content).hexdigest() != path.stem:
        raise InputError(
            Text(
                en="the waiting record is not what was written: its name is not its digest",
                ja="待機中の記録の内容が、書き込んだときと違っています（名前とハッシュ値が不一致）",
            )
        )
    try:
        return Envelope.from_json(content)
    except InputError:
        statement = Statement.parse(content)
    said = read_predicate(statement)
    if not isinstance(said, Generation) or said.written_by is not WrittenBy.RECORDER:
        raise InputError(
            Text(
                en="an unsigned file in the spool is no recorder's record and is not signed",
                ja="待機中の署名のないファイルが生成の記録ではないため、署名しません",
            )
        )
    return sign(statement, key)


def _sweep(home: Path) -> None:
    """Remove what writers killed long ago left half written."""
    with contextlib.suppress(OSError):
        for part in (home / SPOOL).glob(f"*{_PART}"):
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()


def _sync(folder: Path) -> None:
    """Make the new name itself survive a power cut; systems that cannot open folders do it by themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
