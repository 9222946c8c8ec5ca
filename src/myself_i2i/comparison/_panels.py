"""Two pictures side by side in a drawing: where they stand, what is written below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.story.figure import Box, Figure, Label, Raster, Shape, Tone, fit
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.fingerprint.interface import Bytes
    from myself_i2i.story.draw import Look

__all__ = [
    "GAP",
    "PANEL",
    "SIZE",
    "TALLEST",
    "WIDTH",
    "Panel",
    "captions",
    "chip",
    "figure",
    "foot",
    "panels",
]

WIDTH: Final = 480.0  # a phone shows it at three quarters: its words stay readable
GAP: Final = 16.0
PANEL: Final = (WIDTH - GAP) / 2
TALLEST: Final = 320.0
SIZE: Final = 13.0
WIDEST: Final = 720.0


@dataclass(frozen=True, slots=True)
class Panel:
    """Where one picture stands in a drawing."""

    x: float
    """Left."""
    y: float
    """Top."""
    width: float
    """Width."""
    height: float
    """Height."""

    @classmethod
    def within(cls, shape: tuple[int, ...], x: float, y: float, width: float, tallest: float) -> Panel:
        """Return the place of a picture of `shape` in the middle of a column."""
        scale = min(width / shape[1], tallest / shape[0])
        return cls(x + (width - shape[1] * scale) / 2, y, shape[1] * scale, shape[0] * scale)

    @property
    def foot(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def raster(self, data: str) -> Raster:
        """Return the picture there."""
        return Raster(x=self.x, y=self.y, width=self.width, height=self.height, data=data)

    def points(self, places: NDArray[np.float64]) -> list[tuple[float, float]]:
        """Return places, in parts of the longer side, where they stand in the drawing; those outside at its border."""
        longer = max(self.width, self.height)
        inside = np.clip(places * longer, 0, (self.width, self.height))
        return [(self.x + x, self.y + y) for x, y in inside.tolist()]


def panels(mine: Bytes, theirs: Bytes) -> tuple[Panel, Panel]:
    """Return the places of two pictures side by side."""
    left = Panel.within(mine.shape, 0, 0, PANEL, TALLEST)
    return left, Panel.within(theirs.shape, PANEL + GAP, 0, PANEL, TALLEST)


def foot(panels: Sequence[Panel]) -> float:
    """Return where what follows two captioned pictures begins."""
    return max(panel.foot for panel in panels) + 28


def captions(
    panels: Sequence[Panel], words: Sequence[Text], names: Sequence[str], look: Look
) -> Iterator[Shape]:
    """Yield a caption below each of two pictures."""
    base = max(panel.foot for panel in panels) + 18
    for number, (text, name) in enumerate(zip(words, names, strict=True)):
        said = fit(look.say(text.format(name=name)), PANEL, SIZE)
        x = PANEL / 2 + number * (PANEL + GAP)
        yield Label(x=x, y=base, text=said, size=SIZE, tone="soft", anchor="middle")


def chip(x: float, y: float, number: str, tone: Tone) -> Iterator[Shape]:
    """Yield a number on its colour."""
    yield Box(x=x, y=y, width=18, height=18, fill=tone, stroke="card", radius=3)
    yield Label(x=x + 9, y=y + 13.5, text=number, size=SIZE, tone="card", bold=True, anchor="middle")


def figure(shapes: Sequence[Shape], height: float, spoken: str, *, cuts: Sequence[float] = ()) -> Figure:
    """Return the drawing, which fills the page's width."""
    return Figure(
        width=WIDTH, height=height, shapes=list(shapes), spoken=spoken, scales=True, widest=WIDEST, cuts=cuts
    )
