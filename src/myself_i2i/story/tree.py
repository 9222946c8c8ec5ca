"""A story as lines of text for a terminal: from the picture back, newest first.

A chain goes straight down without moving to the right, however long it is: of the earlier pictures of a step, the last
that has a story of its own is told next at the same depth, and only further ones open a branch. Each picture is told
once; when it comes again it is only named.
"""

from __future__ import annotations

from collections.abc import Iterator

from myself_i2i.story.draw import Look
from myself_i2i.story.values import Picture, StandingKind, Step, Story, Use
from myself_i2i.story.words import (
    NOT_RECORDED,
    WITHDRAWN,
    WRITTEN_BY,
    basis_words,
    called,
    how_words,
    made_words,
    short_digest,
    when,
)
from myself_i2i.wording import Text

__all__ = ["lines"]

ABOVE = Text(en="(told above)", ja="（上に記載）")
SIGNED = Text(en="signed by key {key}", ja="鍵 {key} の署名")
MORE = Text(en="further records: {count}", ja="ほかに記録 {count} 件")
BRANCH, LAST, PASS, NONE, BACK = "├─ ", "└─ ", "│  ", "   ", "▲ "


def lines(story: Story, look: Look) -> Iterator[str]:
    """Yield the lines. Words from records may hold anything: the caller MUST make control characters visible."""
    told: set[int] = set()
    # What is still to be told: how it was used, the picture, the rule before its lines, and before the lines below.
    waiting: list[tuple[str, int, str, str]] = [("", 0, "", "")]
    while waiting:
        used_as, number, first, rest = waiting.pop()
        picture = story.pictures[number]
        again = number in told
        yield first + _heading(picture, used_as, look, again=again)
        if again:
            continue
        told.add(number)
        earlier = list(story.uses_of.get(number, ()))
        onward = [use for use in earlier if story.uses_of.get(use.picture) and use.picture not in told]
        trunk = onward[-1] if onward else None
        side = [use for use in earlier if use is not trunk]
        bar = PASS if trunk or side else NONE
        for line in _body(story, picture, look):
            yield rest + bar + line
        strength = _strength(story.step_of(number))
        if trunk is not None:
            waiting.append((look.say(_used(trunk, strength)), trunk.picture, rest + BACK, rest))
        for place, use in reversed(list(enumerate(side))):
            end = trunk is None and place == len(side) - 1
            before = rest + (LAST if end else BRANCH)
            waiting.append(
                (look.say(_used(use, strength)), use.picture, before, rest + (NONE if end else PASS))
            )


def _heading(picture: Picture, used_as: str, look: Look, *, again: bool) -> str:
    name = look.say(called(picture))
    parts = [f"{used_as}: {name}" if used_as else name]
    if picture.standing.kind not in (StandingKind.RESULT, StandingKind.RECORDED):
        parts.append(look.say(basis_words(picture.standing)))
    if again:
        parts.append(look.say(ABOVE))
    elif digest := short_digest(picture):
        parts.append(digest)
    return "  ".join(parts)


def _body(story: Story, picture: Picture, look: Look) -> Iterator[str]:
    """Yield what is said of one picture's making."""
    steps = story.steps_of.get(picture.id, ())
    if not steps:
        if picture.id == 0:
            yield look.say(NOT_RECORDED)
        return
    step = steps[0]
    made = [look.say(made_words(step)), look.say(when(step, look.zone))]
    if step.generation is not None and step.generation.model:
        made.insert(1, step.generation.model)
    if step.withdrawal is not None:
        made.append(f"[{look.say(WITHDRAWN)}]")
    yield " · ".join(made)
    signed = look.say(SIGNED.format(key=step.key))
    if step.generation is not None:
        if step.generation.note:
            yield step.generation.note
        signed = f"{look.say(WRITTEN_BY[step.generation.written_by])} · {signed}"
    if len(steps) > 1:
        signed += f" · {look.say(MORE.format(count=len(steps) - 1))}"
    yield signed


def _used(use: Use, strength: float | None) -> Text:
    words = how_words(use, strength)
    if not use.note:
        return words
    return Text(en="{how}, {note}", ja="{how}「{note}」").format(how=words, note=use.note)


def _strength(step: Step | None) -> float | None:
    return step.generation.strength if step and step.generation else None
