"""suspension/v1: a registry stops showing a key or a statement as standing, or goes on. Page: spec/predicates/suspension.md.

The way in which a host moderates: said in public, in the log, with a reason from a short list. Nothing is erased, and
no verdict on a person is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.errors import InputError
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = ["SuspendedStatement", "Suspension", "SuspensionAction", "SuspensionReason"]


class SuspensionAction(StrEnum):
    """What happens to the standing."""

    SUSPEND = "suspend"
    RESUME = "resume"


class SuspensionReason(StrEnum):
    """Why; about the statement and the registry, never about a person."""

    KEY_LOST = "key-lost"
    """The key's holder says that others may have the key."""
    HOLDER_ASKED = "holder-asked"
    """The key's holder asked for it."""
    COURT_ORDER = "court-order"
    """A court or an authority ordered it."""
    UNDER_REVIEW = "under-review"
    """Somebody objected, and the host is looking into it."""
    RULES = "rules"
    """It does not keep the registry's published rules."""
    REVIEWED = "reviewed"
    """The host looked into it and lets it stand again."""


@dataclass(frozen=True, kw_only=True)
class SuspendedStatement:
    """One statement."""

    envelope: str
    """Digest of its envelope."""
    statement: str
    """The sha256 of its signed bytes; readers MUST match by this one."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the statement named in `statement`; raises `InputError`."""
        return cls(envelope=fields.sha256("envelope"), statement=fields.sha256("statement"))


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """A registry's operator stops or resumes the standing of a key, with all that it said, or of one statement."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("suspension")

    public_key: PublicKey
    """The operator's key; its keyid MUST be the envelope's."""
    action: SuspensionAction
    """Stop or resume."""
    keyid: str | None = None
    """The key; either this or `statement`."""
    statement: SuspendedStatement | None = None
    """The statement."""
    reason: SuspensionReason
    """Why."""
    decided_at: datetime
    """From when, as the operator says."""

    def subjects(self) -> tuple[Subject, ...]:
        """Return the statement's subjects: the key, or the envelope and its signed bytes."""
        if self.statement is None:
            return (Subject("public key", {SHA256: self.keyid or ""}),)
        return (
            Subject("envelope", {SHA256: self.statement.envelope}),
            Subject("statement", {SHA256: self.statement.statement}),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/suspension.md."""
        named = self.statement
        return without_absent(
            publicKey=self.public_key.to_base64(),
            action=str(self.action),
            keyid=self.keyid,
            statement={"envelope": named.envelope, "statement": named.statement} if named else None,
            reason=str(self.reason),
            decidedAt=format_moment(self.decided_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the suspension in `value`; raises `InputError`, also unless it names either a key or a statement."""
        fields = Fields(value, "suspension")
        keyid, named = fields.optional_sha256("keyid"), fields.optional_inner("statement")
        if (keyid is None) == (named is None):
            raise InputError(_ONE)
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            action=fields.choice("action", SuspensionAction),
            keyid=keyid,
            statement=None if named is None else SuspendedStatement.read(named),
            reason=fields.choice("reason", SuspensionReason),
            decided_at=fields.moment("decidedAt"),
        )


_ONE = Text(
    en="a suspension names either a key or a statement",
    ja="停止（suspension）には、鍵か文書のどちらか一方だけを書きます",
)
