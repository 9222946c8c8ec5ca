"""A bar chart as SVG text: counts a person can take in at a glance, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

__all__ = ["Bar", "bar_chart"]

PALETTE = ("#0072b2", "#e69f00", "#8a8a8a", "#56b4e9", "#cc79a7", "#009e73", "#f0e442")
"""Okabe and Ito's colours (distinguishable with every common colour vision), red and its verdict left out."""

ROW = 30
LABEL = 176
WIDTH = 430  # about the width of a phone, so that its text is not shrunk there
COUNT = 56


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the chart."""

    label: str
    """What is counted, in the reader's language."""
    count: int
    """How many, 0 or more."""
    colour: str | None = None
    """Its colour where it means the same everywhere on the page; the next of `PALETTE` otherwise."""


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """Return an SVG element with one horizontal bar a row, lengths in proportion, the number written at each.

    The title and every label are escaped; the picture carries `role="img"` and its content as a description, so a
    screen reader says the numbers.
    """
    most = max((bar.count for bar in bars), default=0) or 1
    height = ROW * len(bars) + 8
    space = WIDTH - LABEL - COUNT
    spoken = f"{title}: " + ", ".join(f"{bar.label} {bar.count}" for bar in bars)
    rows = []
    for index, bar in enumerate(bars):
        y = index * ROW + 4
        length = space * bar.count / most
        rows.append(
            f'<text x="{LABEL - 10}" y="{y + 19}" text-anchor="end">{escape(_fit(bar.label))}</text>'
            f'<rect x="{LABEL}" y="{y + 4}" width="{length:.1f}" height="{ROW - 10}" rx="3"'
            f' fill="{bar.colour or PALETTE[index % len(PALETTE)]}"/>'
            f'<text x="{LABEL + length + 8:.1f}" y="{y + 19}" class="n">{bar.count:,}</text>'
        )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label={quoteattr(spoken)}'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(rows)}</svg>'
    )


def _fit(label: str, most: int = 23) -> str:
    """Shorten a label to the room left of the bars; East Asian characters take the room of two."""
    room = most
    for position, character in enumerate(label):
        room -= 2 if ord(character) > 0x2E7F else 1  # noqa: PLR2004  # CJK and full-width begin above
        if room < 0:
            return label[:position] + "…"
    return label
