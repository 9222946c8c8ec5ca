"""When the pictures on the way were made: a bar chart over time, with the pictures that led on and the hand work marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from myself_i2i.story.draw import Look
from myself_i2i.story.figure import Box, Figure, Label, Line, Shape, Tone, width_of
from myself_i2i.story.trials import Belonging, Trial
from myself_i2i.story.values import Step
from myself_i2i.story.words import clock
from myself_i2i.wording import Text

__all__ = ["timeline"]

WIDTH, PLOT_TOP, PLOT = 430.0, 14.0, 96.0  # about the width of a phone, so that its text is not shrunk there
LEFT, RIGHT = 36.0, 8.0
LANE = 20.0
BINS = 48
SIZE = 11.5
MOST_MARKS = 200

LED_ON = Text(en="led to this picture", ja="この画像につながったもの")
OTHERS = Text(en="other trials", ja="ほかの試行")
BY_HAND = Text(en="hand work, as written down", ja="加筆修正（書き留めた日時）")
SPOKEN = Text(
    en="{made} pictures from {first} to {last}, {led} of them on the way to this one, hand work {hand} times",
    ja="{first} から {last} までに {made} 枚、うちこの画像につながったもの {led} 枚、加筆修正 {hand} 回",
)


def timeline(trials: Sequence[Trial], hand_work: Sequence[Step], look: Look) -> Figure | None:
    """Return the chart of everything whose time of making is recorded, or None when there is nothing."""
    timed = [trial for trial in trials if trial.timed]
    moments = [*(trial.at for trial in timed), *(step.at for step in hand_work)]
    if not timed:
        return None
    first, last = min(moments), max(moments)
    scale = _Scale(first, max(last - first, timedelta(minutes=1)))
    led = [trial for trial in timed if trial.belongs is Belonging.WAY]
    counts = [0] * BINS
    ways = [0] * BINS
    for trial in timed:
        counts[scale.bin(trial.at)] += 1
        ways[scale.bin(trial.at)] += trial.belongs is Belonging.WAY
    shapes = [*_bars(counts, ways), *_axis(max(counts), first, last, look)]
    shapes += _lane(scale, hand_work)
    legend = _legend(look, hand=bool(hand_work))
    spoken = SPOKEN.format(
        made=len(timed),
        first=clock(first, look.zone),
        last=clock(last, look.zone),
        led=len(led),
        hand=len(hand_work),
    )
    height = max(shape.y for shape in legend if isinstance(shape, Label)) + 16
    return Figure(width=WIDTH, height=height, shapes=[*shapes, *legend], spoken=look.say(spoken), scales=True)


class _Scale:
    """From moments to places."""

    def __init__(self, first: datetime, span: timedelta) -> None:
        self._first = first
        self._span = span

    def share(self, moment: datetime) -> float:
        return (moment - self._first) / self._span

    def x(self, moment: datetime) -> float:
        return LEFT + self.share(moment) * (WIDTH - LEFT - RIGHT)

    def bin(self, moment: datetime) -> int:
        return min(int(self.share(moment) * BINS), BINS - 1)


def _bars(counts: Sequence[int], ways: Sequence[int]) -> list[Shape]:
    """Bars of all trials, those that led on at the foot of each."""
    shapes: list[Shape] = []
    room = (WIDTH - LEFT - RIGHT) / BINS
    most = max(counts)
    foot = PLOT_TOP + PLOT
    for place, (count, way) in enumerate(zip(counts, ways, strict=True)):
        x = LEFT + place * room + 1
        whole, part = (max(PLOT * number / most, 2) if number else 0 for number in (count, way))
        if count > way:
            shapes.append(
                Box(x=x, y=foot - whole, width=room - 2, height=whole, fill="line", title=str(count))
            )
        if way:
            shapes.append(Box(x=x, y=foot - part, width=room - 2, height=part, fill="accent", title=str(way)))
    return shapes


def _axis(most: int, first: datetime, last: datetime, look: Look) -> list[Shape]:
    foot = PLOT_TOP + PLOT
    under = foot + LANE + 18
    return [
        Line(points=[(LEFT, foot), (WIDTH - RIGHT, foot)], tone="soft"),
        Label(x=LEFT - 8, y=PLOT_TOP + 8, text=f"{most:,}", size=SIZE, tone="soft", anchor="end"),
        Label(x=LEFT - 8, y=foot, text="0", size=SIZE, tone="soft", anchor="end"),
        Label(x=LEFT, y=under, text=clock(first, look.zone), size=SIZE, tone="soft"),
        Label(x=WIDTH - RIGHT, y=under, text=clock(last, look.zone), size=SIZE, tone="soft", anchor="end"),
    ]


def _lane(scale: _Scale, hand_work: Sequence[Step]) -> list[Shape]:
    y = PLOT_TOP + PLOT + LANE / 2
    return [
        Box(x=scale.x(step.at) - 4, y=y - 4, width=8, height=8, fill="warm", radius=4)
        for step in hand_work[:MOST_MARKS]
    ]


def _legend(look: Look, *, hand: bool) -> list[Shape]:
    """What the colours mean, on as many lines as the width needs."""
    keys: list[tuple[Tone, Text, int]] = [("accent", LED_ON, 0), ("line", OTHERS, 0)]
    if hand:
        keys.append(("warm", BY_HAND, 5))
    shapes: list[Shape] = []
    x, y = LEFT, PLOT_TOP + PLOT + 2 * LANE + 18
    for fill, words, radius in keys:
        text = look.say(words)
        room = 15 + width_of(text, SIZE) + 14
        if x > LEFT and x + room > WIDTH:
            x, y = LEFT, y + LANE
        shapes.append(Box(x=x, y=y - 9, width=10, height=10, fill=fill, radius=radius))
        shapes.append(Label(x=x + 15, y=y, text=text, size=SIZE))
        x += room
    return shapes
