import pytest

from myself_i2i.comparison import agreement
from myself_i2i.comparison.interface import Nearness, Question
from myself_i2i.comparison.kinds import KINDS, KINDS_OF
from myself_i2i.comparison.measured import table
from myself_i2i.comparison.measuring import algorithms
from tests.comparison.probes import PROBES, measures_of
from tests.comparison.tables import drawn


class TestShipped:
    @pytest.mark.parametrize("question", Question)
    def test_digest(self, question: Question) -> None:
        """The tables were measured with the algorithms and weights that are here: else run scripts/measure_closeness.py."""
        assert algorithms()[1] == table(question).digest

    @pytest.mark.parametrize("place", range(len(PROBES)), ids=PROBES)
    def test_probes(self, place: int) -> None:
        """Pairs drawn by code measure what they measured then: an algorithm that changed under its name is noticed."""
        probe = table(Question.SAME).probe[place]
        bits, distance, strength = measures_of(PROBES[place])
        assert abs(bits - probe[0]) <= 2
        assert abs(distance - probe[1]) <= 0.01
        assert abs(strength - probe[2]) <= max(1.0, 0.1 * probe[2])

    @pytest.mark.parametrize("question", Question)
    def test_whole(self, question: Question) -> None:
        """Counts rise from near to far, reach every pair, and every share lies in its interval."""
        held = table(question)
        sign = -1 if held.larger_is_nearer else 1
        assert list(held.values) == sorted(held.values, key=lambda one: sign * one)
        for counted in (held.unrelated, *held.related.values()):
            assert list(counted.seen) == sorted(counted.seen)
            assert counted.pairs == counted.seen[-1]
            shares = [one / counted.pairs for one in counted.seen]
            ends = zip(counted.low, shares, counted.high, strict=True)
            assert all(low - 0.05 <= share <= high + 0.05 for low, share, high in ends)

    @pytest.mark.parametrize("question", Question)
    def test_thresholds(self, question: Question) -> None:
        """At the near end at most 1 in 10,000 unrelated pairs is seen, at the far end at least 1 in 100."""
        held = table(question)
        assert held.chance(held.near).share <= 1e-4
        assert held.chance(held.not_near).share >= 1e-2

    @pytest.mark.parametrize("question", Question)
    def test_kinds(self, question: Question) -> None:
        """Every kind measured has words, and the kinds of the question were measured."""
        held = table(question)
        assert set(held.related) <= set(KINDS)
        assert set(KINDS_OF[question]) & set(held.related)

    def test_mark(self) -> None:
        """The mark of the closeness map is an agreement between none and all."""
        assert 0.2 < agreement.mark() < 0.95


class TestRules:
    @pytest.mark.parametrize(
        ("bits", "answer"),
        [
            (0, Nearness.NEAR),
            (20, Nearness.NEAR),
            (21, Nearness.CANNOT_TELL),
            (59, Nearness.CANNOT_TELL),
            (60, Nearness.NOT_NEAR),
            (256, Nearness.NOT_NEAR),
        ],
    )
    def test_bits(self, bits: float, answer: Nearness) -> None:
        """A distance is near up to the one end, not near from the other, and between them nothing can be told."""
        assert answer is drawn(Question.SAME).answer(bits)

    @pytest.mark.parametrize(
        ("strength", "answer"),
        [(0, Nearness.NOT_NEAR), (5, Nearness.CANNOT_TELL), (20, Nearness.NEAR), (300, Nearness.NEAR)],
    )
    def test_strength(self, strength: float, answer: Nearness) -> None:
        """So is a strength, the other way round; nothing found is not near."""
        assert answer is drawn(Question.PART).answer(strength)

    def test_read_outwards(self) -> None:
        """Between two values of the table the farther one is read: a chance is never told smaller than it is."""
        held = drawn(Question.SAME)
        assert 1 == held.chance(11).seen
        assert 1 == held.chance(20).seen
        assert 500 == held.chance(21).seen
        assert 10_000 == held.chance(999).seen
        assert 1 == drawn(Question.PART).chance(25).seen

    def test_never_zero(self) -> None:
        """What was never seen still has an upper end: three in so many pairs."""
        rate = drawn(Question.SAME).chance(3)
        assert (0, 10_000) == (rate.seen, rate.pairs)
        assert 3 / 10_000 == rate.high

    def test_kept(self) -> None:
        """Related pairs of several kinds are added up; of kinds that were not measured there is no rate."""
        held = drawn(Question.SAME)
        rate = held.kept(20, KINDS_OF[Question.SAME])
        assert rate is not None
        assert (60, 80) == (rate.seen, rate.pairs)
        assert rate.low <= rate.share <= rate.high
        assert held.kept(20, ("relight",)) is None
