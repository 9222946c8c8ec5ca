"""What a comparison says, as values: three questions, each with its distance and what that distance is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.comparison.aligning import Alignment
    from myself_i2i.comparison.measuring import Part
    from myself_i2i.fingerprint.interface import Fingerprint

__all__ = [
    "Comparison",
    "Dated",
    "Finding",
    "Frame",
    "NearestFrame",
    "Nearness",
    "Question",
    "Rate",
    "Reason",
]


class Question(StrEnum):
    """What is asked of two pictures; the wire strings of `compare --json`."""

    SAME = "same"
    """Is it the same picture, saved again?"""
    LAYOUT = "layout"
    """Is the layout kept, as i2i keeps it?"""
    PART = "part"
    """Is a part of one in the other?"""


class Nearness(StrEnum):
    """An answer. It is about two pictures, never about a person, and never about how they came to be near."""

    NEAR = "near"
    """Nearer than all but the fewest unrelated pairs that were measured."""
    NOT_NEAR = "not_near"
    """As far apart as unrelated pairs commonly are; that shows no absence of a relation."""
    CANNOT_TELL = "cannot_tell"
    """Too little to compare, or a distance at which related and unrelated pairs both occur."""


class Reason(StrEnum):
    """What an answer rests on."""

    MEASURED = "measured"
    """The distance, held against the measured tables."""
    BY_PARTS = "by_parts"
    """The same parts at the same places over most of both pictures."""
    IDENTICAL = "identical"
    """The files are the same, byte for byte."""
    TOO_FLAT = "too_flat"
    """One of the pictures has too little structure to hold on to."""
    NOT_LOOKED = "not_looked"
    """An optional library that this question needs is not installed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was seen in a measured set, with its uncertainty."""

    seen: int
    """In so many pairs."""
    pairs: int
    """Of so many."""
    low: float
    """Lower end of the 95 % interval (bootstrap over groups of pictures), 0..1."""
    high: float
    """Upper end, 0..1; above 0 even when nothing was seen (three in so many pairs)."""

    @property
    def share(self) -> float:
        """`seen / pairs`, 0..1."""
        return self.seen / self.pairs if self.pairs else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to one question."""

    question: Question
    """Which."""
    answer: Nearness
    """The answer."""
    reason: Reason
    """What it rests on."""
    value: float | None
    """The measure (`Table.unit` says of what), or None when nothing was measured."""
    chance: Rate | None = None
    """How many unrelated pairs came this near or nearer."""
    related: Rate | None = None
    """How many related pairs, of the kinds this question is about, came this near or nearer."""
    notes: Sequence[Text] = ()
    """What else there is to know: mirrored, which crop, how many places agree."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One moment that something signed gives for a picture."""

    at: datetime
    """The moment, aware."""
    says: Text
    """Who says so, and of what; a sentence without full stop."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One work-in-progress file of a journal, as plain values."""

    name: str
    """What it is called."""
    dated: Dated
    """When it existed, and who says so."""
    fingerprints: Mapping[str, Fingerprint]
    """Those that can be opened here, by algorithm."""


@dataclass(frozen=True, slots=True)
class NearestFrame:
    """The journal's frame that is nearest to the other picture."""

    frame: Frame
    """Which."""
    finding: Finding
    """How near, by the question under which it is nearest."""
    looked_at: int
    """Among how many frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two pictures compared."""

    findings: tuple[Finding, ...]
    """One for each question, in the order of `Question`."""
    part: Part | None
    """Where a part of one stands in the other, theirs -> mine; None when none was found."""
    alignment: Alignment | None
    """Where theirs lies over mine in the drawings; None when one of them is flat."""

    def finding(self, question: Question) -> Finding:
        """Return the answer to `question`."""
        return next(one for one in self.findings if one.question is question)

    @property
    def undecided(self) -> bool:
        """Whether any answer is near, or cannot be told: the pictures deserve a look."""
        return any(one.answer is not Nearness.NOT_NEAR for one in self.findings)
