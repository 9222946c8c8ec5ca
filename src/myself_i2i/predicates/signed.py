"""A statement whose signature holds, together with what it says: the only form in which others should use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import Statement
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates.registry import read_predicate
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.attestation.envelope import Envelope
    from myself_i2i.predicates.interface import Predicate

__all__ = ["Signed", "introduced_key", "read_signed"]


@dataclass(frozen=True)
class Signed:
    """One verified statement of a type known here; made by `read_signed`."""

    envelope: Envelope
    """The envelope, as it was."""
    public_key: PublicKey
    """Whose signature was verified. Whose key it is, the reader must know by other means."""
    statement: Statement
    """The verified statement."""
    predicate: Predicate
    """What it says."""

    @property
    def keyid(self) -> str:
        """The signer's keyid."""
        return self.public_key.keyid


def introduced_key(envelope: Envelope) -> PublicKey | None:
    """Return the public key that the envelope's own predicate introduces, if its keyid is one of the envelope's.

    A keyid is the digest of its key, so a key that fits is the right key whoever passes it on. Nothing is
    verified here.
    """
    from_payload = _stated_key(envelope)
    return from_payload if from_payload and from_payload.keyid in envelope.keyids else None


def read_signed(envelope: Envelope, public_key: PublicKey | None = None) -> Signed:
    """Return what `envelope` says, its signature verified with `public_key` or the key it introduces.

    Raises `VerificationError` when the signature does not hold, when no key is known for it, or when the
    predicate names another key than the one that signed; `InputError` when the content is not right.
    """
    key = public_key or introduced_key(envelope)
    if key is None:
        raise VerificationError(
            Text(
                en="the signer's public key is not known here, key {keyid}",
                ja="署名した人の公開鍵がここにありません（鍵 {keyid}）",
            ).format(keyid=", ".join(keyid[:16] for keyid in envelope.keyids)),
            hint=Text(
                en="ask the signer for their pledge, permission or wish file: it carries the key",
                ja="署名した人の宣言・許可・意思表示のファイルに鍵が入っています。そのファイルを用意してください",
            ),
        )
    statement = envelope.verify(key)
    predicate = read_predicate(statement)
    stated = getattr(predicate, "public_key", key)
    # Otherwise somebody could sign a pledge in which another person's key stands.
    if stated != key:
        raise VerificationError(
            Text(
                en="the key named in the statement is not the key that signed it",
                ja="本文に書かれた公開鍵と、署名した鍵が一致しません",
            )
        )
    return Signed(envelope, key, statement, predicate)


def _stated_key(envelope: Envelope) -> PublicKey | None:
    """Return the `publicKey` in the unverified payload, or None; never raises."""
    try:
        stated = Statement.parse(envelope.payload).predicate.get("publicKey")
        return PublicKey.from_base64(stated) if isinstance(stated, str) else None
    except InputError:
        return None
