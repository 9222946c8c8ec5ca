"""A story as a drawing: sources on top, the picture at the foot, time flowing down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from myself_i2i.predicates.generation import Relation
from myself_i2i.story.figure import Box, Figure, Label, Line, Shape, Thumb, Tone, fit
from myself_i2i.story.layout import Edge, Layout, lay_out
from myself_i2i.story.values import Picture, StandingKind, Story, Use
from myself_i2i.story.words import (
    BRIEFLY,
    NOT_RECORDED,
    WITHDRAWN,
    basis_words,
    called,
    how_words,
    made_words,
    short_digest,
    when,
)
from myself_i2i.wording import Language, Text

__all__ = ["Look", "draw"]

BOX = (288.0, 92.0)
GAP = (36.0, 60.0)
THUMB = 76.0
PAD = 8.0
MARGIN = 12.0
SIZES = (13.0, 12.0, 12.0, 11.0)
SPOKEN = Text(
    en="{name} and what it was made from: {pictures} pictures, {steps} records",
    ja="{name} とその元になったもの: 画像 {pictures} 枚、記録 {steps} 件",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a story is to be shown."""

    language: Language
    """The reader's language."""
    zone: tzinfo = UTC
    """In which time zone moments are written."""
    thumbnails: Mapping[int, str] = field(default_factory=dict)
    """A small preview by picture id, as a data: URI, where the file was found."""

    def say(self, text: Text) -> str:
        """Return the text in the reader's language."""
        return text.in_(self.language)


def draw(story: Story, look: Look) -> Figure:
    """Return the drawing of `story`. Long words are shortened; the box's title has them whole."""
    uses = {
        (use.picture, picture): use
        for picture, found in story.uses_of.items()
        for use in found
        if use.picture != picture
    }
    layout = lay_out(0, uses)
    shapes: list[Shape] = []
    for edge, use in uses.items():
        if edge[0] in layout.columns and edge[1] in layout.columns:
            shapes += _edge(story, layout, edge, use, look)
    for picture in layout.columns:
        shapes += _picture(story, layout, story.pictures[picture], look)
    layer = BOX[1] + GAP[1]
    words = SPOKEN.format(name=called(story.picture), pictures=len(story.pictures), steps=len(story.steps))
    return Figure(
        width=layout.width * (BOX[0] + GAP[0]) + BOX[0] + 2 * MARGIN,
        height=layout.depth * layer + BOX[1] + 2 * MARGIN,
        shapes=shapes,
        spoken=look.say(words),
        cuts=[MARGIN + number * layer - GAP[1] / 2 for number in range(1, layout.depth + 1)],
    )


def _place(layout: Layout, column: float, layer: int) -> tuple[float, float]:
    """Return the middle of the top of what stands at `column` in `layer`."""
    return MARGIN + BOX[0] / 2 + column * (BOX[0] + GAP[0]), MARGIN + (layout.depth - layer) * (
        BOX[1] + GAP[1]
    )


def _edge(story: Story, layout: Layout, edge: Edge, use: Use, look: Look) -> Iterator[Shape]:
    earlier, later = edge
    x, y = _place(layout, layout.columns[earlier], layout.layers[earlier])
    points = [(x, y + BOX[1])]
    for column, layer in layout.ways.get(edge, ()):
        through_x, through_y = _place(layout, column, layer)
        points += [(through_x, through_y), (through_x, through_y + BOX[1])]
    points.append(_place(layout, layout.columns[later], layout.layers[later]))
    step = story.step_of(later)
    withdrawn = step is not None and step.withdrawal is not None
    by_hand = use.how == Relation.HAND_WORK
    yield Line(points=points, tone="accent" if by_hand else "soft", dashed=withdrawn, arrow=True)
    strength = step.generation.strength if step and step.generation else None
    words = look.say(how_words(use, strength))
    if use.note:
        words += f": {use.note}"
    (x, y), (to_x, to_y) = points[0], points[1]
    # A third of the way down, where ways that meet at one picture still lie apart.
    at_x, at_y = x + (to_x - x) * 0.22, y + (to_y - y) * 0.34 + 4
    yield Label(
        x=at_x,
        y=at_y,
        text=fit(words, BOX[0] - 2 * PAD, SIZES[3]),
        size=SIZES[3],
        tone="accent" if by_hand else "soft",
        anchor="middle",
        halo=True,
    )


def _picture(story: Story, layout: Layout, picture: Picture, look: Look) -> Iterator[Shape]:
    left, top = _place(layout, layout.columns[picture.id], layout.layers[picture.id])
    left -= BOX[0] / 2
    lines = list(_lines(story, picture, look))
    step = story.step_of(picture.id)
    unknown = picture.standing.kind in (StandingKind.UNDECLARED, StandingKind.NAME_ONLY)
    withdrawn = step is not None and step.withdrawal is not None
    yield Box(
        x=left,
        y=top,
        width=BOX[0],
        height=BOX[1],
        fill="card",
        stroke="accent" if picture.id == 0 else "line",
        dashed=unknown or withdrawn,
        radius=8,
        title="\n".join(text for text, _ in lines),
    )
    thumbnail = look.thumbnails.get(picture.id)
    if thumbnail is not None:
        yield Thumb(x=left + PAD, y=top + PAD, size=THUMB, data=thumbnail)
    else:
        yield Box(x=left + PAD, y=top + PAD, width=THUMB, height=THUMB, fill="paper", radius=4)
        # Its first digits are all that is known of how it looks; without digest, a dash.
        digest = short_digest(picture)[:8] or "–"
        yield Label(
            x=left + PAD + THUMB / 2,
            y=top + PAD + THUMB / 2 + 4,
            text=digest,
            size=11,
            tone="soft",
            anchor="middle",
        )
    text_left = left + THUMB + 2 * PAD + 2
    room = BOX[0] - THUMB - 3 * PAD - 2
    base = top + 23
    for (text, tone), size in zip(lines, SIZES, strict=False):
        bold = size == SIZES[0]
        yield Label(x=text_left, y=base, text=fit(text, room, size), size=size, tone=tone, bold=bold)
        base += 19


def _lines(story: Story, picture: Picture, look: Look) -> Iterator[tuple[str, Tone]]:
    """Yield up to four lines: name, how it was made or why it may be used, when, who wrote it down."""
    yield look.say(called(picture)), "ink"
    step = story.step_of(picture.id)
    # A source says first why it may be used, even when it names where it came from.
    if picture.standing.kind not in (StandingKind.RESULT, StandingKind.RECORDED):
        yield look.say(basis_words(picture.standing)), "ink"
    if step is None:
        if picture.id == 0:
            yield look.say(NOT_RECORDED), "ink"
        if digest := short_digest(picture):
            yield digest, "soft"
        return
    if step.generation is None:
        return
    yield look.say(made_words(step, version=False)), "ink"
    yield look.say(when(step, look.zone)), "soft"
    written = look.say(BRIEFLY[step.generation.written_by])
    yield (look.say(WITHDRAWN) if step.withdrawal else written), "soft"
