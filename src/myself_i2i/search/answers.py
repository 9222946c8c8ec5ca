"""From the nearest records to an answer: order, limit, and the cosine of payloads. Pure; all indexes share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from myself_i2i.search.interface import Answer, Hit, Kind, Query

__all__ = ["Found", "answer", "cosines", "wanted"]


class Found(NamedTuple):
    """A record within the radius; as plain tuples, thousands of them sort fast: nearest first, then by id."""

    distance: int
    """Hamming distance from the query's code, in bits."""
    id: str
    """The record's id."""
    payload: bytes = b""
    """The record's int8 vector, for kinds that have one."""


def wanted(kind: Kind, limit: int) -> int:
    """Return how many of the nearest records `answer` needs: one more than can be given, to know that more exist."""
    return 1 + (max(1000, 10 * limit) if kind.payload else limit)


def answer(kind: Kind, query: Query, found: Sequence[Found], *, limit: int, as_of: int) -> Answer:
    """Return the exact answer made of the `wanted(kind, limit)` nearest records, sorted, or of all when fewer are near."""
    truncated = len(found) > limit
    if not kind.payload:
        hits = tuple(Hit(one.id, one.distance) for one in found[:limit])
        return Answer(hits, exact=True, truncated=truncated, as_of=as_of)
    shortlist = found[: wanted(kind, limit) - 1]
    scores = cosines(query.payload, [one.payload for one in shortlist])
    rated = [Hit(one.id, one.distance, score) for one, score in zip(shortlist, scores, strict=True)]
    rated.sort(key=lambda hit: (-(hit.score or 0.0), hit.id))
    return Answer(tuple(rated[:limit]), exact=True, truncated=truncated, as_of=as_of)


def cosines(vector: bytes, others: Sequence[bytes]) -> list[float]:
    """Return the cosine, -1..1, of an int8 vector with each of the others, all equally long; 0.0 where one is all zeros.

    Products and norms are whole numbers, so every machine gets the same floats.
    """
    rows = np.frombuffer(b"".join(others), np.int8).reshape(len(others), len(vector)).astype(np.int64)
    one = np.frombuffer(vector, np.int8).astype(np.int64)
    lengths = np.sqrt((rows * rows).sum(axis=1) * int(one @ one))
    return [float(c) for c in np.clip((rows @ one) / np.where(lengths > 0, lengths, 1.0), -1.0, 1.0)]
