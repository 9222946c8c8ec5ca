"""How many of what: the totals of a long run, in memory that does not grow with the number of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["DISTINCT", "Summary"]

DISTINCT = 10_000
"""Most different names kept in one count; later new names are counted together as `OTHER`."""

OTHER = "…"


@dataclass(slots=True)
class Summary:
    """Counts by answer; `add` is called once a file."""

    files: int = 0
    """Files seen, unreadable ones included."""
    answers: Counter[str] = field(default_factory=Counter)
    """By "did an image file go in?": yes, no, not_recorded."""
    modes: Counter[str] = field(default_factory=Counter)
    """By mode."""
    tools: Counter[str] = field(default_factory=Counter)
    """By tool."""
    steps: Counter[str] = field(default_factory=Counter)
    """By evidence step (check only)."""
    integrity: Counter[str] = field(default_factory=Counter)
    """By whether the signed bytes are as they were (check only)."""
    signers: Counter[str] = field(default_factory=Counter)
    """By who knows the signer (check only)."""
    consistency: Counter[str] = field(default_factory=Counter)
    """By consistency line (check only)."""
    without_basis: Counter[str] = field(default_factory=Counter)
    """Named inputs that no source statement covers yet, by name."""
    failures: int = 0
    """Files that could not be read."""

    def add(
        self,
        *,
        answer: str | None = None,
        mode: str | None = None,
        tool: str | None = None,
        step: str | None = None,
        integrity: str | None = None,
        signer: str | None = None,
        consistency: str | None = None,
        without_basis: Iterable[str] = (),
        failed: bool = False,
    ) -> None:
        """Count one file."""
        self.files += 1
        self.failures += failed
        for counts, value in (
            (self.answers, answer),
            (self.modes, mode),
            (self.tools, tool),
            (self.steps, step),
            (self.integrity, integrity),
            (self.signers, signer),
            (self.consistency, consistency),
        ):
            if value is not None:
                _count(counts, value)
        for name in without_basis:
            _count(self.without_basis, name)


def _count(counts: Counter[str], name: str) -> None:
    counts[name if name in counts or len(counts) < DISTINCT else OTHER] += 1
