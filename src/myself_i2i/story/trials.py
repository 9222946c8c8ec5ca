"""The trials behind a picture: what else its maker's records say was made on the way to it.

A *trial* is one picture (counted once, however many records tell of it) with a generation/v1 record in the ledger that
- was signed by a key that signed a record of the finished picture, and not taken back,
- is no hand work,
- is not later than the finished picture itself, and
- belongs to it in one of three ways, the first that fits:
  1. **way**: it is one of the pictures that led to the finished one;
  2. **shared**: an input or parent of it is a picture of the story (the same source, or a variation of a middle step);
  3. **session**: it was made with the same tool in one sitting with a picture of the story: between any two neighbouring
     records of that tool no more than `SITTING` passed. Only records count here that know when the picture was made,
     because many are read from files on one later day.
The third is the loosest: a person may make other things at one sitting. So each way is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from myself_i2i.attestation import IMAGE_DATA, SHA256
from myself_i2i.predicates import Generation
from myself_i2i.predicates.generation import PromptPolicy, Relation, WrittenBy
from myself_i2i.rights import Statements, withdrawal_of
from myself_i2i.story._pictures import Digest
from myself_i2i.story.values import Story

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed

__all__ = ["SITTING", "Belonging", "Trial", "find_trials"]

SITTING = timedelta(minutes=30)
"""The longest pause within one sitting."""


class Belonging(StrEnum):
    """How a trial belongs to the finished picture; see the module."""

    WAY = "way"
    SHARED = "shared"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One picture made on the way."""

    name: str
    """What its record calls it."""
    digests: frozenset[Digest]
    """By which it can be found again."""
    at: datetime
    """When it was made, as its signer says; see `timed`."""
    timed: bool
    """Whether `at` is the making and not only the writing down."""
    tool: str | None
    """The generator."""
    mode: str
    """How."""
    policy: PromptPolicy
    """How much of the prompt is kept."""
    prompt: str | None
    """The prompt, where it is kept whole."""
    statement: str
    """Digest of the record's envelope."""
    belongs: Belonging = Belonging.SESSION
    """How it belongs to the finished picture."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A trial, if it turns out to belong; with what was needed to decide that."""

    trial: Trial
    came_from: frozenset[Digest]
    nearness: int


def find_trials(records: Iterable[Signed], story: Story, statements: Statements) -> tuple[Trial, ...]:
    """Return the trials behind the picture of `story`, oldest first; `records` are all generation/v1 of the ledger.

    `records` is gone through once; what belongs is kept in memory.
    """
    last = max((step.at for step in story.steps_of.get(0, ()) if step.withdrawal is None), default=None)
    if last is None:
        return ()
    ours = _digests_of(story)
    candidates = _one_each(
        found
        for signed in records
        if signed.keyid in story.makers
        for found in _candidates(signed)
        if (found.trial.at <= last or found.trial.digests & ours)
        and withdrawal_of(statements, signed) is None
    )
    placed = []
    for one in candidates:
        if one.trial.digests & ours:
            placed.append(replace(one.trial, belongs=Belonging.WAY))
        elif one.came_from & ours:
            placed.append(replace(one.trial, belongs=Belonging.SHARED))
        else:
            placed.append(one.trial)
    kept = [trial for trial in placed if trial.belongs is not Belonging.SESSION]
    return tuple(sorted([*kept, *_sittings(placed)], key=lambda trial: (trial.at, trial.name)))


def _digests_of(story: Story) -> frozenset[Digest]:
    return frozenset(
        digest
        for picture in story.pictures
        for digest in (
            *((SHA256, value) for value in picture.sha256s),
            *((IMAGE_DATA, value) for value in picture.image_data),
        )
    )


def _candidates(signed: Signed) -> Iterator[_Candidate]:
    record = signed.predicate
    if not isinstance(record, Generation) or _by_hand(record):
        return
    came_from = frozenset(
        [
            *((SHA256, one.sha256) for one in record.inputs if one.sha256),
            *((IMAGE_DATA, one.image_data) for one in record.inputs if one.image_data),
            *((SHA256, parent.sha256) for parent in record.parents),
        ]
    )
    nearness = list(WrittenBy).index(record.written_by)
    for subject in signed.statement.subjects:
        known = [(name, subject.digest[name]) for name in (SHA256, IMAGE_DATA) if name in subject.digest]
        if known:
            trial = Trial(
                name=subject.name,
                digests=frozenset(known),
                at=record.generated_at or record.recorded_at,
                timed=record.generated_at is not None or record.written_by is WrittenBy.RECORDER,
                tool=record.tool,
                mode=record.mode,
                policy=record.prompt.policy,
                prompt=record.prompt.text,
                statement=signed.envelope.digest,
            )
            yield _Candidate(trial, came_from, nearness)


def _by_hand(record: Generation) -> bool:
    return record.tool is None and any(parent.relation is Relation.HAND_WORK for parent in record.parents)


def _one_each(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Return one candidate a picture: the record nearest to the making, the origins of all of them."""
    best: list[_Candidate] = []
    place: dict[Digest, int] = {}
    for one in candidates:
        known = next((place[digest] for digest in one.trial.digests if digest in place), None)
        if known is None:
            known = len(best)
            best.append(one)
        else:
            before = best[known]
            front = min(before, one, key=lambda each: each.nearness)
            digests = before.trial.digests | one.trial.digests
            best[known] = _Candidate(
                replace(front.trial, digests=digests),
                before.came_from | one.came_from,
                front.nearness,
            )
        place.update(dict.fromkeys(one.trial.digests, known))
    return best


def _sittings(trials: Iterable[Trial]) -> Iterator[Trial]:
    """Yield the others of each sitting that has a picture of the way in it."""
    by_tool: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.timed and trial.tool is not None:
            by_tool.setdefault(trial.tool, []).append(trial)
    for same in by_tool.values():
        same.sort(key=lambda trial: trial.at)
        sitting: list[Trial] = []
        for trial in same:
            if sitting and trial.at - sitting[-1].at > SITTING:
                yield from _of_the_way(sitting)
                sitting = []
            sitting.append(trial)
        yield from _of_the_way(sitting)


def _of_the_way(sitting: list[Trial]) -> Iterator[Trial]:
    if any(trial.belongs is Belonging.WAY for trial in sitting):
        yield from (trial for trial in sitting if trial.belongs is Belonging.SESSION)
