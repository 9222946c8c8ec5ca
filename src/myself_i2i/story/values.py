"""The values of a story: how one picture came to be, step by step, as signed records say."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from myself_i2i.predicates import Generation, Withdrawal
from myself_i2i.predicates.generation import Relation, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.wording import Text

__all__ = ["DECLARED_ORIGIN", "Picture", "Standing", "StandingKind", "Step", "Story", "Use"]

DECLARED_ORIGIN = "declared-origin"
"""The `how` of a use that no generation record tells, only a source/v1 statement of basis own-generation."""


class StandingKind(StrEnum):
    """Why a picture may stand where it stands, as far as statements say."""

    RESULT = "result"
    """The picture the story is about: nothing is asked of it."""
    RECORDED = "recorded"
    """The same maker's own record of how it was made is part of this story."""
    DECLARED = "declared"
    """A source; its rights basis was declared."""
    UNDECLARED = "undeclared"
    """A source; no rights basis is declared, or the one declared does not hold."""
    NAME_ONLY = "name-only"
    """A source of which the record has no digest, so nothing can be looked up about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is said about a picture's right to stand where it stands. It is what people declared, not a finding."""

    kind: StandingKind
    """The short answer."""
    basis: Basis | None = None
    """The ground, with DECLARED."""
    says: tuple[Text, ...] = ()
    """Who says so; with UNDECLARED why not."""
    notes: tuple[Text, ...] = ()
    """What else there is to know: licence terms, wishes, declarations taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of a story, whatever files it is in: joined by sha256 and imageData/v1."""

    id: int
    """Its place in `Story.pictures`."""
    name: str
    """What the records call it, "" when they give no name. A stranger may have chosen it."""
    sha256s: tuple[str, ...]
    """Digests of the files it is known in; more than one after a mark was written into it."""
    image_data: tuple[str, ...]
    """Its imageData/v1 digests."""
    standing: Standing
    """Why it may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One earlier picture that a step took up."""

    picture: int
    """The earlier picture's id."""
    how: str
    """A role (`generation.ROLES`), a relation (`generation.Relation`) or `DECLARED_ORIGIN`."""
    note: str | None = None
    """What was done, in the maker's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One record of how one picture was made. A picture may have several: by a recorder, from the file, by hand."""

    picture: int
    """The picture made."""
    statement: str
    """Digest of the envelope that says so."""
    keyid: str
    """Who signed it."""
    key: str
    """The key in short, as people read it out."""
    generation: Generation | None
    """What it says; None for a declared origin, which says only where the picture came from."""
    uses: tuple[Use, ...]
    """What went in."""
    at: datetime
    """When the picture was made as the signer says, or else when that was written down."""
    withdrawal: Withdrawal | None = None
    """The signer took the record back; it stays visible."""

    @property
    def timed(self) -> bool:
        """Whether `at` is when it was made, and not only when somebody wrote it down later."""
        record = self.generation
        return record is not None and (
            record.generated_at is not None or record.written_by is WrittenBy.RECORDER
        )

    @property
    def hand_work(self) -> tuple[Use, ...]:
        """The earlier pictures that were worked on by hand."""
        return tuple(use for use in self.uses if use.how == Relation.HAND_WORK)


@dataclass(frozen=True, kw_only=True)
class Story:
    """How one picture came to be, back to its sources, as far as records say."""

    pictures: tuple[Picture, ...]
    """Every picture, the one asked about first; `Picture.id` is the index."""
    steps: tuple[Step, ...]
    """Every record, oldest first."""
    notes: tuple[Text, ...] = ()
    """What was left out and why, what is odd."""

    @property
    def picture(self) -> Picture:
        """The picture the story is about."""
        return self.pictures[0]

    @functools.cached_property
    def steps_of(self) -> Mapping[int, Sequence[Step]]:
        """The records of each picture, the one to believe first in front: in force, by a recorder, newest."""
        found: defaultdict[int, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.picture].append(step)
        return {picture: sorted(steps, key=_rank) for picture, steps in found.items()}

    def step_of(self, picture: int) -> Step | None:
        """Return the record of `picture` to show first, or None when there is none."""
        steps = self.steps_of.get(picture)
        return steps[0] if steps else None

    @functools.cached_property
    def uses_of(self) -> Mapping[int, Sequence[Use]]:
        """What went into each picture by all its records, each earlier picture once and under its plainest name."""
        found: dict[int, dict[int, Use]] = {}
        for picture, steps in self.steps_of.items():
            taken: dict[int, Use] = {}
            for use in (use for step in steps for use in step.uses):
                # "generated-from" says less than the role it was used in.
                if use.picture not in taken or taken[use.picture].how == Relation.GENERATED_FROM:
                    taken[use.picture] = use
            found[picture] = taken
        return {picture: tuple(taken.values()) for picture, taken in found.items()}

    @functools.cached_property
    def sources(self) -> tuple[Picture, ...]:
        """The pictures at the beginning: those that no record here tells the making of."""
        made = (StandingKind.RESULT, StandingKind.RECORDED)
        return tuple(one for one in self.pictures if one.standing.kind not in made)

    @functools.cached_property
    def makers(self) -> frozenset[str]:
        """The keyids that signed a record, in force, of the picture the story is about."""
        return frozenset(step.keyid for step in self.steps_of.get(0, ()) if step.withdrawal is None)


def _rank(step: Step) -> tuple[bool, int, float]:
    """Smaller is to be shown first."""
    record = step.generation
    nearness = len(WrittenBy) if record is None else list(WrittenBy).index(record.written_by)
    return step.withdrawal is not None, nearness, -step.at.timestamp()
