"""Statements looked up once: the walk and the question of rights ask for the same digests, and each look-up verifies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from myself_i2i.rights import Statements

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed

__all__ = ["Remembered"]


class Remembered:
    """The same answers as the statements it stands for, each asked for once. Make one for each story: it never forgets."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._about: dict[tuple[str, str], Sequence[Signed]] = {}

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        """Return the statements with a subject of this digest."""
        key = (algorithm, digest)
        if key not in self._about:
            self._about[key] = self._statements.about(algorithm, digest)
        return self._about[key]

    def get(self, digest: str) -> Signed | None:
        """Return the statement in the envelope with this digest, or None."""
        return self._statements.get(digest)
