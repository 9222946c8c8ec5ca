"""A table drawn up by hand, to hold rules to it whatever was measured."""

from __future__ import annotations

from typing import Any

from myself_i2i.comparison.interface import Question
from myself_i2i.comparison.kinds import KINDS_OF
from myself_i2i.comparison.measured import Table, read_table


def counted(*seen: int) -> dict[str, Any]:
    """Counts at each value, the last one being all."""
    low = [max(0.0, one / seen[-1] - 0.1) for one in seen]
    high = [one / seen[-1] for one in seen]
    return {
        "pairs": seen[-1],
        "groups": 10,
        "seen": list(seen),
        "low": low,
        "high": high,
        "answers": {"near": seen[0]},
    }


def drawn(question: Question) -> Table:
    """Near up to 20, not near from 60 (strengths: from 20, none)."""
    strength = question is Question.PART
    return read_table(
        {
            "version": 1,
            "question": question.value,
            "unit": "strength" if strength else "bits" if question is Question.SAME else "distance",
            "larger_is_nearer": strength,
            "set": {"name": "by hand", "pictures": 100, "groups": 50},
            "near": 20.0,
            "not_near": 0.0 if strength else 60.0,
            "values": [60.0, 20.0, 0.0] if strength else [10.0, 20.0, 60.0, 256.0],
            "unrelated": counted(0, 1, 10_000) if strength else counted(0, 1, 500, 10_000),
            "related": {
                kind: counted(20, 30, 40) if strength else counted(20, 30, 35, 40)
                for kind in KINDS_OF[question][:2]
            },
            "digest": "0" * 64,
            "probe": [],
        }
    )
