"""Which dated frame of a journal is nearest to a picture: of the artist's own work in progress, against another picture."""

from __future__ import annotations

from collections.abc import Sequence

from myself_i2i.comparison.comparing import ask
from myself_i2i.comparison.interface import Finding, Frame, NearestFrame, Nearness, Question
from myself_i2i.comparison.looks import Kept, Looks
from myself_i2i.comparison.measured import table
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64

__all__ = ["nearest_frame", "rank"]


def nearest_frame(theirs: Looks, frames: Sequence[Frame]) -> NearestFrame | None:
    """Return the frame nearest to `theirs`, the earlier one of two equally near; None when nothing could be measured."""
    found = []
    opened = 0
    for frame in sorted(frames, key=lambda one: one.dated.at):
        kept = _kept(frame)
        if kept is None:
            continue
        opened += 1
        measured = [one for one in ask(theirs, kept) if one.value is not None]
        if measured:
            finding = min(measured, key=rank)
            found.append((rank(finding), finding, frame))
    if not found:
        return None
    _, finding, frame = min(found, key=lambda one: one[0])
    return NearestFrame(frame, finding, opened)


def rank(finding: Finding) -> tuple[int, float, int, float]:
    """Return what findings are ordered by, the nearest first: the answer, how rare such nearness is, the measure."""
    answer = (Nearness.NEAR, Nearness.CANNOT_TELL, Nearness.NOT_NEAR).index(finding.answer)
    rare = 1.0 if finding.chance is None else finding.chance.high
    value = 0.0 if finding.value is None else finding.value
    signed = -value if table(finding.question).larger_is_nearer else value
    return answer, rare, list(Question).index(finding.question), signed


def _kept(frame: Frame) -> Kept | None:
    found = frame.fingerprints
    if PDQ64 not in found or ORIGIN not in found:
        return None
    return Kept("", found[PDQ64], (found[ORIGIN],), found.get(PARTS), (1, 1))
