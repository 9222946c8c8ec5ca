"""permission/v1: an artist lets a picture be used as AI input. Page: spec/predicates/permission.md.

A general licence, or the right to post a picture elsewhere, does not say this; so the use is named in words.
Terms after ODRL 2.2 (assigner, assignee, action, constraint, duty).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.predicates._fields import SHA256_HEX, Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = ["AI_INPUT", "AI_INPUT_WORDS", "ANYONE", "Permission"]

ANYONE = "anyone"
"""The grantee when the artist lets everybody."""
AI_INPUT = "ai-input"
"""The only use that this predicate grants."""
AI_INPUT_WORDS = Text(
    en="use of this picture as an input image for AI image generation (image-to-image and the like)",
    ja="この絵（写真）を、画像生成AIの入力画像（i2iなどの元画像）として使うこと",
)
"""The use in words, as the artist reads it before signing and as it stands in the statement."""

_GRANTEE = re.compile(rf"{ANYONE}|{SHA256_HEX.pattern}")
_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Permission:
    """An artist's yes for the statement's subjects. It is taken back by withdrawal/v1, not retroactively."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("permission")

    public_key: PublicKey
    """The artist's key (ODRL assigner); its keyid MUST be the envelope's. Whose it is, others must know."""
    artist: str | None = None
    """The name or handle the artist goes by."""
    grantee: str
    """`ANYONE`, or the keyid of one maker (ODRL assignee)."""
    conditions: str | None = None
    """What the artist asks in return, in their words (ODRL duty, constraint). For people; nothing checks it."""
    credit: str | None = None
    """How to name the artist."""
    valid_from: datetime
    """From when uses are covered, as the artist says."""
    until: datetime | None = None
    """Until when, this moment not included; None is without end."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/permission.md."""
        return without_absent(
            publicKey=self.public_key.to_base64(),
            artist=self.artist,
            grantee=self.grantee,
            use={"action": AI_INPUT, "words": {"en": AI_INPUT_WORDS.en, "ja": AI_INPUT_WORDS.ja}},
            conditions=self.conditions,
            credit=self.credit,
            validFrom=format_moment(self.valid_from),
            until=format_moment(self.until) if self.until else None,
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the permission in `value`; raises `InputError`, also for a use other than `AI_INPUT`."""
        fields = Fields(value, "permission")
        fields.inner("use").one_of("action", [AI_INPUT])
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            artist=fields.optional_text("artist", limit=_NAME),
            grantee=fields.text("grantee", pattern=_GRANTEE),
            conditions=fields.optional_text("conditions"),
            credit=fields.optional_text("credit"),
            valid_from=fields.moment("validFrom"),
            until=fields.optional_moment("until"),
        )
