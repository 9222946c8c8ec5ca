from typing import Any

import pytest

from myself_i2i.comparison.interface import Finding, Nearness, Question, Rate, Reason
from myself_i2i.comparison.words import chance_words, measure_words, missed_words, often, related_words, says
from myself_i2i.wording import Text


def finding(**changed: Any) -> Finding:
    given: dict[str, Any] = {
        "question": Question.SAME,
        "answer": Nearness.NEAR,
        "reason": Reason.MEASURED,
        "value": 12.0,
        "chance": Rate(0, 5_000, 0.0, 0.0006),
        "related": Rate(90, 100, 0.8, 0.95),
    }
    return Finding(**given | changed)


class TestOften:
    @pytest.mark.parametrize(
        ("seen", "said"),
        [
            (0, "never seen in 20,000 unrelated pairs"),
            (4, "4 of 20,000 unrelated pairs came this near (about 1 in 5,000)"),
            (7_100, "7,100 of 20,000 unrelated pairs came this near (about 4 in 10)"),
        ],
    )
    def test_counts(self, seen: int, said: str) -> None:
        """A rate is told in counts: "never seen in N", "1 in n", "n in 10", and never as a percentage."""
        assert said == often(Rate(seen, 20_000, 0, 1)).en


class TestWords:
    def test_says(self) -> None:
        """An answer is told with its measure in both languages."""
        assert Text(en="near: 12 of 256 bits differ", ja="近い。256 ビット中 12 ビットが異なる") == says(
            finding()
        )

    @pytest.mark.parametrize("reason", [Reason.IDENTICAL, Reason.TOO_FLAT, Reason.NOT_LOOKED])
    def test_reasons(self, reason: Reason) -> None:
        """An answer that rests on no measure says on what it rests, and tells no rates."""
        bare = finding(reason=reason, value=None, chance=None, related=None)
        assert "256" not in measure_words(bare).en
        assert chance_words(bare) is None
        assert related_words(bare) is None

    def test_related(self) -> None:
        """How many related pairs came this near is told in counts."""
        words = related_words(finding())
        assert words is not None
        assert "90 of 100" in words.en

    @pytest.mark.parametrize("question", Question)
    def test_missed(self, question: Question) -> None:
        """How many real pairs are missed is told by kind, in both languages."""
        words = missed_words(question)
        assert words.en.count(" of ") == words.ja.count("組中") > 1
        assert " -" not in words.en

    def test_nothing_found(self) -> None:
        """A strength of 0 is told as nothing found."""
        assert "no part" in measure_words(finding(question=Question.PART, value=0.0)).en
