"""The opening of one journal entry: what its signer hands out, and how anyone checks it, offline. Format: spec/predicates/journal.md."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from cryptography import x509

from myself_i2i.attestation import Envelope, PublicKey, canonical_json, parse_strict
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.journal.batches import Batch
from myself_i2i.journal.keeping import KeptStamp
from myself_i2i.journal.sealing import Salted
from myself_i2i.journal.timestamp import Stamp, read_stamp
from myself_i2i.predicates import Journal, read_signed
from myself_i2i.predicates.journal import FILE, FRAMES, WORK, JournalEntry
from myself_i2i.wording import Text

__all__ = ["OPENING_FORMAT", "Opened", "Opening", "open_entry"]

OPENING_FORMAT: Final = "https://myself-i2i.org/journal-opening/v1"
_BYTES: Final = 4 * 2**20
_LOOKS: Final = 16
_WHERE: Final = Text(en="the opening", ja="開示ファイル")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What opens one entry. Holding one proves nothing: call `open_entry`."""

    envelope: Envelope
    """The envelope in which the entry stands."""
    frame: int
    """Which entry."""
    file: Salted | None = None
    """The file's sha256, or not opened."""
    fingerprints: Mapping[str, Salted] = field(default_factory=dict)
    """The fingerprints that are opened, by algorithm."""
    work: Salted | None = None
    """The work's name, or not opened."""
    stamp: KeptStamp | None = None
    """A time-stamp over the envelope, or none."""

    def to_json(self) -> bytes:
        """Return the document."""
        value: dict[str, Any] = {
            "format": OPENING_FORMAT,
            "envelope": json.loads(self.envelope.to_json()),
            "frame": self.frame,
        }
        if self.file:
            value["file"] = self.file.to_json("sha256")
        if self.fingerprints:
            value["fingerprints"] = {name: one.to_json("value") for name, one in self.fingerprints.items()}
        if self.work:
            value["work"] = self.work.to_json("name")
        if self.stamp:
            response = base64.b64encode(self.stamp.response).decode()
            value["timestamp"] = {"batch": self.stamp.batch.text, "response": response}
        return canonical_json(value) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the opening in `data`; nothing of it is checked yet. Raises `InputError`."""
        value = parse_strict(data, where=_WHERE, limit=_BYTES)
        if not isinstance(value, dict) or value.get("format") != OPENING_FORMAT:
            raise _wrong(name="format")
        frame, looks = value.get("frame"), value.get("fingerprints", {})
        if not isinstance(frame, int) or isinstance(frame, bool) or not 1 <= frame <= FRAMES:
            raise _wrong(name="frame")
        if not isinstance(looks, dict) or len(looks) > _LOOKS:
            raise _wrong(name="fingerprints")
        envelope = value.get("envelope")
        if not isinstance(envelope, dict):
            raise _wrong(name="envelope")
        return cls(
            envelope=Envelope.from_json(envelope),
            frame=frame,
            file=Salted.from_json(value["file"], "sha256") if "file" in value else None,
            fingerprints={name: Salted.from_json(one, "value") for name, one in looks.items()},
            work=Salted.from_json(value["work"], "name") if "work" in value else None,
            stamp=_stamp(value["timestamp"]) if "timestamp" in value else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What an opening shows, verified. It shows that this existed, not who made it."""

    public_key: PublicKey
    """Who signed; whose key it is, others must know."""
    digest: str
    """The digest of the envelope."""
    frame: int
    """The frame's number in its work."""
    kind: str
    """What kind of file."""
    noted_at: datetime
    """When, by the signer's own clock."""
    previous: str | None
    """The digest of the envelope before in the same work."""
    sha256: str | None
    """The file's digest; None when it was not opened."""
    fingerprints: Mapping[str, Fingerprint]
    """The fingerprints that were opened."""
    work: str | None
    """The work's name; None when it was not opened."""
    stamp: Stamp | None
    """What a time-stamp over the envelope says; look at `known` before relying on it."""


def open_entry(opening: Opening, *, roots: Sequence[x509.Certificate] = ()) -> Opened:
    """Return what `opening` shows; `roots` are the time-stamp authorities known to the reader.

    The caller MUST know by other means whose key it is. Raises `VerificationError` when a signature, a commitment or
    the subject of the time-stamp does not hold, `InputError` when something is not of its form, `UsageError` when
    there is a time-stamp and the library to read it is not installed.
    """
    # 1. The signature, by the key that the statement names; the statement, by its own rules.
    signed = read_signed(opening.envelope)
    said = signed.predicate
    if not isinstance(said, Journal):
        raise VerificationError(
            Text(en="the envelope holds no journal", ja="封筒の中身が制作記録ではありません")
        )
    # 2. The one entry with that number.
    entry = next((one for one in said.entries if one.frame == opening.frame), None)
    if entry is None:
        raise _not_open(Text(en="there is no frame {n}", ja="コマ {n} がありません").format(n=opening.frame))
    # 3. Each value against what was committed to.
    _check(opening, entry, said)
    looks = {name: Fingerprint.from_text(name, one.value) for name, one in opening.fingerprints.items()}
    # 4. The time-stamp, over a batch in which this envelope stands.
    return Opened(
        public_key=signed.public_key,
        digest=opening.envelope.digest,
        frame=entry.frame,
        kind=entry.kind,
        noted_at=said.noted_at,
        previous=said.previous,
        sha256=opening.file.value if opening.file else None,
        fingerprints=looks,
        work=opening.work.value if opening.work else None,
        stamp=_dated(opening.stamp, opening.envelope.digest, roots) if opening.stamp else None,
    )


def _check(opening: Opening, entry: JournalEntry, said: Journal) -> None:
    if not opening.file and not opening.fingerprints:
        raise _not_open(Text(en="it opens nothing", ja="何も開示されていません"))
    opened = [
        (FILE, opening.file, entry.file),
        (WORK, opening.work, said.work),
        *((name, one, entry.fingerprints.get(name)) for name, one in opening.fingerprints.items()),
    ]
    for what, value, sealed in opened:
        if value is not None and sealed != value.commitment(what, said.public_key.keyid):
            raise _not_open(
                Text(
                    en="{what} is not what was sealed", ja="{what} が、封をしたときのものと一致しません"
                ).format(what=what[:40])
            )


def _dated(stamp: KeptStamp, digest: str, roots: Sequence[x509.Certificate]) -> Stamp:
    if digest not in stamp.batch.digests:
        raise _not_open(
            Text(en="the time-stamp is of other envelopes", ja="タイムスタンプが別の封筒のものです")
        )
    return read_stamp(stamp.response, stamp.batch.digest, roots=roots)


def _stamp(value: object) -> KeptStamp:
    if not isinstance(value, dict) or not isinstance(value.get("response"), str):
        raise _wrong(name="timestamp")
    try:
        response = base64.b64decode(value["response"], validate=True)
    except ValueError:
        raise _wrong(name="timestamp") from None
    return KeptStamp(Batch.from_text(value.get("batch")), response)


def _wrong(*, name: str) -> InputError:
    return InputError(
        Text(
            en="this is not the opening of a journal entry: {name} is missing or not right",
            ja="制作記録の開示ファイルではありません（{name} がないか、形が違います）",
        ).format(name=name)
    )


def _not_open(why: Text) -> VerificationError:
    return VerificationError(
        Text(en="this does not open the journal entry: {why}", ja="この制作記録は開けません: {why}").format(
            why=why
        )
    )
