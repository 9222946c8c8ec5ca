"""Which pictures of the set show the same: those are never a false match of one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pairs

from myself_i2i.fingerprint.pdq import pdq
from myself_i2i.fingerprint.reading import read_colour

__all__ = ["joined"]

NEAR = 16
"""Half of the usual threshold of PDQ; at 24 two logos on the same grey are already joined."""


def joined(pictures: pairs.PairSet) -> Callable[[Path], frozenset[Path]]:
    """Return a function from a picture to itself and all that show the same; prints the pairs that no list names.

    The same: of one group, or the files as they lie are at most 16 of 256 bits apart by ThreatExchange's PDQ.
    """
    all_ = pictures.gallery
    codes = np.array([np.frombuffer(pdq(read_colour(p.read(), side=4096)).value, np.uint8) for p in all_])
    same: dict[Path, frozenset[Path]] = {}
    for number, one in enumerate(all_):
        near = np.bitwise_count(codes ^ codes[number]).sum(axis=1) <= NEAR
        twins = [p for p, is_near in zip(all_, near, strict=True) if is_near]
        same[one.path] = frozenset(
            p.path for p in (*twins, *all_) if p in twins or (one.group and p.group == one.group)
        )
        for twin in twins[twins.index(one) + 1 :]:
            print(f"shows the same: {one.path.name} {twin.path.name}")
    return lambda path: same[path]
