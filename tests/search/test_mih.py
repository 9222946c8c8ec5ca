import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.search.mih import (
    Codes,
    Near,
    Tables,
    as_rows,
    bucket_table,
    distinct,
    most_codes,
    scan,
    spend,
    widths,
    words,
)
from tests.search.codes import away, chance, code, flipped

EVERYTHING = 2**40


def rows(codes: list[bytes]) -> Codes:
    """Return codes as an array."""
    return as_rows(b"".join(codes)).reshape(len(codes), -1)


def tables(codes: Codes) -> Tables:
    """Return the codes with tables, as a segment has them."""
    sizes = widths(codes.shape[1] * 64, len(codes))
    starts, numbers = [np.zeros(1, np.uint32)], []
    for at, (word, size) in enumerate(zip(words(codes, sizes), sizes, strict=True)):
        ends, order = bucket_table(word, size)
        starts.append(ends + np.uint32(at * len(codes)))
        numbers.append(order)
    return Tables(codes, sizes, np.concatenate(starts), np.concatenate(numbers))


def pairs(near: Near | None) -> list[tuple[int, int]]:
    """Return what was found as comparable values."""
    assert near is not None
    return sorted(zip(near.positions.tolist(), near.distances.tolist(), strict=True))


def naive(codes: list[bytes], query: bytes, radius: int) -> list[tuple[int, int]]:
    """Return what there is to find, by the plainest arithmetic."""
    value = int.from_bytes(query)
    distances = [(int.from_bytes(one) ^ value).bit_count() for one in codes]
    return [(at, distance) for at, distance in enumerate(distances) if distance <= radius]


@st.composite
def gatherings(draw: st.DrawFn) -> tuple[list[bytes], bytes, int]:
    """Return codes around few centres, a query and a radius."""
    bits = draw(st.sampled_from([64, 128, 192, 256]))
    radius = draw(st.integers(0, bits // 4))
    centre = draw(st.integers(0, 3))
    made = [
        away(
            code(draw(st.integers(0, 3)), bits),
            min(draw(st.integers(0, radius + 2)), bits),
            draw(st.integers(0, 9)),
        )
        for _ in range(draw(st.integers(1, 30)))
    ]
    return made, code(centre, bits), radius


class TestTables:
    @given(gatherings())
    def test_buckets_find_what_scanning_finds(self, gathering: tuple[list[bytes], bytes, int]) -> None:
        """Looking into buckets gives every code within the radius, once, with its distance: no more and no less."""
        codes, query, radius = gathering
        expected = naive(codes, query, radius)
        assert expected == pairs(tables(rows(codes))._look(rows([query])[0], radius, most=EVERYTHING))
        assert expected == pairs(scan(rows(codes), rows([query])[0], radius))

    @pytest.mark.parametrize("radius", [0, 8, 31, 40, 48, 64, 65, 256])
    def test_at_size(self, radius: int) -> None:
        """With many codes the same is found as by scanning; to radius 31 through the buckets."""
        dice = chance(1)
        targets = [code(1000 + at) for at in range(10)]
        near = [
            away(t, d, d)
            for t in targets
            for d in {0, radius // 2, max(radius - 1, 0), radius, min(radius + 1, 256)}
        ]
        codes = rows([dice.randbytes(32) for _ in range(60_000)] + near)
        made = tables(codes)
        for target in targets:
            query = rows([target])[0]
            assert pairs(scan(codes, query, radius)) == pairs(made.near(query, radius))
            looked = made._look(query, radius, most=len(codes) // 8)
            assert looked is not None or radius > 31

    def test_crowd_in_one_bucket_is_scanned(self) -> None:
        """Codes made to share a word do not make a search dear: it scans, and finds the same."""
        dice = chance(2)
        codes = rows([code(5)[:4] + dice.randbytes(28) for _ in range(20_000)])
        made, query = tables(codes), rows([code(5)])[0]
        assert made._look(query, 16, most=len(codes) // 8) is None
        assert pairs(scan(codes, query, 16)) == pairs(made.near(query, 16))

    def test_frozen(self) -> None:
        """Tables cannot be changed."""
        with pytest.raises(dataclasses.FrozenInstanceError):
            tables(rows([code(1)])).widths = ()  # type: ignore[misc]


class TestWords:
    @given(st.sampled_from([64, 128, 256, 4096]), st.integers(0, 2**32))
    def test_widths(self, bits: int, count: int) -> None:
        """Words cover the code exactly, differ by one bit at most, widest first, and are 8 to 28 bits wide."""
        sizes = widths(bits, count)
        assert bits == sum(sizes)
        assert list(sizes) == sorted(sizes, reverse=True)
        assert sizes[0] - sizes[-1] <= 1
        assert 7 <= sizes[-1] <= sizes[0] <= 28

    @pytest.mark.parametrize(("count", "number"), [(10**5, 15), (10**6, 13), (10**7, 11), (10**8, 10)])
    def test_number_of_words(self, count: int, number: int) -> None:
        """There are about bits / log2(count) words."""
        assert number == len(widths(256, count))

    def test_words_are_the_codes_bits(self) -> None:
        """Put together again, the words are the code."""
        codes = [code(at) for at in range(5)]
        sizes = widths(256, 10**6)
        parts = list(words(rows(codes), sizes))
        shifts = [0, *itertools.accumulate(sizes)]
        for at, one in enumerate(codes):
            value = sum(int(part[at]) << shift for part, shift in zip(parts, shifts, strict=False))
            assert one == value.to_bytes(32, "little")

    @given(st.integers(0, 64), st.sampled_from([1, 10**3, 10**5, 10**6, 10**7, 10**9]))
    def test_thresholds_leave_no_gap(self, radius: int, count: int) -> None:
        """The thresholds are spent to the last flip: sum(t + 1) = radius + 1, so some word is always within its own."""
        assert radius + 1 == sum(t + 1 for t in spend(widths(256, count), radius, count))

    @given(st.sets(st.integers(0, 255), max_size=31), st.sampled_from([10**5, 10**6, 10**7]))
    def test_some_word_is_within_its_threshold(self, places: set[int], count: int) -> None:
        """Whichever 31 bits differ, at least one word differs in no more bits than are looked for in it."""
        sizes = widths(256, count)
        one, other = rows([code(1)]), rows([flipped(code(1), places)])
        flips = [
            int(a[0] ^ b[0]).bit_count() for a, b in zip(words(one, sizes), words(other, sizes), strict=True)
        ]
        assert any(flip <= most for flip, most in zip(flips, spend(sizes, 31, count), strict=True))

    def test_most_codes(self) -> None:
        """Row numbers of the largest segment still fit into 32 bits."""
        most = most_codes(256)
        assert most > 10**8
        assert most * len(widths(256, most)) < 2**32


class TestDistinct:
    @given(st.lists(st.sampled_from([code(at) for at in range(6)]), max_size=40))
    def test_each_once(self, codes: list[bytes]) -> None:
        """Every code is kept, and kept once."""
        kept = distinct(as_rows(b"".join(codes)).reshape(-1, 4))
        assert sorted(set(codes)) == sorted(row.tobytes() for row in kept)

    def test_no_codes(self) -> None:
        """Nothing stays nothing."""
        assert (0, 4) == distinct(np.empty((0, 4), np.uint64)).shape
