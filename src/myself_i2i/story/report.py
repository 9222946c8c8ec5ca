"""The authorship report: what a maker shows to a shop, a lawyer or the police about one picture.

It answers what they ask of a maker (the guidance on creative contribution: how much and what was put in, how many trials
with corrections, what was chosen, what was done by hand), from records, and says what those do not show. It never finds
that a picture is a work, or whose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from myself_i2i.predicates import Pledge
from myself_i2i.rights import Statements, withdrawal_of
from myself_i2i.story.prompts import PromptTrial, prompt_trials
from myself_i2i.story.trials import Belonging, Trial, find_trials
from myself_i2i.story.values import Step, Story

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed, Withdrawal

__all__ = ["Kept", "KeptPledge", "Report", "Told", "make_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who made the report, for whom, when: what the command line was told."""

    by: str
    """Who made it, "" when nobody said."""
    recipient: str
    """For whom, "" when nobody said."""
    made_at: datetime
    """When."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Which of the trials still lie in the folders that were looked through."""

    kept: int
    """How many lie there."""
    marked: int
    """How many of these carry a mark."""


@dataclass(frozen=True, slots=True)
class KeptPledge:
    """The maker's pledge."""

    pledge: Pledge
    """What it says."""
    key: str
    """The key, in short."""
    withdrawal: Withdrawal | None
    """The withdrawal, or None while it is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that the report says."""

    told: Told
    """By whom and for whom."""
    story: Story
    """The way to the picture."""
    trials: Sequence[Trial]
    """What was tried, oldest first; exactly which records count is in `story.trials`."""
    prompts: Sequence[PromptTrial]
    """The different prompts, where they are kept."""
    pledge: KeptPledge | None
    """The maker's newest pledge."""
    kept: Kept | None
    """Which trials still lie in the folders given; None when no folder was looked through."""

    @property
    def hand_work(self) -> tuple[Step, ...]:
        """The steps of work by hand, in force, oldest first."""
        return tuple(step for step in self.story.steps if step.hand_work and step.withdrawal is None)

    def count(self, belongs: Belonging) -> int:
        """Return how many trials belong to the picture in this way."""
        return sum(trial.belongs is belongs for trial in self.trials)


def make_report(
    story: Story,
    statements: Statements,
    *,
    records: Iterable[Signed],
    pledges: Iterable[Signed],
    told: Told,
    kept: Callable[[Sequence[Trial]], Kept] | None = None,
) -> Report:
    """Return the report on `story`; `records` and `pledges` are all generation/v1 and pledge/v1 statements there are.

    With nobody named in `told`, the name that the pledge gives stands there. `kept` looks the trials up in the person's
    folders.
    """
    trials = find_trials(records, story, statements)
    pledge = _pledge(pledges, story, statements)
    signed_as = pledge.pledge.display_name if pledge else None
    return Report(
        told=told if told.by else replace(told, by=signed_as or ""),
        story=story,
        trials=trials,
        prompts=prompt_trials(trials),
        pledge=pledge,
        kept=kept(trials) if kept else None,
    )


def _pledge(pledges: Iterable[Signed], story: Story, statements: Statements) -> KeptPledge | None:
    """Return the newest pledge of the story's makers, one in force before any that was withdrawn."""
    found = [
        KeptPledge(signed.predicate, signed.public_key.short_form, withdrawal_of(statements, signed))
        for signed in pledges
        if isinstance(signed.predicate, Pledge) and signed.keyid in story.makers
    ]
    return max(found, key=lambda one: (one.withdrawal is None, one.pledge.pledged_at), default=None)
