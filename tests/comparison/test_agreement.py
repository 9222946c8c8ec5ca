import numpy as np

from myself_i2i.comparison.agreement import APART, Agreement, agree, mark
from myself_i2i.comparison.aligning import Alignment
from tests.comparison.scenes import repainted, scene

AS_IS = Alignment(np.array([[1.0, 0, 0], [0, 1, 0]]))


def agreement(one: object, other: object) -> Agreement:
    greys = [np.asarray(image.convert("L")) for image in (one, other)]  # type: ignore[attr-defined]  # pictures
    return agree(greys[0], greys[1], AS_IS)


class TestAgree:
    def test_itself(self) -> None:
        """A picture agrees with itself at every place that has structure."""
        found = agreement(scene(1), scene(1))
        assert found.compared > 50
        assert found.reaching(0.99) == found.compared

    def test_repainted(self) -> None:
        """The same layout in other colours agrees at more places than an unrelated picture does."""
        related, other = agreement(scene(2), repainted(2)), agreement(scene(2), scene(3))
        assert related.reaching(mark()) > 2 * other.reaching(mark())
        assert other.reaching(mark()) < 0.3 * other.compared

    def test_flat(self) -> None:
        """Where both are flat, or theirs does not reach, nothing is compared."""
        blank = scene(1)
        blank.paste((128, 128, 128), (0, 0, *blank.size))
        assert agreement(blank, blank).compared == 0
        away = Alignment(np.array([[1.0, 0, 3], [0, 1, 3]]))
        grey = np.asarray(scene(1).convert("L"))
        assert agree(grey, grey, away).compared == 0

    def test_one_flat(self) -> None:
        """Structure on one side only is a place that does not agree."""
        blank = scene(1)
        blank.paste((128, 128, 128), (0, 0, *blank.size))
        found = agreement(scene(1), blank)
        assert found.compared > 50
        assert found.reaching(0.2) == 0


class TestChoosing:
    def test_best_and_worst(self) -> None:
        """Both kinds of places are chosen, in order, not beside each other, and never the same ones."""
        found = agreement(scene(2), repainted(2))
        best, worst = found.best(6, mark()), found.worst(6, mark())
        assert [one.agreement for one in best] == sorted((one.agreement for one in best), reverse=True)
        assert [one.agreement for one in worst] == sorted(one.agreement for one in worst)
        assert not {(one.row, one.column) for one in best} & {(one.row, one.column) for one in worst}
        assert all(
            max(abs(a.row - b.row), abs(a.column - b.column)) >= APART
            for a in best
            for b in best
            if a is not b
        )

    def test_level(self) -> None:
        """Nothing below the level is called agreeing, nothing above it differing."""
        found = agreement(scene(2), repainted(2))
        assert all(one.agreement >= 0.7 for one in found.best(50, 0.7))
        assert all(one.agreement < 0.7 for one in found.worst(50, 0.7))
