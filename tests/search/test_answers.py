import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.search.answers import Found, answer, cosines, wanted
from myself_i2i.search.interface import Hit, Query
from tests.search.codes import PLAIN, VECTOR, code

VECTORS = st.binary(min_size=16, max_size=16)


def signed(vector: bytes) -> list[int]:
    """Return the numbers that int8 bytes mean."""
    return [int(number) for number in np.frombuffer(vector, np.int8)]


class TestCosines:
    @given(VECTORS, st.lists(VECTORS, max_size=5))
    def test_is_the_cosine(self, one: bytes, others: list[bytes]) -> None:
        """Each is the cosine of the int8 vectors, between -1 and 1; 0 where one is all zeros."""
        for other, got in zip(others, cosines(one, others), strict=True):
            a, b = signed(one), signed(other)
            lengths = math.hypot(*a) * math.hypot(*b)
            expected = sum(x * y for x, y in zip(a, b, strict=True)) / lengths if lengths else 0.0
            assert pytest.approx(expected, abs=1e-12) == got
            assert -1.0 <= got <= 1.0

    @given(VECTORS, VECTORS)
    def test_either_way(self, one: bytes, other: bytes) -> None:
        """The order of the two does not matter, to the last bit."""
        assert cosines(one, [other]) == cosines(other, [one])


class TestAnswer:
    def test_plain(self) -> None:
        """Found records become hits in their order, cut at the limit, which is said."""
        found = [Found(0, "a"), Found(3, "b"), Found(3, "c")]
        got = answer(PLAIN, Query(code(1)), found, limit=2, as_of=7)
        assert (Hit("a", 0), Hit("b", 3)) == got.hits
        assert (True, True, 7) == (got.exact, got.truncated, got.as_of)
        assert not answer(PLAIN, Query(code(1)), found, limit=3, as_of=7).truncated

    def test_payload(self) -> None:
        """Records with payloads come by cosine, then by id; one farther in bits may come first."""
        up, down = bytes([100] * 16), bytes([156] * 16)
        found = [Found(0, "down", down), Found(1, "z", up), Found(9, "up", up)]
        got = answer(VECTOR, Query(code(1), up), found, limit=3, as_of=1)
        assert ["up", "z", "down"] == [hit.id for hit in got.hits]
        assert [1.0, 1.0, -1.0] == [hit.score for hit in got.hits]

    def test_wanted(self) -> None:
        """One more than the limit is looked for, or than the shortlist where payloads decide."""
        assert 11 == wanted(PLAIN, 10)
        assert (1_001, 5_001) == (wanted(VECTOR, 10), wanted(VECTOR, 500))

    def test_the_one_too_many_is_not_rated(self) -> None:
        """What only shows that there are more than the shortlist is not ordered in, however well it would do."""
        up, down = bytes([100] * 16), bytes([156] * 16)
        found = [Found(at, f"{at:04}", down) for at in range(1_000)] + [Found(1_000, "best", up)]
        got = answer(VECTOR, Query(code(1), up), found, limit=1, as_of=1)
        assert ["0000"] == [hit.id for hit in got.hits]
        assert got.truncated
