"""Which words of a code PostgreSQL looks up so that nothing within a radius is missed. Pure.

Multi-index hashing (Norouzi, Punjani and Fleet, CVPR 2012): cut a code into words and allow word i up to t_i differing
bits. When the sum of (t_i + 1) is radius + 1, a code within the radius that differed by more than t_i in every word
would differ by more than the radius: so every near code has at least one word within its t_i. At radius 31 and 16 words
that is one bit a word: 16 look-ups of 17 values.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

__all__ = ["MOST_FLIPS", "WORD", "probes", "word_count"]

WORD: Final = 16
"""Bits of a word: about log2 of the records that a table holds, so that a value names a handful of them."""
MOST_FLIPS: Final = 2
"""With three flips a word has 697 of the 65,536 values: reading the whole table is faster."""
_MOST_WORDS: Final = 16


def _masks(flips: int) -> tuple[int, ...]:
    """Return every number of `WORD` bits with at most `flips` of them set."""
    places = [1 << place for place in range(WORD)]
    chosen = (combination for count in range(flips + 1) for combination in combinations(places, count))
    return tuple(sum(combination) for combination in chosen)


_MASKS: Final = tuple(_masks(flips) for flips in range(MOST_FLIPS + 1))


def word_count(bits: int) -> int:
    """Return how many words of a code of `bits` bits are indexed: any disjoint words do, so sixteen are enough."""
    return min(bits // WORD, _MOST_WORDS)


def probes(code: bytes, radius: int | None) -> list[list[int]] | None:
    """Return the values, 0..65,535, to look up in the first words of the code; None when only a scan misses nothing.

    A record within `radius` bits has at least one of these values in the word of the same place.
    """
    words = word_count(8 * len(code))
    if radius is None or radius >= words * (MOST_FLIPS + 1):
        return None
    flips, more = divmod(radius + 1, words)
    allowed = [flips - (place >= more) for place in range(words)]
    values = [int.from_bytes(code[at : at + 2]) for at in range(0, WORD // 8 * words, WORD // 8)]
    return [[value ^ mask for mask in _MASKS[t]] for value, t in zip(values, allowed, strict=True) if t >= 0]
