"""What an index of fingerprints promises, whatever stores it.

One suite of contract tests (tests/search/contract.py) runs against every implementation. The truth is exhaustive
search; an implementation may be faster and never different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from myself_i2i.wording import Text

__all__ = ["Answer", "Audit", "Hit", "Index", "Kind", "Query", "Record", "Stats"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One family of codes that may be compared with each other; a search never mixes kinds."""

    name: str
    """The algorithm with its version, e.g. "pdq64_v1": 1..64 characters of [a-z0-9_.-]."""
    bits: int = 256
    """Length of a code in bits, a multiple of 64."""
    radius: int = 31
    """The largest Hamming distance for which the index is built; a wider search is exact too, by scanning."""
    payload: int = 0
    """Length in bytes of the int8 vector kept beside each code and used to order hits; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """One picture's code of one kind."""

    id: str
    """The caller's name for the picture (or for a part of it): 1..200 characters, no control characters."""
    kind: str
    """The name of a kind that this index knows."""
    code: bytes
    """Exactly `bits / 8` bytes."""
    payload: bytes = b""
    """Exactly `payload` bytes, each an int8."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    code: bytes
    """Exactly `bits / 8` bytes."""
    payload: bytes = b""
    """The exact vector, for kinds that have one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that is near."""

    id: str
    """The record's id."""
    distance: int
    """Hamming distance of the codes, 0..bits."""
    score: float | None = None
    """Cosine of the payloads, -1..1; None for kinds without one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one query."""

    hits: tuple[Hit, ...]
    """Nearest first: by distance then id; for kinds with a payload by falling score then id. Ids by code point."""
    exact: bool
    """No record within the radius was missed, the limit aside."""
    truncated: bool
    """More were within the radius than `limit`; those left out are not nearer than those given."""
    as_of: int
    """Everything added or deleted up to this sequence number was seen."""


@dataclass(frozen=True, slots=True)
class Stats:
    """How an index stands."""

    records: int
    """Live records, all kinds."""
    by_kind: dict[str, int]
    """Live records of each kind."""
    as_of: int
    """The last sequence number given out."""
    unindexed: int
    """Records that are still found by scanning the tail."""
    bytes: int
    """What it occupies on disk, or in memory where there is no disk."""
    warnings: tuple[Text, ...] = ()
    """What its keeper should know; answers are right all the same."""


@dataclass(frozen=True, slots=True)
class Audit:
    """How an index did when it was asked for what is known to be there."""

    asked: int
    """Queries made: stored codes with 0, 8, 16 and `radius` bits flipped."""
    agreed: int
    """Answers equal to a linear scan's, hit by hit."""

    @property
    def recall(self) -> float:
        """`agreed / asked`, 1.0 when nothing was asked."""
        return self.agreed / self.asked if self.asked else 1.0


class Index(Protocol):
    """A store of fingerprints that finds the near ones.

    All methods raise `InputError` for arguments that do not fit (a record of another length, a radius out of range,
    a kind the index does not know), before anything is written, and `SearchError` when the store itself cannot be
    read or written. Safe for one writer and many readers, in threads and, where there is a disk, in other processes.
    """

    def add(self, records: Sequence[Record]) -> int:
        """Store all records or none, durably once this returns; return the sequence number that a search then has seen.

        Idempotent on (id, kind) with the same code and payload; another code under the same id and kind raises
        `InputError` and stores nothing (delete first).
        """
        ...

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these ids in every kind, visible at once; return how many records went. Unknown ids are no error."""
        ...

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Answer each query with the records within `radius` bits (0..bits), at most `limit` (1..10,000).

        `radius` None: the `limit` nearest, however far. For a kind with payload: the nearest by code form a shortlist
        (max(1,000, 10 x limit)), which is then ordered by cosine of the payloads, and `exact` speaks of the
        shortlist's Hamming search only.
        """
        ...

    def get(self, id: str) -> tuple[Record, ...]:  # noqa: A002 - the word of the record itself
        """Return the live records under this id, sorted by kind; empty when there is none."""
        ...

    def scan(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """Yield live records with their sequence numbers, rising, from after `after`: to export or to move house.

        What is added or deleted meanwhile may or may not be seen.
        """
        ...

    def compact(self) -> None:
        """Fold the tail into the index and drop what was deleted; searches go on meanwhile."""
        ...

    def rebuild(self) -> None:
        """Throw all derived data away and make it again from the truth."""
        ...

    def stats(self) -> Stats:
        """Say how the index stands."""
        ...

    def audit(self, sample: int, *, seed: int) -> Audit:
        """Ask for `sample` (0..10,000) stored codes of each kind, changed by known numbers of bits; compare with a scan.

        The same seed asks the same. Nothing may be added or deleted meanwhile.
        """
        ...
