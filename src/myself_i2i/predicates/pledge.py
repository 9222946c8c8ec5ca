"""pledge/v1: "I follow this text." Page: spec/predicates/pledge.md.

The subject of a pledge statement is the pledge text itself, by sha256: exactly the text that was shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment

__all__ = ["Pledge"]

_VERSION = re.compile(r"\d{1,4}\.\d{1,4}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """A maker stands behind one version of the pledge text, in the language they read."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("pledge")

    text_version: str
    """Version of the pledge text, e.g. "1.0"."""
    language: str
    """Language that was read, e.g. "ja" (BCP 47)."""
    text_sha256: str
    """The sha256 of the text file as shown, byte for byte."""
    public_key: PublicKey
    """The signer's key, so that a stranger can check later envelopes; its keyid MUST be the envelope's."""
    display_name: str | None = None
    """A name or handle the maker goes by; need not be a legal name."""
    accounts: tuple[str, ...] = ()
    """URLs of profiles where the tag stands. What is written there is not proved by this."""
    tags: tuple[str, ...] = ()
    """The tags carried, e.g. "#Myself_i2i"."""
    pledged_at: datetime
    """When, as the signer says."""

    def subject(self) -> Subject:
        """Return the statement's subject: the text by digest."""
        return Subject(f"pledge/{self.text_version}/{self.language}.md", {SHA256: self.text_sha256})

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/pledge.md."""
        return without_absent(
            text={"version": self.text_version, "language": self.language, "sha256": self.text_sha256},
            publicKey=self.public_key.to_base64(),
            displayName=self.display_name,
            accounts=list(self.accounts),
            tags=list(self.tags),
            pledgedAt=format_moment(self.pledged_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the pledge in `value`; raises `InputError`."""
        fields = Fields(value, "pledge")
        text = fields.inner("text")
        return cls(
            text_version=text.text("version", pattern=_VERSION),
            language=text.text("language", pattern=_LANGUAGE),
            text_sha256=text.sha256("sha256"),
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            display_name=fields.optional_text("displayName", limit=_NAME),
            accounts=fields.texts("accounts"),
            tags=fields.texts("tags"),
            pledged_at=fields.moment("pledgedAt"),
        )
