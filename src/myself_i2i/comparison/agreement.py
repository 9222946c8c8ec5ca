"""Where the structure of two aligned pictures agrees, and where it does not, place by place.

A place counts only where at least one picture has structure. Agreement between unrelated pictures is never nothing: how
much there is after the same alignment was measured (measured/agreement.json), and the drawings carry that mark.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from myself_i2i.comparison.aligning import Alignment
from myself_i2i.comparison.structure import Field, Float, blur, field, fit_within
from myself_i2i.fingerprint.interface import Bytes

__all__ = ["CELLS", "Agreement", "Place", "agree", "mark"]

Order = Callable[[float], float]
Fits = Callable[[float], bool]

SIDE: Final = 256
"""Longer side, in pixels, at which structure is held against structure."""
CELLS: Final = 16
"""Places along the longer side of mine."""
WINDOW: Final = 7.0
"""How far around a place is looked, in pixels (sigma)."""
SHIFTS: Final = (-4, -2, 0, 2, 4)
"""An edge may stand so many pixels elsewhere: i2i moves them a little."""
LEAST_STRUCTURE: Final = 0.06
"""Below this mean of squared edges a place is flat."""
APART: Final = 3
"""Places shown as crops are so many cells apart at least."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of mine: a cell of the grid."""

    row: int
    """Its row, from 0."""
    column: int
    """Its column, from 0."""
    agreement: float
    """0..1, how well the structure there agrees."""


@dataclass(frozen=True)
class Agreement:
    """All places of mine that theirs lies over."""

    values: Float
    """Shape (rows, columns), 0..1; NaN where both are flat or theirs does not reach."""
    structure: Float
    """The same shape: how much there is to compare."""

    @property
    def compared(self) -> int:
        """How many places could be compared."""
        return int(np.isfinite(self.values).sum())

    def reaching(self, level: float) -> int:
        """Return how many places agree at `level` or better."""
        return int((np.nan_to_num(self.values, nan=-1.0) >= level).sum())

    def best(self, most: int, level: float) -> tuple[Place, ...]:
        """Return up to `most` places that agree at `level` or better, best first, not beside each other."""
        return self._chosen(most, lambda value: -value, lambda value: value >= level)

    def worst(self, most: int, level: float) -> tuple[Place, ...]:
        """Return up to `most` places that agree less than `level`, least first, not beside each other."""
        return self._chosen(most, lambda value: value, lambda value: value < level)

    def _chosen(self, most: int, order: Order, fits: Fits) -> tuple[Place, ...]:
        compared = np.isfinite(self.values)
        if not compared.any():
            return ()
        # Of the places with more structure than most: a crop of a nearly empty place shows nothing.
        rows, columns = np.nonzero(compared & (self.structure >= np.median(self.structure[compared])))
        places = [
            Place(int(row), int(column), float(self.values[row, column]))
            for row, column in zip(rows, columns, strict=True)
        ]
        chosen: list[Place] = []
        for place in sorted(
            filter(lambda one: fits(one.agreement), places), key=lambda one: order(one.agreement)
        ):
            if len(chosen) == most:
                break
            if all(max(abs(one.row - place.row), abs(one.column - place.column)) >= APART for one in chosen):
                chosen.append(place)
        return tuple(chosen)


def agree(mine: Bytes, theirs: Bytes, alignment: Alignment) -> Agreement:
    """Return where the structure of two grey pictures agrees when theirs is laid over mine."""
    still = fit_within(mine, SIDE)
    # made smaller by area means first: laying over samples single pixels
    moved, over = alignment.lay(
        fit_within(theirs, max(1, min(max(theirs.shape), round(SIDE * alignment.scale)))), still.shape[:2]
    )
    covered = blur(over.astype(np.float32), 2.0) > 0.99  # noqa: PLR2004 - the border of theirs is no line
    ours, others = field(still) * covered, field(moved) * covered
    share = blur(covered.astype(np.float32), WINDOW)
    power = [blur((np.abs(one) ** 2).astype(np.float32), WINDOW) for one in (ours, others)]
    dice = 2 * _nearest(ours, others) / np.maximum(power[0] + power[1], 1e-6)
    structure = (np.maximum(power[0], power[1]) / np.maximum(share, 1e-6)).astype(np.float32)
    seen = (share > 0.5) & (structure > LEAST_STRUCTURE)  # noqa: PLR2004 - mostly
    values: Float = np.clip(dice, 0, 1)
    values[~seen] = np.nan
    return Agreement(_sampled(values), _sampled(structure))


@cache
def mark() -> float:
    """Return the agreement that 1 place in 20 reaches between unrelated pictures laid over each other the same way."""
    text = files("myself_i2i.comparison").joinpath("measured", "agreement.json").read_text("utf-8")
    return float(json.loads(text)["mark"])


def _nearest(ours: Field, others: Field) -> Float:
    """Return the best product around each pixel when `others` may stand a little elsewhere."""
    best: Float | None = None
    for down in SHIFTS:
        for across in SHIFTS:
            moved = np.roll(others, (down, across), (0, 1))
            product = blur((ours * np.conj(moved)).real.astype(np.float32), WINDOW)
            best = product if best is None else np.maximum(best, product)
    if best is None:
        raise AssertionError  # there are shifts
    return best


def _sampled(values: Float) -> Float:
    """Return the value in the middle of each cell."""
    step = SIDE / CELLS
    height, width = values.shape
    rows = (np.arange(max(1, round(height / step))) + 0.5) * step
    columns = (np.arange(max(1, round(width / step))) + 0.5) * step
    cells: Float = values[np.minimum(rows.astype(int), height - 1)][
        :, np.minimum(columns.astype(int), width - 1)
    ]
    return cells
