"""answer/v1: what a registry's log says about a picture of which it saw only fingerprints. Page: spec/predicates/answer.md.

Everything but `answered_at` follows from the question and the log up to `checkpoint`, so that anyone can make the same
answer again. It is about records and looks, never about a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import SHA256, Subject
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.hit import LARGEST, Hit, Standing
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.question import Question
from myself_i2i.wording import Text

__all__ = [
    "MOST_HITS",
    "Answer",
    "Measured",
    "Missed",
    "Near",
    "Recorded",
]

MOST_HITS: Final = 100
"""Most hits in one answer, the nearest; all are counted."""


_NAME: Final = 80


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One question of the comparison: where its answer "near" begins, and how often that is wrong."""

    question: str
    """"same" or "layout" (spec/comparison.md)."""
    digest: str
    """Of the algorithms and weights the table was measured with."""
    near: float
    """As near as this or nearer is near."""
    unrelated_seen: int
    """So many unrelated pairs came this near."""
    unrelated_pairs: int
    """Of so many."""
    unrelated_high: float
    """Upper end of the 95 % interval of that share; never 0."""
    missed: tuple[Missed, ...]
    """How many related pairs were farther apart than that, by kind."""

    def to_json(self) -> dict[str, Any]:
        """Return the item of `measured`."""
        unrelated = {
            "seen": self.unrelated_seen,
            "pairs": self.unrelated_pairs,
            "high": self.unrelated_high,
        }
        return {
            "question": self.question,
            "table": self.digest,
            "near": self.near,
            "unrelated": unrelated,
            "missed": [one.to_json() for one in self.missed],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        unrelated = fields.inner("unrelated")
        return cls(
            question=fields.text("question", limit=_NAME),
            digest=fields.sha256("table"),
            near=fields.number("near"),
            unrelated_seen=unrelated.integer("seen", most=LARGEST),
            unrelated_pairs=unrelated.integer("pairs", most=LARGEST),
            unrelated_high=unrelated.number("high"),
            missed=fields.items("missed", Missed.read),
        )


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Related pairs of one kind, and how many of them are not found."""

    kind: str
    """One of `comparison.kinds.KINDS`."""
    missed: int
    """Not near."""
    pairs: int
    """Of so many measured."""

    def to_json(self) -> dict[str, Any]:
        """Return the item of `missed`."""
        return {"kind": self.kind, "missed": self.missed, "pairs": self.pairs}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        return cls(
            kind=fields.text("kind", limit=_NAME),
            missed=fields.integer("missed", most=LARGEST),
            pairs=fields.integer("pairs", most=LARGEST),
        )


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the log has for the maker and period asked about."""

    marks: int
    """Marks published."""
    sources: int
    """Their sources that could be looked at."""
    sealed: int
    """Sources whose looks the maker keeps to themselves: these could not be looked at."""
    sources_untold: int
    """Sources without a fingerprint that fits the question, or too flat for one."""
    outputs: int
    """Marked pictures that could be looked at."""
    outputs_untold: int
    """Marked pictures without such a fingerprint, or too flat."""

    def to_json(self) -> dict[str, Any]:
        """Return the object `recorded`."""
        return {
            "marks": self.marks,
            "sources": {"looked": self.sources, "sealed": self.sealed, "untold": self.sources_untold},
            "outputs": {"looked": self.outputs, "untold": self.outputs_untold},
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        sources, outputs = fields.inner("sources"), fields.inner("outputs")
        return cls(
            marks=fields.integer("marks", most=LARGEST),
            sources=sources.integer("looked", most=LARGEST),
            sealed=sources.integer("sealed", most=LARGEST),
            sources_untold=sources.integer("untold", most=LARGEST),
            outputs=outputs.integer("looked", most=LARGEST),
            outputs_untold=outputs.integer("untold", most=LARGEST),
        )


@dataclass(frozen=True, kw_only=True)
class Near:
    """How many are near, those past `MOST_HITS` included."""

    sources: int
    outputs: int

    def to_json(self) -> dict[str, Any]:
        """Return the object `near`."""
        return {"sources": self.sources, "outputs": self.outputs}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        return cls(
            sources=fields.integer("sources", most=LARGEST), outputs=fields.integer("outputs", most=LARGEST)
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the log says to one question."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("answer")

    public_key: PublicKey
    """The registry's operator key; its keyid MUST be the envelope's."""
    question: Question
    """What was asked."""
    checkpoint: str
    """The log's signed head under which the answer was made: the whole note, with the log's own signature only."""
    measured: tuple[Measured, ...]
    """What was compared, and how often that is wrong."""
    pledge: Standing | None
    """How the pledge of the maker asked about stands; None when everyone was asked about."""
    recorded: Recorded
    """What there was to look at."""
    near: Near
    """How many are near."""
    hits: tuple[Hit, ...]
    """The nearest of them, at most `MOST_HITS`, nearest first."""
    says: Text
    """The same in one sentence, for people."""
    does_not_show: tuple[Text, ...]
    """What all this does not show, for people."""
    answered_at: datetime
    """When, by the registry's clock."""

    def subject(self) -> Subject:
        """Return the statement's subject: the question, by digest."""
        return Subject("question", {SHA256: self.question.digest})

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/answer.md."""
        return without_absent(
            publicKey=self.public_key.to_base64(),
            question=self.question.to_json(),
            checkpoint=self.checkpoint,
            measured=[one.to_json() for one in self.measured],
            pledge=self.pledge,
            recorded=self.recorded.to_json(),
            near=self.near.to_json(),
            hits=[one.to_json() for one in self.hits],
            says=_both(self.says),
            doesNotShow=[_both(one) for one in self.does_not_show],
            answeredAt=format_moment(self.answered_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the answer in `value`; raises `InputError`."""
        fields = Fields(value, "answer")
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            question=Question.read(fields.inner("question")),
            checkpoint=fields.text("checkpoint"),
            measured=fields.items("measured", Measured.read),
            pledge=fields.choice("pledge", Standing) if fields.has("pledge") else None,
            recorded=Recorded.read(fields.inner("recorded")),
            near=Near.read(fields.inner("near")),
            hits=fields.items("hits", Hit.read),
            says=_text(fields.inner("says")),
            does_not_show=fields.items("doesNotShow", _text),
            answered_at=fields.moment("answeredAt"),
        )


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _text(fields: Fields) -> Text:
    return Text(en=fields.text("en"), ja=fields.text("ja"))
