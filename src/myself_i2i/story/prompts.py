"""Prompts over time: which were tried, when, how often, and what changed from one to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from myself_i2i.story.trials import Belonging, Trial

__all__ = ["PromptTrial", "prompt_trials"]

_PARTS = re.compile(r"[,、，。\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTrial:
    """One prompt that was tried, word for word the same."""

    text: str
    """The prompt."""
    first_at: datetime
    """The first picture made with it."""
    last_at: datetime
    """The last."""
    pictures: int
    """How many."""
    on_the_way: int
    """How many of them led to the finished picture."""
    added: tuple[str, ...]
    """Parts (between commas) that the prompt tried before it did not have."""
    removed: tuple[str, ...]
    """Parts that only the one before had."""


def prompt_trials(trials: Iterable[Trial]) -> tuple[PromptTrial, ...]:
    """Return the different prompts among `trials` that are kept whole, in the order they were first tried."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.prompt is not None:
            groups.setdefault(trial.prompt, []).append(trial)
    found: list[PromptTrial] = []
    before: tuple[str, ...] = ()
    for text, same in groups.items():
        parts = _parts(text)
        found.append(
            PromptTrial(
                text=text,
                first_at=min(trial.at for trial in same),
                last_at=max(trial.at for trial in same),
                pictures=len(same),
                on_the_way=sum(trial.belongs is Belonging.WAY for trial in same),
                # Nothing was added to the first: there was none before it.
                added=_without(parts, before) if found else (),
                removed=_without(before, parts) if found else (),
            )
        )
        before = parts
    return tuple(found)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in _PARTS.split(text) if part.strip()))


def _without(parts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    gone = set(others)
    return tuple(part for part in parts if part not in gone)
