"""profile/v1: a key introduces itself. Page: spec/predicates/profile.md.

For whoever neither pledges nor wishes and still has something to say under a key, such as an artist's journal. The
subject is the public key itself, whose sha256 is the keyid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment

__all__ = ["Profile"]

_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A key says under which name and where its holder is found."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("profile")

    public_key: PublicKey
    """The key; its keyid MUST be the envelope's. Whose it is, others must know."""
    display_name: str | None = None
    """A name or handle; need not be a legal name."""
    accounts: tuple[str, ...] = ()
    """Profile URLs. What is written there is not proved by this."""
    introduced_at: datetime
    """When, as the signer says."""

    def subject(self) -> Subject:
        """Return the statement's subject: the public key's DER, whose sha256 is the keyid."""
        return Subject("public key", {SHA256: self.public_key.keyid})

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/profile.md."""
        return without_absent(
            publicKey=self.public_key.to_base64(),
            displayName=self.display_name,
            accounts=list(self.accounts),
            introducedAt=format_moment(self.introduced_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the profile in `value`; raises `InputError`."""
        fields = Fields(value, "profile")
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            display_name=fields.optional_text("displayName", limit=_NAME),
            accounts=fields.texts("accounts"),
            introduced_at=fields.moment("introducedAt"),
        )
