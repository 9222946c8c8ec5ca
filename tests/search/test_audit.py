from collections.abc import Sequence
from dataclasses import replace

import pytest

from myself_i2i.errors import InputError
from myself_i2i.search.audit import audit
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Answer, Audit, Query
from tests.search.codes import KINDS, PLAIN, SHORT, code, crowd, plain


class ForgetfulIndex(ExhaustiveIndex):
    """An index that misses what is farther than it cares to look."""

    farthest = 10

    def search(self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int) -> list[Answer]:
        """Leave out all hits beyond `farthest`."""
        answers = super().search(kind, queries, radius=radius, limit=limit)
        return [
            replace(answer, hits=tuple(hit for hit in answer.hits if hit.distance <= self.farthest))
            for answer in answers
        ]


class TestAudit:
    def test_finds_what_is_missed(self) -> None:
        """An index that misses codes 16 and 31 bits away agrees on half the questions."""
        index = ForgetfulIndex(KINDS)
        index.add(crowd(50))
        assert Audit(asked=40, agreed=20) == audit(index, [PLAIN], 10, seed=1)
        assert 0.5 == audit(index, [PLAIN], 10, seed=1).recall

    def test_every_record_is_as_likely(self) -> None:
        """Over many seeds a sample of one takes every record about as often."""
        asked: list[bytes] = []

        class Listening(ExhaustiveIndex):
            def search(
                self, kind: str, queries: Sequence[Query], *, radius: int | None, limit: int
            ) -> list[Answer]:
                asked.extend(query.code for query in queries)
                return super().search(kind, queries, radius=radius, limit=limit)

        index = Listening(KINDS)
        index.add([plain(f"{at}", code(at)) for at in range(4)])
        for seed in range(200):
            audit(index, [PLAIN], 1, seed=seed)
        assert all(30 <= asked.count(code(at)) <= 70 for at in range(4))

    def test_same_seed_same_questions(self) -> None:
        """The questions depend on the records and the seed alone."""
        index = ExhaustiveIndex(KINDS)
        index.add(crowd(50))
        assert audit(index, KINDS, 5, seed=3) == audit(index, KINDS, 5, seed=3)

    def test_more_than_there_are(self) -> None:
        """A sample larger than the index asks for every record; an empty kind asks nothing."""
        index = ExhaustiveIndex(KINDS)
        index.add(crowd(3))
        assert 12 == audit(index, KINDS, 100, seed=1).asked
        assert 0 == audit(index, [SHORT], 100, seed=1).asked
        assert 1.0 == audit(index, [SHORT], 100, seed=1).recall

    @pytest.mark.parametrize("sample", [-1, 10_001])
    def test_sample_out_of_range(self, sample: int) -> None:
        """A sample that is negative or too large raises."""
        with pytest.raises(InputError):
            audit(ExhaustiveIndex(KINDS), KINDS, sample, seed=1)
