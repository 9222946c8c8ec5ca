"""A drawing as plain shapes, so that the page (SVG) and the paper (PDF) show the same one.

Lengths are CSS pixels, y grows downward. Colours are roles, not values: a renderer has one palette for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CURVE",
    "HEAD",
    "Box",
    "Figure",
    "Label",
    "Line",
    "Polygon",
    "Raster",
    "Shape",
    "Thumb",
    "Tone",
    "clean",
    "fit",
    "width_of",
]

Tone = Literal["ink", "soft", "line", "card", "paper", "accent", "warm"]
"""What a colour is for; never red or green."""

WIDE = 0x2E80
"""CJK and full-width characters begin here: one em wide; Latin letters average a little over half."""
LATIN_EM = 0.56
HEAD = 5.0
"""Half the width of an arrow head."""
CURVE = 0.45
"""How much of the way between two layers a line bends on."""

_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""C0 controls but for tab and line feed, C1 controls, what changes the direction of writing, halves of surrogate pairs, no characters at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle."""

    x: float
    """Left."""
    y: float
    """Top."""
    width: float
    """Width."""
    height: float
    """Height."""
    fill: Tone
    """Inside."""
    stroke: Tone | None = None
    """Outline."""
    dashed: bool = False
    """Outline broken: a record taken back, or nothing known."""
    radius: float = 0
    """Rounded corners."""
    title: str = ""
    """What it says when pointed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through points, rounded where there are more than two; with an arrow head at its end if asked."""

    points: Sequence[tuple[float, float]]
    """At least two."""
    tone: Tone = "soft"
    """Colour."""
    dashed: bool = False
    """Broken."""
    arrow: bool = False
    """Head at the last point, pointing down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One line of words."""

    x: float
    """Where it is anchored."""
    y: float
    """Its base line."""
    text: str
    """The words, already fitted; a renderer escapes them."""
    size: float = 12
    """Height of an em."""
    tone: Tone = "ink"
    """Colour."""
    bold: bool = False
    """Heavier."""
    anchor: Literal["start", "middle", "end"] = "start"
    """Which end of it stands at x."""
    halo: bool = False
    """A lighter edge, for words that lie over a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """A small picture, kept in proportion within a square."""

    x: float
    """Left."""
    y: float
    """Top."""
    size: float
    """Side of the square."""
    data: str
    """A data: URI of a PNG, JPEG or WebP that this program made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """A picture that fills a rectangle; the caller keeps its proportions."""

    x: float
    """Left."""
    y: float
    """Top."""
    width: float
    """Width."""
    height: float
    """Height."""
    data: str
    """A data: URI of a PNG, JPEG or WebP that this program made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    """A closed outline of straight sides, with a lighter edge so that it shows on any picture."""

    points: Sequence[tuple[float, float]]
    """At least three corners."""
    tone: Tone = "accent"
    """Colour."""
    dashed: bool = False
    """Broken."""


Shape = Box | Line | Label | Thumb | Raster | Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing."""

    width: float
    """Width."""
    height: float
    """Height."""
    shapes: Sequence[Shape]
    """Back to front."""
    spoken: str
    """What it shows, in one sentence, for those who do not see it."""
    scales: bool = False
    """Whether it may be drawn larger or smaller to fill a page; otherwise a narrow screen scrolls it."""
    widest: float = 640
    """How wide a page may draw it, when it scales."""
    cuts: Sequence[float] = ()
    """Heights at which paper may cut it, ascending."""


def clean(text: str) -> str:
    """Return `text` with what no page can carry, or what would turn a line around, as U+FFFD.

    A record's name may hold anything: control characters, half a surrogate pair, U+202E.
    """
    return _UNFIT.sub("\ufffd", text)


def width_of(text: str, size: float) -> float:
    """Return about how wide `text` is; fonts differ, so leave some room."""
    return sum(1.0 if ord(character) >= WIDE else LATIN_EM for character in text) * size


def fit(text: str, room: float, size: float) -> str:
    """Return `text` on one line, shortened with an ellipsis when it would be wider than `room`."""
    text = " ".join(text.split())
    if width_of(text, size) <= room:
        return text
    used = size  # the ellipsis
    for position, character in enumerate(text):
        used += width_of(character, size)
        if used > room:
            return text[:position].rstrip() + "…"
    return text
