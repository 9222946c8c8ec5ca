"""The drawings of a comparison: what helps a person look, the differing places as well as the agreeing ones.

No drawing lays one picture's pixels over the other's: only outlines are laid over each other, on a neutral ground.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.comparison import colours
from myself_i2i.comparison._panels import (
    GAP,
    PANEL,
    SIZE,
    TALLEST,
    WIDTH,
    Panel,
    captions,
    chip,
    figure,
    foot,
    panels,
)
from myself_i2i.comparison.agreement import CELLS, Agreement, Place, mark
from myself_i2i.comparison.aligning import Alignment
from myself_i2i.comparison.outlines import outlines
from myself_i2i.comparison.structure import fit_within
from myself_i2i.story.figure import Box, Figure, Label, Polygon, Raster, Shape, Tone
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.comparison.looks import Looks
    from myself_i2i.comparison.measuring import Part
    from myself_i2i.fingerprint.interface import Bytes
    from myself_i2i.story.draw import Look

__all__ = ["MOST_PLACES", "Pair", "beside", "crops", "outlined", "strength_map"]

LINES: Final = 480
"""Longer side of drawn outlines."""
MOST_PLACES: Final = 6
AROUND: Final = 2.5
"""A crop shows so many cells of the map."""
CROP: Final = 96
ACROSS: Final = 3

YOURS = Text(en="yours: {name}", ja="あなたの画像: {name}")
THEIRS = Text(en="the other: {name}", ja="もう一方: {name}")
YOUR_LINES = Text(en="outlines of yours", ja="あなたの画像の輪郭")
THEIR_LINES = Text(en="outlines of the other", ja="もう一方の輪郭")
BOTH_LINES = Text(
    en="the other's outlines where the machine laid them over yours",
    ja="もう一方の輪郭を、機械が求めた位置に重ねたもの",
)
NOTHING = Text(en="nothing agrees", ja="一致なし")
ALL = Text(en="agrees wholly", ja="完全に一致")
FLAT = Text(en="nothing to compare", ja="比べるものがない")
UNRELATED = Text(
    en="▲ 1 in 20 places between unrelated pictures reaches this",
    ja="▲ 無関係な画像でも20か所に1か所はここに達する",
)
SPOKEN = {
    "beside": Text(en="both pictures side by side", ja="2枚の画像を並べたもの"),
    "regions": Text(
        en="both pictures side by side, {count} places that agree numbered in both",
        ja="2枚の画像を並べ、対応する {count} か所に同じ番号を付けたもの",
    ),
    "outlines": Text(
        en="the outlines of both pictures, each in its own colour, side by side and laid over each other",
        ja="2枚の画像の輪郭を別々の色で、並べたものと重ねたもの",
    ),
    "map": Text(
        en="your picture, and beside it where the structure agrees: {reached} of {compared} places above the mark",
        ja="あなたの画像と、構造が一致する場所の図。比べた {compared} か所のうち {reached} か所が目安以上",
    ),
    "agreeing": Text(
        en="{count} agreeing places as pairs of crops", ja="一致する {count} か所の切り抜きの組"
    ),
    "differing": Text(
        en="{count} differing places as pairs of crops", ja="異なる {count} か所の切り抜きの組"
    ),
}


@dataclass(frozen=True)
class Pair:
    """Two pictures as the drawings need them."""

    mine: Looks
    """Mine."""
    theirs: Looks
    """Theirs."""
    names: tuple[str, str]
    """What to call them."""
    alignment: Alignment | None
    """Where theirs lies over mine; None draws them side by side only."""
    agreement: Agreement | None
    """Where their structure agrees; None without an alignment."""
    part: Part | None = None
    """The part found, or None."""

    @property
    def agreeing(self) -> Sequence[Place]:
        """The places shown as agreeing, best first."""
        return () if self.agreement is None else self.agreement.best(MOST_PLACES, mark())

    @property
    def differing(self) -> Sequence[Place]:
        """The places shown as differing, least alike first."""
        return () if self.agreement is None else self.agreement.worst(MOST_PLACES, mark())


def beside(pair: Pair, look: Look) -> Figure:
    """Return both pictures side by side; the agreeing places carry the same number in both."""
    both = panels(pair.mine.grey, pair.theirs.grey)
    shapes: list[Shape] = [
        panel.raster(colours.as_uri(one.colour))
        for panel, one in zip(both, (pair.mine, pair.theirs), strict=True)
    ]
    if pair.part is not None:
        match = pair.part.match
        for panel, region in zip(both, (match.region, match.kept_region), strict=True):
            shapes += _marked(panel, region, "A", "warm")
    shapes += _signs(pair, both, pair.differing, _letter, "ink")
    shapes += _signs(pair, both, pair.agreeing, _number, "accent")
    shapes += captions(both, (YOURS, THEIRS), pair.names, look)
    spoken = SPOKEN["regions"].format(count=len(pair.agreeing)) if pair.agreeing else SPOKEN["beside"]
    return figure(shapes, foot(both), look.say(spoken))


def outlined(pair: Pair, alignment: Alignment, look: Look) -> Figure:
    """Return the outlines of each picture in its own colour: side by side, then laid over each other."""
    greys = [fit_within(one.grey, LINES) for one in (pair.mine, pair.theirs)]
    lines = [outlines(grey) for grey in greys]
    both = panels(*greys)
    inks = colours.MINE, colours.THEIRS
    shapes: list[Shape] = [
        panel.raster(colours.as_uri(_inked([(one, ink)]), lines=True))
        for panel, one, ink in zip(both, lines, inks, strict=True)
    ]
    shapes += captions(both, (YOUR_LINES, THEIR_LINES), pair.names, look)
    top = foot(both) + GAP
    moved, over = alignment.lay(greys[1], lines[0].shape)
    together = _inked([(outlines(moved) & _inside(over), inks[1]), (lines[0], inks[0])])
    panel = Panel.within(greys[0].shape, (WIDTH - 1.4 * PANEL) / 2, top, 1.4 * PANEL, 1.4 * TALLEST)
    shapes += [
        panel.raster(colours.as_uri(together, lines=True)),
        Label(
            x=WIDTH / 2, y=panel.foot + 18, text=look.say(BOTH_LINES), size=SIZE, tone="soft", anchor="middle"
        ),
    ]
    return figure(shapes, panel.foot + 26, look.say(SPOKEN["outlines"]), cuts=[top - GAP / 2])


def strength_map(pair: Pair, agreement: Agreement, look: Look) -> Figure:
    """Return mine, and beside it where the structure agrees, on one scale with its legend."""
    grey = fit_within(pair.mine.grey, LINES)
    shape = grey.shape
    step = LINES / CELLS
    rows = np.minimum((np.arange(shape[0]) / step).astype(int), agreement.values.shape[0] - 1)
    columns = np.minimum((np.arange(shape[1]) / step).astype(int), agreement.values.shape[1] - 1)
    painted = colours.painted(agreement.values[rows][:, columns])
    painted[outlines(grey)] = painted[outlines(grey)] // 2
    both = panels(grey, grey)
    shapes: list[Shape] = [
        both[0].raster(colours.as_uri(pair.mine.colour)),
        both[1].raster(colours.as_uri(painted, lines=True)),
        *_legend(foot(both), look),
    ]
    spoken = SPOKEN["map"].format(reached=agreement.reaching(mark()), compared=agreement.compared)
    return figure(shapes, foot(both) + 74, look.say(spoken))


def crops(pair: Pair, alignment: Alignment, places: Sequence[Place], look: Look, *, agreeing: bool) -> Figure:
    """Return the same places of both pictures as pairs of small crops: mine left, theirs right, laid as the machine found."""
    moved = _colour_over(pair.theirs.colour, alignment, pair.mine.grey.shape)
    width = (WIDTH - (ACROSS - 1) * GAP) / ACROSS
    side = (width - 2) / 2
    shapes: list[Shape] = []
    for at, place in enumerate(places):
        x, y = at % ACROSS * (width + GAP), at // ACROSS * (side + GAP) + 8
        for number, picture in enumerate((pair.mine.colour, moved)):
            data = colours.as_uri(_crop(picture, place))
            shapes.append(Raster(x=x + number * (side + 2), y=y, width=side, height=side, data=data))
        shapes += chip(x, y, _number(at), "accent") if agreeing else chip(x, y, _letter(at), "ink")
    height = -(-len(places) // ACROSS) * (side + GAP) + 8
    spoken = SPOKEN["agreeing" if agreeing else "differing"].format(count=len(places))
    return figure(shapes, height, look.say(spoken))


def _marked(panel: Panel, corners: NDArray[np.float64], number: str, tone: Tone) -> Iterator[Shape]:
    points = panel.points(corners)
    yield Polygon(points=points, tone=tone, dashed=tone == "ink")
    x, y = min(points, key=lambda one: one[0] + one[1])
    yield from chip(x, y, number, tone)


def _signs(
    pair: Pair, both: Sequence[Panel], places: Sequence[Place], name: Callable[[int], str], tone: Tone
) -> Iterator[Shape]:
    """Yield the same sign at the same place of both pictures."""
    for at, place in enumerate(places):
        square = _square(place)
        yield from _marked(both[0], square, name(at), tone)
        if pair.alignment is not None:
            yield from _marked(both[1], pair.alignment.onto_theirs(square), name(at), tone)


def _number(at: int) -> str:
    """Return the name of an agreeing place."""
    return str(at + 1)


def _letter(at: int) -> str:
    """Return the name of a differing place."""
    return chr(ord("a") + at)


def _square(place: Place) -> NDArray[np.float64]:
    """Return the corners of a place with what is around it, in parts of mine's longer side."""
    left, top = _corner(place)
    side = AROUND / CELLS
    return np.array([[left, top], [left + side, top], [left + side, top + side], [left, top + side]])


def _corner(place: Place) -> tuple[float, float]:
    return tuple(max(0.0, (at + 0.5 - AROUND / 2) / CELLS) for at in (place.column, place.row))  # type: ignore[return-value]  # two


def _crop(picture: Bytes, place: Place) -> Bytes:
    longer = max(picture.shape[:2])
    side = round(longer * AROUND / CELLS)
    left, top = (round(at * longer) for at in _corner(place))
    left, top = max(0, min(left, picture.shape[1] - side)), max(0, min(top, picture.shape[0] - side))
    return _resized(picture[top : top + side, left : left + side])


def _resized(picture: Bytes) -> Bytes:
    square = np.empty((max(picture.shape[:2]),) * 2 + (3,), np.uint8)
    square[:] = colours.GROUND
    square[: picture.shape[0], : picture.shape[1]] = picture
    return fit_within(square, CROP)


def _colour_over(theirs: Bytes, alignment: Alignment, shape: tuple[int, ...]) -> Bytes:
    """Return theirs in mine's frame, each channel laid over; the ground where it does not reach."""
    layers = [
        alignment.lay(np.ascontiguousarray(theirs[..., channel]), (shape[0], shape[1]))
        for channel in range(3)
    ]
    over = layers[0][1]
    return np.where(
        over[..., None], np.stack([layer for layer, _ in layers], axis=-1), np.array(colours.GROUND, np.uint8)
    )


def _inked(lines: Sequence[tuple[NDArray[np.bool_], tuple[int, int, int]]]) -> Bytes:
    """Return outlines in their inks on the neutral ground; where two inks meet they darken, as on paper."""
    paper = np.broadcast_to(np.array(colours.GROUND, np.float32), (*lines[0][0].shape, 3)).copy()
    for drawn, ink in lines:
        paper[drawn] = paper[drawn] * np.array(ink, np.float32) / np.array(colours.GROUND, np.float32)
    return np.rint(paper).astype(np.uint8)


def _inside(over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is covered, without the border: the edge of a picture is no outline of it."""
    padded = np.pad(over, 3)
    inner: NDArray[np.bool_] = padded[:-6, 3:-3] & padded[6:, 3:-3] & padded[3:-3, :-6] & padded[3:-3, 6:]
    return inner


def _legend(top: float, look: Look) -> Iterator[Shape]:
    bar = np.repeat(colours.scale()[None], 8, axis=0)
    left, width = 0.0, WIDTH * 0.62
    yield Raster(x=left, y=top, width=width, height=14, data=colours.as_uri(bar, lines=True))
    yield Label(x=left, y=top + 30, text=look.say(NOTHING), size=SIZE, tone="soft")
    yield Label(x=left + width, y=top + 30, text=look.say(ALL), size=SIZE, tone="soft", anchor="end")
    hatched = colours.painted(np.full((28, 28), np.nan, np.float32))
    yield Raster(x=left + width + GAP, y=top, width=14, height=14, data=colours.as_uri(hatched, lines=True))
    yield Label(x=left + width + GAP + 20, y=top + 12, text=look.say(FLAT), size=SIZE, tone="soft")
    at = left + width * mark()
    yield Box(x=at - 1, y=top - 2, width=2, height=18, fill="ink")
    yield Label(x=left, y=top + 52, text=look.say(UNRELATED), size=SIZE, tone="soft")
