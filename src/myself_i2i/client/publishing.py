"""Publishing: what a marked file is said to be, and whether the registry's answer holds.

1. `state_mark`: what stands in a marked file becomes a mark/v1 statement.
2. `send`: the envelope, and the manifest beside it, go to the registry.
3. `check_answer`: the receipt is checked offline, against the log's key that was remembered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PublicKey, Statement, Subject, parse_strict
from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa.signer import identify
from myself_i2i.client.entry import Entry
from myself_i2i.client.http import Remote, form
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.fingerprint import ISCC
from myself_i2i.fingerprint.pdq64 import as_flat, read_pdq64
from myself_i2i.image import image_data_digest, read_container
from myself_i2i.marking.looks import looks_of
from myself_i2i.predicates import Mark, make_statement
from myself_i2i.predicates.mark import MarkedSource, MarkManifest
from myself_i2i.predicates.moments import parse_moment
from myself_i2i.predicates.source import Basis
from myself_i2i.recording.looks import fingerprints_of_file
from myself_i2i.tlog import NoteKey, Receipt
from myself_i2i.verification.mark import SignedMark, find_mark
from myself_i2i.wording import Text

__all__ = ["Answered", "PublicKeys", "StatedMark", "ask_keys", "check_answer", "send", "state_mark"]

ENVELOPE_TYPE: Final = "application/vnd.dsse+json"
_ANSWER: Final = Text(en="the registry's answer", ja="登録所の回答")


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What checks one registry's words; believed on first use, and remembered."""

    log: NoteKey
    """Signs the log's heads."""
    operator: PublicKey
    """Signs answers and suspensions."""

    def to_json(self) -> dict[str, str]:
        """Return the JSON object, as the registry tells it and as it is remembered."""
        return {"log": str(self.log), "operator": self.operator.to_base64()}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the keys in `value`; raises `InputError`."""
        if not isinstance(value, Mapping) or not all(
            isinstance(value.get(name), str) for name in ("log", "operator")
        ):
            raise InputError(_NO_KEYS)
        return cls(NoteKey.parse(value["log"]), PublicKey.from_base64(value["operator"]))


@dataclass(frozen=True, slots=True)
class StatedMark:
    """What a marked file says, ready to be signed and sent."""

    statement: Statement
    """The mark/v1 statement, not yet signed."""
    says: Mark
    """The same as a value."""
    manifest: bytes
    """The manifest store to send with it."""
    image_data: str
    """The picture's `imageData/v1` digest."""
    pledge: Envelope
    """The pledge in the mark."""
    seen: bool
    """Whether some source is published with how it looks; False when all are sealed, or none was taken."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A registry's answer to a write, its receipt checked."""

    index: int
    """The place in the log."""
    digest: str
    """The envelope's digest."""
    logged_at: datetime
    """When it was logged, as the log says."""
    code: str | None
    """The picture's short code, for a mark."""
    receipt: bytes
    """The receipt file (C2SP tlog-proof)."""


def state_mark(data: bytes, *, name: str, keyid: str, published_at: datetime) -> StatedMark:
    """Return what to publish of the marked file `data`, whose mark MUST be of the key `keyid`.

    Fingerprints are taken of the picture; what the mark says of its sources is repeated. Raises `InputError` or
    `VerificationError` when there is no mark of that key that holds for this file.
    """
    container = read_container(data)
    store = container.manifest_store
    reading = None if store is None else native.read(data, container.format.mime, manifest_store=store)
    if store is None or reading is None:
        raise _no_mark()
    if not (reading.signature_holds and reading.claim_holds):
        raise VerificationError(_CHANGED)
    signer = identify(store, reading).keyid
    mark = find_mark(reading, keyid=signer, picture=data)
    if mark is None:
        raise _no_mark()
    if signer != keyid:
        raise VerificationError(_OTHER_KEY)
    (found,) = reading.created(labels.MARK)
    says = Mark(
        manifest=MarkManifest(id=reading.label, sha256=hashlib.sha256(store).hexdigest(), size=len(store)),
        mode=mark.record.says.mode,
        fingerprints=_looks(data),
        sources=_sources(found.data["sources"], mark),
        published_at=published_at,
    )
    image_data = image_data_digest(data)
    subject = Subject(name, {IMAGE_DATA: image_data, SHA256: hashlib.sha256(data).hexdigest()})
    return StatedMark(
        make_statement(says, [subject]),
        says,
        store,
        image_data,
        mark.pledge.signed.envelope,
        any(source.fingerprints for source in says.sources),
    )


def ask_keys(remote: Remote) -> PublicKeys:
    """Return the keys that a registry says are its own; the caller remembers them, and asks no second time."""
    return PublicKeys.from_json(remote.get_json("/keys"))


def send(remote: Remote, envelope: Envelope, manifest: bytes | None = None, *, boundary: str) -> bytes:
    """Send one statement and return the answer's bytes for `check_answer`; raises as `Remote.post`."""
    if manifest is None:
        return remote.post("/statements", envelope.to_json(), ENVELOPE_TYPE)
    body, kind = form({"envelope": envelope.to_json(), "manifest": manifest}, boundary=boundary)
    return remote.post("/statements", body, kind)


def check_answer(data: bytes, envelope: Envelope, log: NoteKey) -> Answered:
    """Return the answer to `envelope` when its receipt holds under the log's key.

    Raises `VerificationError` when it does not, `InputError` when it is no answer.
    """
    value = parse_strict(data, where=_ANSWER)
    fields = value if isinstance(value, dict) else {}
    moment, receipt, code = fields.get("loggedAt"), fields.get("receipt"), fields.get("code")
    if not (isinstance(moment, str) and isinstance(receipt, str) and isinstance(code, str | None)):
        raise InputError(_NO_ANSWER)
    logged_at = parse_moment(moment, where="loggedAt")
    proof = Receipt.parse(receipt.encode())
    logged = proof.verify(Entry(envelope, logged_at).to_bytes(), log)
    return Answered(logged.index, envelope.digest, logged_at, code, receipt.encode())


def _looks(data: bytes) -> Mapping[str, str]:
    looks, _ = looks_of(data)
    if looks is None:
        flat = as_flat(read_pdq64(data))
        return {} if flat is None else {flat.algorithm: flat.text}
    return {
        **fingerprints_of_file(data, layout=True),
        looks.same.algorithm: looks.same.text,
        ISCC: looks.code.text,
    }


def _sources(asserted: list[dict[str, Any]], mark: SignedMark) -> tuple[MarkedSource, ...]:
    permissions = {one.file.sha256: one.statement.says.permission for one in mark.sources}
    return tuple(
        MarkedSource(
            sha256=one["sha256"],
            image_data=one.get("imageData"),
            basis=Basis(one["basis"]),
            permission=permissions[one["sha256"]],
            roles=tuple(one.get("roles", ())),
            fingerprints=dict(one.get("fingerprints", {})),
            sealed=bool(one.get("sealed")),
        )
        for one in asserted
    )


def _no_mark() -> InputError:
    return InputError(
        Text(en="there is no mark in the file", ja="ファイルに目印がありません"),
        hint=Text(
            en="mark it first, and publish the marked copy: `myself-i2i mark FILE`",
            ja="先に目印を付け、目印つきのコピーを登録してください: `myself-i2i mark ファイル`",
        ),
    )


_CHANGED = Text(
    en="the mark in the file does not hold: something in it was changed after marking",
    ja="ファイルの目印の検証が通りません。目印を付けたあとに変更されています",
)
_OTHER_KEY = Text(
    en="the mark in the file is of another key than yours",
    ja="ファイルの目印は、あなたの鍵によるものではありません",
)
_NO_KEYS = Text(
    en="the registry did not say with which keys it signs", ja="登録所の署名鍵が得られませんでした"
)
_NO_ANSWER = Text(
    en="the registry's answer is not one to a write", ja="登録所の回答が、登録の回答の形ではありません"
)
