"""A statement with its signature around it: a DSSE envelope, through securesystemslib.

Our profile: payload type `application/vnd.in-toto+json`, Ed25519, every signature with its keyid, and exactly
one signature on what we make. Further signatures on what others made are kept, not judged.
Source: https://github.com/secure-systems-lab/dsse and spec/statements.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from securesystemslib import dsse
from securesystemslib.exceptions import VerificationError as SslibVerificationError
from securesystemslib.signer import Signature as SslibSignature  # type: ignore[attr-defined]  # its public name, not listed in its __all__

from myself_i2i.attestation.statement import Statement
from myself_i2i.attestation.strict_json import JSON_BYTES, canonical_json, parse_strict
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.attestation.keys import PrivateKey, PublicKey

__all__ = ["ENVELOPE_BYTES", "PAYLOAD_TYPE", "Envelope", "Signature", "sign"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
ENVELOPE_BYTES = 2 * 2**20
"""Most bytes of one envelope: a statement of `JSON_BYTES` in base64, and its signatures."""

_SIGNATURES = 16
_SIGNATURE_BYTES = 64
_KEYID = re.compile(r"[0-9a-f]{64}")
_WHERE = Text(en="the envelope", ja="封筒")


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """One Ed25519 signature and whose key it claims to be from."""

    keyid: str
    """Lower-case hex sha256 of the signer's SubjectPublicKeyInfo (DER). Not itself signed: a lead, no proof."""
    sig: bytes
    """The 64 bytes of the signature over DSSE's pre-authentication encoding."""


@dataclass(frozen=True)
class Envelope:
    """Signed bytes as they were, with their signatures. Holding one proves nothing: call `verify`."""

    payload: bytes = field(repr=False)
    """The signed bytes, exactly."""
    signatures: tuple[Signature, ...]
    """One or more, sorted by keyid, each keyid once."""

    @classmethod
    def from_json(cls, value: bytes | str | Mapping[str, Any]) -> Envelope:
        """Return the envelope in JSON `value`; its signatures are not checked yet.

        Unknown fields are ignored, as DSSE asks: they are not covered by any signature.
        Raises `InputError` for anything outside our profile, `LimitError` past the bounds.
        """
        data = canonical_json(dict(value)) if isinstance(value, Mapping) else value
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        fields = parse_strict(raw, where=_WHERE, limit=ENVELOPE_BYTES)
        if not isinstance(fields, dict) or fields.get("payloadType") != PAYLOAD_TYPE:
            raise _wrong(wanted=f'"payloadType": "{PAYLOAD_TYPE}"')
        payload = _bytes(fields.get("payload"), "payload")
        if not 0 < len(payload) <= JSON_BYTES:
            raise _wrong(wanted=f'"payload": 1 to {JSON_BYTES} bytes')
        return cls(payload, _signatures(fields.get("signatures")))

    def to_json(self) -> bytes:
        """Return the canonical JSON (RFC 8785): one envelope has exactly one such form."""
        return canonical_json(self._dsse().to_dict())

    @property
    def keyids(self) -> tuple[str, ...]:
        """Whose keys the signatures claim, sorted; the caller finds the key and MUST call `verify` with it."""
        return tuple(signature.keyid for signature in self.signatures)

    @property
    def digest(self) -> str:
        """The sha256 of `to_json()`: the name of this envelope in ledgers and references."""
        return hashlib.sha256(self.to_json()).hexdigest()

    @property
    def payload_digest(self) -> str:
        """The sha256 of the signed bytes. Unlike `digest`, no stranger can change it by adding a signature."""
        return hashlib.sha256(self.payload).hexdigest()

    def verify(self, public_key: PublicKey) -> Statement:
        """Return the statement, verified to be signed by `public_key`.

        The caller MUST know by other means whose key it is. Raises `VerificationError` when that key signed
        nothing here, `InputError` when the signed bytes are not a Statement v1.
        """
        try:
            self._dsse().verify([public_key.to_sslib()], 1)
        except SslibVerificationError as error:
            raise VerificationError(
                Text(
                    en="no signature by key {key} holds for this envelope",
                    ja="この封筒には、鍵 {key} による有効な署名がありません",
                ).format(key=public_key.short_form),
                hint=Text(
                    en="the bytes changed after signing, or another key signed: this envelope names {keys}",
                    ja="署名の後に内容が変わったか、別の鍵の署名です（この封筒にある鍵: {keys}）",
                ).format(keys=", ".join(keyid[:16] for keyid in self.keyids)),
            ) from error
        return Statement.parse(self.payload)

    def _dsse(self) -> dsse.Envelope:
        """Return securesystemslib's envelope of the same content (its `pae`, signing and verifying are used)."""
        signatures = {s.keyid: SslibSignature(s.keyid, s.sig.hex()) for s in self.signatures}
        return dsse.Envelope(self.payload, PAYLOAD_TYPE, signatures)


def sign(statement: Statement, key: PrivateKey) -> Envelope:
    """Return `statement` signed by `key`: its payload bytes as they are, one signature."""
    signed = dsse.Envelope(statement.payload, PAYLOAD_TYPE, {}).sign(key.to_sslib())
    return Envelope(statement.payload, (Signature(signed.keyid, bytes.fromhex(signed.signature)),))


def _signatures(value: Any) -> tuple[Signature, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= _SIGNATURES:
        raise _wrong(wanted=f'"signatures": 1 to {_SIGNATURES} signatures')
    signatures = sorted(_signature(item) for item in value)
    if len({signature.keyid for signature in signatures}) != len(signatures):
        raise _wrong(wanted="each keyid once")
    return tuple(signatures)


def _signature(value: Any) -> Signature:
    if not isinstance(value, dict):
        raise _wrong(wanted='in "signatures": objects')
    keyid, sig = value.get("keyid"), _bytes(value.get("sig"), "sig")
    if not isinstance(keyid, str) or not _KEYID.fullmatch(keyid):
        raise _wrong(wanted='"keyid": 64 lower-case hex digits')
    if len(sig) != _SIGNATURE_BYTES:
        raise _wrong(wanted='"sig": 64 bytes (Ed25519)')
    return Signature(keyid, sig)


def _bytes(value: Any, name: str) -> bytes:
    """Decode base64, standard or URL-safe as DSSE allows; anything but base64 is refused, not skipped over."""
    error = _wrong(wanted=f'"{name}": base64')
    if not isinstance(value, str) or not value.isascii():
        raise error
    altchars = b"-_" if "-" in value or "_" in value else None
    try:
        return base64.b64decode(value, altchars=altchars, validate=True)
    except (binascii.Error, ValueError):
        raise error from None


def _wrong(*, wanted: str) -> InputError:
    return InputError(
        Text(
            en="this is not a signed statement (DSSE envelope): wanted {wanted}",
            ja="署名つきの文書（DSSE 封筒）ではありません（必要なもの: {wanted}）",
        ).format(wanted=wanted)
    )
