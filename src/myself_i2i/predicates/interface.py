"""What every predicate is: a frozen value that JSON can carry both ways, under one versioned type URI.

Pure. The parsing rules are in-toto's: unknown fields are ignored when read, and stay in the signed bytes, so a
later minor version may add to what is said but never take back (the monotonic principle).
Source: https://github.com/in-toto/attestation/blob/main/spec/v1/README.md#parsing-rules and spec/statements.md.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

__all__ = ["TYPE_BASE", "Predicate", "predicate_type"]

TYPE_BASE = "https://myself-i2i.org/predicate/"
"""Names only: nothing is ever fetched from here."""


def predicate_type(name: str, version: int = 1) -> str:
    """Return the type URI of our predicate `name`."""
    return f"{TYPE_BASE}{name}/v{version}"


class Predicate(Protocol):
    """One predicate: a frozen dataclass, one module, one page under spec/predicates/."""

    PREDICATE_TYPE: ClassVar[str]
    """Its type URI; a shipped version never changes its meaning."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; absent fields are left out, never null."""
        ...

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the predicate in `value`; raises `InputError` naming the first field that is not right."""
        ...
