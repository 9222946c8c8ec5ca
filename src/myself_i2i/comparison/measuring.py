"""The measures of a pair, taken the same way for every pair; what they are worth is in the tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from myself_i2i.comparison.looks import Kept, Looks
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64, Fingerprint
from myself_i2i.fingerprint.origin import similarity
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, ORIENTATIONS, distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from myself_i2i.fingerprint.parts import PartMatch

__all__ = [
    "LEAST_PARTS",
    "WHOLE",
    "Layout",
    "Measures",
    "Part",
    "Turned",
    "algorithms",
    "find_part",
    "measure",
]

WHOLE: Final = 0.5
"""A part that covers so much of both pictures makes them one picture, cut or framed."""
REFRAMED: Final = 0.015
"""Frames whose corners lie nearer to each other than this, in parts of the longer side, are the same frame."""
LEAST_PARTS: Final = 10
"""Below this quality of the parts fingerprint there are too few places to find anything by."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The canonical fingerprints held against each other."""

    bits: int
    """How many of 256 differ, in the orientation where fewest do."""
    orientation: str
    """How mine would have to be turned, one of `pdq64.ORIENTATIONS`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The origin fingerprints held against each other."""

    distance: float
    """1 - similarity, 0 for the same layout, about 1 for unrelated ones."""
    view: str
    """Which view of one picture was nearest to the other whole, one of the names of `origin.variants`."""
    of_mine: bool
    """Whether mine was the one viewed so."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of theirs in mine."""

    match: PartMatch
    """Theirs -> mine."""
    cover: tuple[float, float]
    """Which share of mine and of theirs it covers, 0..1."""
    reframed: bool
    """Whether theirs, laid over mine by it, has another frame: cut, framed or turned."""

    def __lt__(self, other: Part) -> bool:
        """Whether the other is the stronger one."""
        return self.match.score < other.match.score


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All that is measured of a pair."""

    identical: bool
    """The files are the same."""
    turned: Turned | None
    """None when one of the pictures is too flat."""
    layout: Layout | None
    """None when one of the pictures is too flat."""
    looked: bool
    """Whether parts were looked for at all."""
    few: bool
    """Whether one of the pictures has too few places to find a part by."""
    strength: float
    """Of the part found, 0 when there is none."""
    cover: tuple[float, float] = (0.0, 0.0)
    """Which share of mine and of theirs it covers."""
    reframed: bool = False
    """Whether the two have different frames around it."""


def measure(mine: Looks, theirs: Kept, part: Part | None) -> Measures:
    """Return the measures of a pair whose common part, if any, was found already."""
    ours, others = mine.kept.parts, theirs.parts
    looked = ours is not None and others is not None
    flat = not _enough(mine.kept.pdq64, theirs.pdq64, LEAST_QUALITY)
    names = tuple(one.name for one in mine.variants)
    return Measures(
        identical=mine.kept.sha256 == theirs.sha256,
        turned=None if flat else _turned(mine, theirs),
        layout=None
        if flat or not _enough(mine.kept.origin[0], theirs.origin[0], 1)
        else _layout(mine.kept, theirs, names),
        looked=looked,
        few=ours is not None and others is not None and not _enough(ours, others, LEAST_PARTS),
        strength=part.match.score if part else 0.0,
        cover=part.cover if part else (0.0, 0.0),
        reframed=part is not None and part.reframed,
    )


def find_part(mine: Looks, theirs: Kept) -> Part | None:
    """Return where a part of theirs stands in mine, or None; None too without OpenCV."""
    from myself_i2i.fingerprint.parts import match  # noqa: PLC0415  # not needed without OpenCV

    if mine.query is None or theirs.parts is None:
        return None
    found = match(theirs.parts, mine.query)
    if found is None:
        return None
    cover = [
        min(1.0, _area(region) / (shape[0] * shape[1] / max(shape) ** 2))
        for region, shape in ((found.region, mine.kept.shape), (found.kept_region, theirs.shape))
    ]
    return Part(found, (cover[0], cover[1]), _reframed(found, mine.kept.shape, theirs.shape))


def algorithms() -> tuple[tuple[str, ...], str]:
    """Return the names of the algorithms, and a digest over them and the weights that they use."""
    names = (PDQ64, ORIGIN, PARTS)
    digest = hashlib.sha256(json.dumps([*names, WHOLE, REFRAMED, LEAST_PARTS]).encode())
    for entry in sorted(files("myself_i2i.fingerprint").iterdir(), key=lambda one: one.name):
        if entry.is_file() and not entry.name.endswith((".py", ".pyi", ".js")):  # weights
            digest.update(hashlib.sha256(entry.read_bytes()).digest())
    return names, digest.hexdigest()


def _turned(mine: Looks, theirs: Kept) -> Turned:
    bits = [distance(one.value, theirs.pdq64.value) for one in mine.turned]
    best = bits.index(min(bits))
    return Turned(bits[best], ORIENTATIONS[best])


def _layout(mine: Kept, theirs: Kept, names: tuple[str, ...]) -> Layout:
    """Return how far the layouts are apart: every view of one against the other whole, both ways round.

    Of a picture of which only one fingerprint is kept there is one view.
    """
    ways = [(mine.origin, theirs.origin[0], True), (theirs.origin, mine.origin[0], False)]
    found = [
        Layout(1 - similarity(view, whole), name, of_mine)
        for views, whole, of_mine in ways
        for name, view in zip(names, views, strict=False)
    ]
    return min(found, key=lambda one: one.distance)


def _enough(one: Fingerprint, other: Fingerprint, least: int) -> bool:
    """Return whether both fingerprints have enough to hold on to."""
    return min(one.quality, other.quality) >= least


def _reframed(match: PartMatch, mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """Return whether a corner of theirs, laid over mine, lies away from every corner of mine."""
    ours, others = (
        np.array([[0, 0], [width, 0], [width, height], [0, height]]) / max(height, width)
        for height, width in (mine, theirs)
    )
    moved = others @ match.transform[:, :2].T + match.transform[:, 2]
    apart = np.hypot(*(moved[:, None] - ours[None]).transpose(2, 0, 1))
    return bool(apart.min(axis=1).max() > REFRAMED)


def _area(polygon: NDArray[np.float64]) -> float:
    """Return the area of a polygon of shape (corners, 2), by the shoelace formula."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
