"""withdrawal/v1: the signer of an earlier statement takes it back. Page: spec/predicates/withdrawal.md.

Not retroactive, and nothing is erased: the earlier statement stays visible, with this beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from myself_i2i.attestation.envelope import Envelope
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment

__all__ = ["Withdrawal"]


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """An earlier statement is taken back, from `withdrawn_at` on. Only its own signer can."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("withdrawal")

    envelope: str
    """Digest of the earlier envelope, as it was known."""
    statement: str
    """The sha256 of its signed bytes. Readers MUST match by this one: a stranger can give the same statement
    another envelope digest by adding a signature, and must not undo the withdrawal with that."""
    reason: str | None = None
    """Why, in the signer's words; nobody is owed one."""
    withdrawn_at: datetime
    """From when, as the signer says."""

    @classmethod
    def of(cls, envelope: Envelope, *, withdrawn_at: datetime, reason: str | None = None) -> Self:
        """Return the withdrawal of `envelope`."""
        return cls(
            envelope=envelope.digest,
            statement=envelope.payload_digest,
            reason=reason,
            withdrawn_at=withdrawn_at,
        )

    def subjects(self) -> tuple[Subject, ...]:
        """Return the statement's subjects: the earlier envelope and its signed bytes, so that either finds it."""
        return (
            Subject("envelope", {SHA256: self.envelope}),
            Subject("statement", {SHA256: self.statement}),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/withdrawal.md."""
        return without_absent(
            withdraws={"envelope": self.envelope, "statement": self.statement},
            reason=self.reason,
            withdrawnAt=format_moment(self.withdrawn_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the withdrawal in `value`; raises `InputError`."""
        fields = Fields(value, "withdrawal")
        withdraws = fields.inner("withdraws")
        return cls(
            envelope=withdraws.sha256("envelope"),
            statement=withdraws.sha256("statement"),
            reason=fields.optional_text("reason"),
            withdrawn_at=fields.moment("withdrawnAt"),
        )
