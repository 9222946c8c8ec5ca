"""The picture inside a screenshot: what stands in an even page, without the page. Pure; numpy alone.

A page has one colour almost everywhere; lines of text and icons leave most of a row empty, a picture does not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from myself_i2i.fingerprint.interface import Bytes

__all__ = ["inside"]

Box = tuple[int, int, int, int]
"""Top, left, bottom, right: rows and columns from 0, the last two not included."""

APART: Final = 12
"""A sample differs from the page by more than this; what JPEG does beside an edge is less."""
FULL: Final = 0.35
"""Rows and columns of a picture differ from the page in more than this share of their samples; lines of text do not."""
BLANK: Final = 0.02
"""A line with fewer samples that differ is page: between a picture and the words below it stands at least one."""
LEAST: Final = 48
"""The fewest samples on a side of what is called a picture."""
SMALLEST: Final = 0.05
LARGEST: Final = 0.97
"""As shares of the whole: less is an icon, more is the whole."""


def inside(grey: Bytes) -> Box | None:
    """Return where the one picture on an even page stands, None where there is no page around or nothing on it.

    `grey`: shape (height, width). The answer is a guess that can be wrong: look the whole up as well.
    """
    page = _page(grey)
    if page is None:
        return None
    differs = np.abs(grey.astype(np.int16) - page) > APART
    rows = _run(differs.mean(axis=1))
    columns = _run(differs[slice(*rows)].mean(axis=0)) if rows[1] else (0, 0)
    rows = _run(differs[:, slice(*columns)].mean(axis=1)) if columns[1] else (0, 0)
    (top, bottom), (left, right) = rows, columns
    share = (bottom - top) * (right - left) / grey.size
    if min(bottom - top, right - left) < LEAST or not SMALLEST < share < LARGEST:
        return None
    return top, left, bottom, right


def _page(grey: Bytes) -> int | None:
    """Return the brightness that most of the outermost samples share; None when they share none."""
    edges = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    page = int(np.bincount(edges, minlength=256).argmax())
    near = np.abs(edges.astype(np.int16) - page) <= APART
    # The two shorter edges of a page are even throughout; a picture across its whole width touches the longer two.
    return page if near.mean() > 1 / 3 and _even(grey, page) else None


def _even(grey: Bytes, page: int) -> bool:
    """Whether at least one pair of opposite edges is page nearly throughout."""
    pairs = ((grey[0], grey[-1]), (grey[:, 0], grey[:, -1]))
    return any(
        all((np.abs(edge.astype(np.int16) - page) <= APART).mean() > 0.9 for edge in pair)  # noqa: PLR2004
        for pair in pairs
    )


def _run(share: NDArray[np.float64]) -> tuple[int, int]:
    """Return the lines between two blank ones among which most are full; (0, 0) when none is."""
    ends = np.flatnonzero(np.concatenate([share < BLANK, [True]]))
    starts = np.concatenate([[0], ends[:-1] + 1])
    full = np.concatenate([[0], np.cumsum(share > FULL)])
    counts = full[ends] - full[starts]
    best = int(counts.argmax())
    return (int(starts[best]), int(ends[best])) if counts[best] else (0, 0)
