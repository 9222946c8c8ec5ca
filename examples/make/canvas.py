"""A sheet of paper with a slightly unsteady hand: filled shapes with drawn outlines.

Coordinates are 0..1 from the top left, so that one drawing can be made at any size. Everything is drawn four
times too large and shrunk, which makes the edges soft.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

__all__ = ["Canvas", "Colour", "Point", "circle"]

Colour = tuple[int, int, int]
Point = tuple[float, float]

INK: Colour = (58, 44, 50)
OVERSIZE = 4


def circle(x: float, y: float, radius: float, *, squash: float = 1.0, corners: int = 28) -> list[Point]:
    """Return a closed round outline; `squash` is its height over its width."""
    turns = (2 * math.pi * i / corners for i in range(corners))
    return [(x + radius * math.cos(a), y + radius * squash * math.sin(a)) for a in turns]


@dataclass
class Canvas:
    """One drawing in progress."""

    size: int
    """Width and height of the finished picture in pixels."""
    rng: random.Random
    """Where the hand's unsteadiness comes from; the same seed draws the same picture."""
    wobble: float = 0.003
    """How far a line strays, as a part of the width."""
    line: float = 0.008
    """Thickness of an outline, as a part of the width."""
    filled: bool = True
    """False draws outlines only, on white paper."""
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        big = self.size * OVERSIZE
        self.image = Image.new("RGB", (big, big), "white")
        self.pen = ImageDraw.Draw(self.image)

    def wash(self, top: Colour, bottom: Colour, end: float = 1.0) -> None:
        """Fill the paper from the top down to `end` with colours that run from `top` to `bottom`."""
        if not self.filled:
            return
        big = self.size * OVERSIZE
        rows = Image.new("RGB", (1, 64))
        for y in range(64):
            share = y / 63
            rows.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))
        self.image.paste(rows.resize((big, round(big * end)), Image.Resampling.BILINEAR), (0, 0))

    def shape(
        self, points: Sequence[Point], fill: Colour | None, *, outline: bool = True, closed: bool = True
    ) -> None:
        """Draw one shape: its filling (only when `filled`), then its outline by hand."""
        big = self.size * OVERSIZE
        drawn = [(x * big, y * big) for x, y in self._by_hand(points, closed=closed)]
        if fill is not None and closed:
            self.pen.polygon(drawn, fill=fill if self.filled else (255, 255, 255))
        if outline:
            path = [*drawn, *drawn[:2]] if closed else drawn
            self.pen.line(path, fill=INK, width=max(1, round(self.line * big)), joint="curve")

    def dot(self, x: float, y: float, radius: float, fill: Colour = INK) -> None:
        """Draw a small round spot without an outline, also when only lines are drawn."""
        big = self.size * OVERSIZE
        box = [(x - radius) * big, (y - radius) * big, (x + radius) * big, (y + radius) * big]
        self.pen.ellipse(box, fill=fill if self.filled else INK)

    def finish(self) -> Image.Image:
        """Return the picture at its size."""
        return self.image.resize((self.size, self.size), Image.Resampling.LANCZOS)

    def _by_hand(self, points: Sequence[Point], *, closed: bool) -> list[Point]:
        """Cut long edges into pieces and let each corner stray a little."""
        ends = [*points[1:], points[0]] if closed else list(points[1:])
        path: list[Point] = []
        for (x0, y0), (x1, y1) in zip(points, ends, strict=False):
            pieces = max(1, round(math.hypot(x1 - x0, y1 - y0) / 0.08))
            path += [(x0 + (x1 - x0) * i / pieces, y0 + (y1 - y0) * i / pieces) for i in range(pieces)]
        if not closed:
            path.append(points[-1])
        stray = self.rng.uniform
        return [(x + stray(-self.wobble, self.wobble), y + stray(-self.wobble, self.wobble)) for x, y in path]
