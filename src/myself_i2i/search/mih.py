"""Multi-index hashing: all codes within a Hamming radius, found through tables of exact words. Pure arrays.

A code of `bits` bits is cut into m words. Give word i a threshold t_i such that sum(t_i + 1) = r + 1. If two codes
differ in at most r bits, some word differs in at most t_i of its own: otherwise they would differ in at least
sum(t_i + 1) > r. So it is enough to look, for every word, into the buckets at most t_i flips from the query's word,
and to compare whole codes there. Norouzi, Punjani, Fleet: Fast exact search in Hamming space with multi-index
hashing (2014); the sum instead of floor(r / m) for every word is the sharper form.

Where looking into buckets would touch too much (a wide radius, a crowd of codes that share a word), all codes are
compared instead: the answer is the same, and no flood makes a search dearer than that scan.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Codes",
    "Near",
    "Tables",
    "as_rows",
    "bucket_table",
    "distinct",
    "most_codes",
    "scan",
    "spend",
    "widths",
    "words",
]

Codes = NDArray[np.uint64]
"""Shape (count, bits / 64): each row one code, its bytes read as little-endian words."""
Numbers = NDArray[np.int64]

_LEAST_WIDTH, _MOST_WIDTH = 8, 28
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads what differs in a few bits
_BLOCK: Final = 32_768  # rows compared at a time: what is made of them stays in the cache of the processor
_TOUCH: Final = 8  # codes scanned in the time of looking into one bucket, or at one code found there
_SHARE: Final = 4  # a radius beyond a quarter of the bits opens more buckets than any index has codes


class Near(NamedTuple):
    """Codes within a radius."""

    distances: NDArray[np.uint16]
    """Hamming distance of each."""
    positions: Numbers
    """Which rows they are, each once."""


def as_rows(code: bytes) -> Codes:
    """Return codes given as bytes, one after the other, as the words of one long row."""
    return np.frombuffer(code, "<u8").astype(np.uint64, copy=False)


def distinct(codes: Codes) -> Codes:
    """Return each of the codes once, in an order of no meaning.

    Equal codes come to stand side by side because their hashes are equal. Should somebody make other codes with the
    same hash come between, a code stays twice: that costs its 32 bytes and changes no answer.
    """
    mixed = np.zeros(len(codes), np.uint64)
    for column in codes.T:
        mixed = (mixed ^ column) * _ODD
        mixed ^= mixed >> np.uint64(32)
    rows = codes.take(np.argsort(mixed), axis=0)
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[new]


def widths(bits: int, count: int) -> tuple[int, ...]:
    """Return the widths in bits of the words for `count` codes, widest first, summing to `bits`.

    A word of log2(count) bits has about one code in each bucket.
    """
    ideal = min(max(math.log2(max(count, 1)), _LEAST_WIDTH), _MOST_WIDTH)
    number = max(round(bits / ideal), math.ceil(bits / _MOST_WIDTH))
    return tuple(bits // number + (at < bits % number) for at in range(number))


@functools.lru_cache(maxsize=256)
def spend(sizes: tuple[int, ...], radius: int, count: int) -> tuple[int, ...]:
    """Return each word's threshold, -1 for words not looked at, so that sum(t + 1) = radius + 1 costs least.

    One more flip is bought, `radius + 1` times, where it opens the fewest buckets and the codes expected in them.
    """
    thresholds = [-1] * len(sizes)
    for _ in range(radius + 1):
        prices = [
            (math.comb(size, t + 1) * (1 + count / 2**size), at) if t < size else (math.inf, at)
            for at, (size, t) in enumerate(zip(sizes, thresholds, strict=True))
        ]
        thresholds[min(prices)[1]] += 1
    return tuple(thresholds)


def most_codes(bits: int) -> int:
    """Return how many codes `Tables` can hold: row numbers, and places in `rows`, are counted in 32 bits."""
    return (2**32 - 1) // len(widths(bits, 0))


def words(codes: Codes, sizes: Sequence[int]) -> Iterator[Numbers]:
    """Yield word after word, as one number for each code."""
    start = 0
    for size in sizes:
        column, shift = divmod(start, 64)
        value = codes[:, column] >> np.uint64(shift)
        if shift + size > 64:  # noqa: PLR2004 - the width of a column
            value |= codes[:, column + 1] << np.uint64(64 - shift)
        yield (value & np.uint64((1 << size) - 1)).view(np.int64)
        start += size


def bucket_table(word: Numbers, size: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the table of one word of `size` bits: where each bucket ends, and the row numbers bucket by bucket.

    At most 2**32 - 1 rows.
    """
    order = np.sort((word.view(np.uint64) << np.uint64(32)) | np.arange(len(word), dtype=np.uint64))
    ends = np.cumsum(np.bincount(word, minlength=1 << size))
    return ends.astype(np.uint32), order.astype(np.uint32)  # the low half is the row's number


def scan(codes: Codes, query: Codes, radius: int) -> Near:
    """Return all rows of `codes` within `radius` of the one row `query`, by comparing every one."""
    found = [_NOTHING]
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK]
        # Where half a code is too far away already, the other half is not compared.
        half = codes.shape[1] // 2 if radius * 5 <= codes.shape[1] * 64 else 0
        rough = _distances(block, query, half or codes.shape[1])
        at = np.flatnonzero(rough <= radius)
        if len(at):
            distances = _distances(block[at], query, codes.shape[1]) if half else rough[at]
            within = distances <= radius
            found.append(Near(distances[within], at[within] + start))
    return Near(np.concatenate([d for d, _ in found]), np.concatenate([at for _, at in found]))


def _distances(codes: Codes, query: Codes, columns: int) -> NDArray[np.uint16]:
    """Return the distances of the first `columns` columns, 64 bits each."""
    total: NDArray[np.uint16] = np.bitwise_count(codes[:, 0] ^ query[0]).astype(np.uint16)
    for column in range(1, columns):
        total += np.bitwise_count(codes[:, column] ^ query[column])
    return total


_NOTHING: Final = Near(np.empty(0, np.uint16), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Codes with a table for each word."""

    codes: Codes
    """The codes."""
    widths: tuple[int, ...]
    """The words' widths, widest first."""
    starts: NDArray[np.uint32]
    """Where each bucket of each word begins in `rows`; bucket b of word i stands at 2**w_0 + ... + 2**w_(i-1) + b.

    One more stands at the end, so that a bucket ends where the next begins.
    """
    rows: NDArray[np.uint32]
    """Row numbers, word by word, bucket by bucket: `len(widths) * len(codes)`."""

    def near(self, query: Codes, radius: int) -> Near:
        """Return all codes within `radius` of the one row `query`."""
        found = self._look(query, radius, most=len(self.codes) // _TOUCH)
        return scan(self.codes, query, radius) if found is None else found

    def _look(self, query: Codes, radius: int, *, most: int) -> Near | None:
        """Look into the buckets; None when that are more than `most`, codes in them included."""
        if radius * _SHARE > sum(self.widths):
            return None
        thresholds = spend(self.widths, radius, len(self.codes))
        if _opened(self.widths, thresholds) > most:
            return None
        which, masks = _probes(self.widths, thresholds)
        buckets = self._keys(query).take(which) ^ masks
        begins = self.starts.take(buckets).astype(np.int64)
        sizes = self.starts.take(buckets + 1) - begins
        ends = np.cumsum(sizes)
        if len(buckets) + (total := int(ends[-1])) > most:
            return None
        # All that lies in the buckets, one bucket behind the other.
        candidates = self.rows.take(np.repeat(begins - ends + sizes, sizes) + np.arange(total))
        distances = _distances(self.codes.take(candidates, axis=0), query, self.codes.shape[1])
        within = distances <= radius
        positions, first = np.unique(candidates[within], return_index=True)
        return Near(distances[within][first], positions.astype(np.int64))

    def _keys(self, query: Codes) -> Numbers:
        """Return the query's bucket in each word's table, counted through all tables.

        A table begins at a multiple of its own size, since no narrower one stands before it: so flipping bits of
        the number flips bits of the word.
        """
        value, place, keys = int.from_bytes(query.tobytes(), "little"), 0, []
        for size in self.widths:
            keys.append(place + (value & ((1 << size) - 1)))
            value >>= size
            place += 1 << size
        return np.array(keys, np.int64)


@functools.lru_cache(maxsize=256)
def _opened(sizes: tuple[int, ...], thresholds: tuple[int, ...]) -> int:
    """Return how many buckets the thresholds open."""
    return sum(
        math.comb(size, flips)
        for size, most in zip(sizes, thresholds, strict=True)
        for flips in range(most + 1)
    )


@functools.lru_cache(maxsize=64)
def _probes(sizes: tuple[int, ...], thresholds: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Return for every bucket to look into which word it is of, and which of its bits are flipped."""
    masks = [_flips(size, most) for size, most in zip(sizes, thresholds, strict=True)]
    which = np.repeat(np.arange(len(sizes)), [len(mask) for mask in masks])
    return which, np.concatenate(masks)


@functools.lru_cache(maxsize=256)
def _flips(size: int, most: int) -> Numbers:
    """Return all numbers of `size` bits with at most `most` ones."""
    return np.array(
        [
            sum(1 << place for place in places)
            for ones in range(most + 1)
            for places in itertools.combinations(range(size), ones)
        ],
        np.int64,
    )
