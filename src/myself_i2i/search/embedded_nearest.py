"""From codes that are near to the nearest live records: who has these codes, nearest first, cut with care."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from myself_i2i.search.answers import Found
from myself_i2i.search.mih import Codes, Near

__all__ = ["Live", "nearest"]

Live = Callable[[bytes, int, int], list[Found]]
"""Of a code, its distance and a number: the first so many live records that have it, by id."""


def nearest(near: Sequence[tuple[Codes, Near]], live: Live, wanted: int) -> list[Found]:
    """Return the `wanted` nearest live records by distance then id, or all when there are fewer.

    `near` gives the codes within the radius, wherever they were found; the same code may be there more than once,
    and may have no live record any more.
    """
    distances = np.concatenate([found.distances for _, found in near]) if near else np.empty(0, np.uint16)
    reached = np.cumsum(np.bincount(distances))
    found: list[Found] = []
    low = 0
    while low < len(reached) and len(found) < wanted:
        # As far as is enough when every code has a live record; when that was not enough, on from there.
        enough = (reached[low - 1] if low else 0) + wanted - len(found)
        high = min(int(np.searchsorted(reached, enough)), len(reached) - 1)
        for distance, group in itertools.groupby(_between(near, low, high), key=lambda pair: pair[0]):
            room = wanted - len(found)
            if room:
                found += sorted(one for _, code in group for one in live(code, distance, room))[:room]
        low = high + 1
    return found


def _between(near: Sequence[tuple[Codes, Near]], low: int, high: int) -> list[tuple[int, bytes]]:
    """Return the codes with distances from `low` to `high`, each once, nearest first."""
    return sorted(
        {
            (int(found.distances[at]), codes[found.positions[at]].tobytes())
            for codes, found in near
            for at in np.flatnonzero((low <= found.distances) & (found.distances <= high))
        }
    )
