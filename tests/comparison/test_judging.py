from typing import Any

import pytest

from myself_i2i.comparison.interface import Nearness, Question, Reason
from myself_i2i.comparison.judging import judge
from myself_i2i.comparison.measuring import Layout, Measures, Turned
from tests.comparison.tables import drawn


def measures(**changed: Any) -> Measures:
    """Far apart in every way, but for what is changed."""
    given: dict[str, Any] = {
        "identical": False,
        "turned": Turned(120, "as-is"),
        "layout": Layout(100.0, "as is", of_mine=True),
        "looked": True,
        "few": False,
        "strength": 0.0,
    }
    return Measures(**given | changed)


def answers(**changed: Any) -> list[tuple[Nearness, Reason]]:
    return [(one.answer, one.reason) for one in judge(measures(**changed), drawn)]


FAR = (Nearness.NOT_NEAR, Reason.MEASURED)


class TestJudge:
    def test_far(self) -> None:
        """What is far apart in every way is not near, thrice, in the order of the questions."""
        assert [FAR, FAR, FAR] == answers()
        assert list(Question) == [one.question for one in judge(measures(), drawn)]

    def test_identical(self) -> None:
        """The same file is the same picture, whatever else could be measured."""
        assert (Nearness.NEAR, Reason.IDENTICAL) == answers(identical=True, turned=None)[0]

    def test_flat(self) -> None:
        """With too little structure nothing can be told."""
        flat = (Nearness.CANNOT_TELL, Reason.TOO_FLAT)
        assert [flat, flat, flat] == answers(turned=None, layout=None, few=True)

    def test_few_but_found(self) -> None:
        """A part that was found counts though there are few places."""
        assert (Nearness.NEAR, Reason.MEASURED) == answers(few=True, strength=30.0)[2]

    def test_not_looked(self) -> None:
        """Without OpenCV the answer about parts is that nobody looked."""
        assert (Nearness.CANNOT_TELL, Reason.NOT_LOOKED) == answers(looked=False)[2]

    def test_by_parts(self) -> None:
        """A strong part over most of both pictures makes them one picture, cut or framed; over little of one it does not."""
        assert (Nearness.NEAR, Reason.BY_PARTS) == answers(strength=30.0, cover=(0.6, 0.9), reframed=True)[0]
        assert FAR == answers(strength=30.0, cover=(0.2, 0.9), reframed=True)[0]
        assert FAR == answers(strength=5.0, cover=(0.6, 0.9), reframed=True)[0]

    def test_same_frame(self) -> None:
        """In one and the same frame the bits decide: a picture that was changed inside is not one saved again."""
        changed = answers(turned=Turned(40, "as-is"), strength=90.0, cover=(0.9, 0.9), reframed=False)
        assert (Nearness.CANNOT_TELL, Reason.MEASURED) == changed[0]

    @pytest.mark.parametrize("bits", [3, 40, 120])
    def test_told(self, bits: int) -> None:
        """Each answer that was measured carries its measure, the chance and the related pairs."""
        same = judge(measures(turned=Turned(bits, "as-is")), drawn)[0]
        assert bits == same.value
        assert same.chance is not None
        assert same.related is not None
