"""Compare two pictures: a fixed procedure, the same for every pair, that nobody can steer.

1. Bring both to canonical size (`looks`); take the fingerprints.
2. Look for parts of each in the other, mirrored too.
3. Measure (`measuring`): the canonical fingerprint in 8 orientations; the origin fingerprint as is, mirrored and
   cropped, both ways round; the strength of the part found.
4. Hold each measure against the tables (`judging`).
5. Lay theirs over mine, for the drawings only: by the part found, else by the search of `aligning`, which stays around
   the view in which the layout was nearest, unless that is not near.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np

from myself_i2i.comparison.aligning import Alignment, Pose, align
from myself_i2i.comparison.interface import Comparison, Finding, Nearness
from myself_i2i.comparison.judging import judge
from myself_i2i.comparison.looks import Kept, Looks
from myself_i2i.comparison.measuring import Layout, Measures, Part, find_part, measure
from myself_i2i.comparison.words import TRIED, notes_of

__all__ = ["ask", "compare", "part_of"]

_PERCENT: Final = re.compile(r"(\d+)\s*%")


def compare(mine: Looks, theirs: Looks) -> Comparison:
    """Return the answers and where theirs lies over mine. The same two pictures give the same values each time."""
    part = part_of(mine, theirs)
    measures = measure(mine, theirs.kept, part)
    findings = _noted(judge(measures), measures, part)
    strong = part if findings[2].answer is Nearness.NEAR else None
    alignment = _alignment(mine, theirs, strong, measures, findings[1])
    return Comparison(findings=findings, part=part, alignment=alignment)


def ask(mine: Looks, theirs: Kept) -> tuple[Finding, ...]:
    """Return the three answers for a picture of which only fingerprints are kept.

    As `compare`, but parts are looked for one way round: those of theirs in mine.
    """
    part = find_part(mine, theirs)
    measures = measure(mine, theirs, part)
    return _noted(judge(measures), measures, part)


def part_of(mine: Looks, theirs: Looks) -> Part | None:
    """Return the stronger of the part of theirs in mine and the part of mine in theirs, told as theirs -> mine."""
    found, back = find_part(mine, theirs.kept), find_part(theirs, mine.kept)
    ways = [found, None if back is None else _turned_round(back)]
    return max((one for one in ways if one is not None), default=None)


def _noted(findings: tuple[Finding, ...], measures: Measures, part: Part | None) -> tuple[Finding, ...]:
    """Return the findings with what else there is to know; of what is not near, how it is nearest says nothing."""
    same, layout, parts = findings
    far = [one.answer is Nearness.NOT_NEAR for one in findings]
    turned = measures.turned.orientation if measures.turned else None
    return (
        replace(same, notes=TRIED if far[0] else notes_of(turned=turned)),
        replace(layout, notes=TRIED if far[1] else notes_of(layout=measures.layout)),
        replace(parts, notes=TRIED if far[2] else notes_of(part=part)),
    )


def _alignment(
    mine: Looks, theirs: Looks, part: Part | None, measures: Measures, layout: Finding
) -> Alignment | None:
    if part is not None:
        return Alignment(part.match.transform, by_parts=True)
    seen = None if layout.answer is Nearness.NOT_NEAR else measures.layout
    return align(mine.grey, theirs.grey, around=_pose(seen) if seen else None)


def _pose(layout: Layout) -> Pose:
    """Return how theirs lies over mine when one is the other's view."""
    percent = _PERCENT.search(layout.view)
    kept = int(percent[1]) / 100 if percent else 1.0
    return Pose(kept if layout.of_mine else 1 / kept, 0.0, mirrored="mirrored" in layout.view)


def _turned_round(back: Part) -> Part:
    """Return a part of mine in theirs as one of theirs in mine."""
    match = back.match
    linear = np.linalg.inv(match.transform[:, :2])
    turned = replace(
        match,
        transform=np.hstack([linear, -linear @ match.transform[:, 2:]]),
        region=match.kept_region,
        kept_region=match.region,
        pairs=match.pairs[:, ::-1],
    )
    return Part(turned, (back.cover[1], back.cover[0]), back.reframed)
