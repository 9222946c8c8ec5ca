import os
import time
from collections.abc import Iterator

from myself_i2i.bulk import Outcome, run
from myself_i2i.bulk.pool import LEAD


def double(number: int) -> int:
    return number * 2


def fall(number: int) -> int:
    if number == 3:
        os._exit(11)
    return number


def hang(number: int) -> int:
    if number == 1:
        time.sleep(60)
    return number


def refuse(number: int) -> int:
    if number == 2:
        message = "no twos"
        raise ValueError(message)
    return number


class TestRun:
    def test_order(self) -> None:
        """Results come in the order given, whichever worker was faster."""
        assert [n * 2 for n in range(200)] == [o.value for o in run(range(200), double, jobs=2)]

    def test_crash(self) -> None:
        """A worker that dies costs exactly its own file, and the reason says so."""
        outcomes = list(run(range(12), fall, jobs=2))
        assert [0, 1, 2, None, *range(4, 12)] == [o.value for o in outcomes]
        assert outcomes[3].failure is not None
        assert "died" in outcomes[3].failure.en

    def test_hang(self) -> None:
        """A file that takes longer than the time-out is ended and the rest goes on."""
        outcomes = list(run(range(6), hang, jobs=2, timeout=1.0))
        assert [0, None, 2, 3, 4, 5] == [o.value for o in outcomes]
        assert outcomes[1].failure is not None
        assert "1 seconds" in outcomes[1].failure.en

    def test_exception(self) -> None:
        """An exception in the work is that file's outcome, in words."""
        outcomes = list(run(range(4), refuse, jobs=1))
        assert [0, 1, None, 3] == [o.value for o in outcomes]
        assert Outcome(item=2, value=None, failure=outcomes[2].failure) == outcomes[2]
        assert "ValueError: no twos" == str(outcomes[2].failure)

    def test_lazy(self) -> None:
        """Items are taken as they are needed, so a list of any length costs no memory up front."""
        taken = 0

        def endless() -> Iterator[int]:
            nonlocal taken
            while True:
                taken += 1
                yield taken

        outcomes = run(endless(), double, jobs=2)
        assert 2 == next(outcomes).value
        outcomes.close()
        assert taken <= LEAD + 4

    def test_nothing(self) -> None:
        """No items, no processes, no results."""
        assert [] == list(run([], double, jobs=4))
