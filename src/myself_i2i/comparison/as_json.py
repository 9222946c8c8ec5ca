"""A comparison as JSON: spec/comparison.schema.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from myself_i2i.comparison.interface import Comparison, Dated, Finding, NearestFrame, Rate
from myself_i2i.comparison.measured import table
from myself_i2i.comparison.private import KEEP, RULING, SHOWS_NOT
from myself_i2i.comparison.words import says
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.comparison.aligning import Alignment
    from myself_i2i.comparison.measuring import Part
    from myself_i2i.comparison.page import Side
    from myself_i2i.story import Told

__all__ = ["both", "comparison_json", "finding_json"]

SCHEMA = "myself-i2i-compare/1"


def comparison_json(
    comparison: Comparison,
    mine: Side,
    theirs: Side,
    *,
    told: Told,
    limit: Text,
    frame: NearestFrame | None = None,
) -> dict[str, Any]:
    """Return the comparison as JSON values; its shape does not change within one version."""
    return {
        "schema": SCHEMA,
        "made_by": told.by or None,
        "made_for": told.recipient or None,
        "made_at": format_moment(told.made_at),
        "mine": _side(mine),
        "theirs": _side(theirs),
        "questions": [finding_json(one) for one in comparison.findings],
        "part": _part(comparison.part),
        "alignment": _alignment(comparison.alignment),
        "nearest_frame": _frame(frame),
        "private": [both(text) for text in (*KEEP, RULING)],
        "shows_not": [both(text) for text in SHOWS_NOT],
        "limit": both(limit),
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one answer as JSON values."""
    held = table(finding.question)
    return {
        "question": finding.question.value,
        "answer": finding.answer.value,
        "reason": finding.reason.value,
        "value": None if finding.value is None else round(finding.value, 4),
        "unit": held.unit,
        "chance": _rate(finding.chance),
        "related": _rate(finding.related),
        "says": both(says(finding)),
        "notes": [both(note) for note in finding.notes],
        "measured_on": {"set": held.set_name, "pictures": held.pictures, "digest": held.digest},
    }


def both(text: Text) -> dict[str, str]:
    """Return a sentence in both languages."""
    return {"en": text.en, "ja": text.ja}


def _side(side: Side) -> dict[str, Any]:
    return {"file": side.name, "sha256": side.looks.kept.sha256, "dates": _dates(side.dates)}


def _dates(dates: Sequence[Dated]) -> list[dict[str, Any]]:
    return [{"at": format_moment(one.at), "says": both(one.says)} for one in dates]


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {"seen": rate.seen, "pairs": rate.pairs, "low": round(rate.low, 6), "high": round(rate.high, 6)}


def _part(part: Part | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {
        "places": part.match.inliers,
        "strength": round(part.match.score, 2),
        "mirrored": bool(part.match.mirrored),
        "in_mine": part.match.region.round(4).tolist(),
        "in_theirs": part.match.kept_region.round(4).tolist(),
        "covers": [round(share, 3) for share in part.cover],
    }


def _alignment(alignment: Alignment | None) -> dict[str, Any] | None:
    if alignment is None:
        return None
    return {
        "theirs_to_mine": alignment.matrix.round(5).tolist(),
        "scale": round(alignment.scale, 4),
        "turn": round(alignment.turn, 2),
        "mirrored": alignment.mirrored,
        "by": "parts" if alignment.by_parts else "search",
    }


def _frame(nearest: NearestFrame | None) -> dict[str, Any] | None:
    if nearest is None:
        return None
    return {
        "name": nearest.frame.name,
        "at": format_moment(nearest.frame.dated.at),
        "says": both(nearest.frame.dated.says),
        "finding": finding_json(nearest.finding),
        "looked_at": nearest.looked_at,
    }
