"""wish/v1: what an artist wishes about i2i with their pictures. Page: spec/predicates/wish.md.

A wish is information, not a permission and not a prohibition in law; a yes here is general goodwill, and
`permission/v1` is what a maker can rely on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment

__all__ = ["Scope", "Wish", "WishAnswer"]

_NAME = 200


class WishAnswer(StrEnum):
    """i2i with my pictures: 可, 不可, 要相談."""

    YES = "yes"
    NO = "no"
    ASK_FIRST = "ask-first"


class Scope(StrEnum):
    """Which pictures a wish is about."""

    SUBJECTS = "subjects"
    """The statement's subjects."""
    ACCOUNTS = "accounts"
    """All pictures the artist posts on the accounts named; the subject is then the artist's public key."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An artist's wish about i2i."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("wish")

    public_key: PublicKey
    """The artist's key; its keyid MUST be the envelope's. Whose it is, others must know."""
    artist: str | None = None
    """The name or handle the artist goes by."""
    i2i: WishAnswer
    """The wish."""
    scope: Scope
    """Which pictures."""
    accounts: tuple[str, ...] = ()
    """Profile URLs; what scope ACCOUNTS is about, otherwise where the artist is found."""
    contact: str | None = None
    """How to ask."""
    note: str | None = None
    """The artist's own words."""
    wished_at: datetime
    """When, as the signer says."""

    def account_subject(self) -> Subject:
        """Return the subject of a wish for accounts: the public key's DER, whose sha256 is the keyid."""
        return Subject("public key", {SHA256: self.public_key.keyid})

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/wish.md."""
        return without_absent(
            publicKey=self.public_key.to_base64(),
            artist=self.artist,
            i2i=str(self.i2i),
            scope=str(self.scope),
            accounts=list(self.accounts),
            contact=self.contact,
            note=self.note,
            wishedAt=format_moment(self.wished_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the wish in `value`; raises `InputError`."""
        fields = Fields(value, "wish")
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            artist=fields.optional_text("artist", limit=_NAME),
            i2i=fields.choice("i2i", WishAnswer),
            scope=fields.choice("scope", Scope),
            accounts=fields.texts("accounts"),
            contact=fields.optional_text("contact"),
            note=fields.optional_text("note"),
            wished_at=fields.moment("wishedAt"),
        )
