import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.registry.api.rates import Rates, neighbourhood


class TestRates:
    def test_burst_and_refill(self) -> None:
        """The burst is there at once, then one more whenever one has come in; the wait is told."""
        rates = Rates(burst=3, each_second=0.5)
        assert [0, 0, 0, 2, 1, 0] == [rates.take("a", now) for now in (0.0, 0.0, 0.0, 0.0, 1.0, 2.0)]

    def test_each_for_itself(self) -> None:
        """One address's hunger is not another's."""
        rates = Rates(burst=1, each_second=1)
        assert [0, 1, 0] == [rates.take(name, 0.0) for name in ("a", "a", "b")]

    def test_dear(self) -> None:
        """A dear request takes more, and one dearer than the burst waits for a full bucket, not for ever."""
        rates = Rates(burst=4, each_second=1)
        assert [0, 1, 4] == [rates.take("a", 0.0, 3), rates.take("a", 0.0, 2), rates.take("a", 0.0, 100) + 1]
        assert 0 == rates.take("a", 4.0, 100)

    def test_bounded(self) -> None:
        """However many addresses come, so many buckets are kept."""
        rates = Rates(burst=1, each_second=1, most=10)
        for number in range(1000):
            rates.take(str(number), 0.0)
        assert 10 == len(rates._buckets)

    @given(st.lists(st.floats(0, 10), max_size=30))
    def test_never_more(self, steps: list[float]) -> None:
        """Over any time nobody gets more than the burst and what came in."""
        rates, now, got = Rates(burst=5, each_second=2), 0.0, 0
        for step in steps:
            now += step
            got += rates.take("a", now) == 0
        assert got <= 5 + 2 * now + 1e-6


class TestNeighbourhood:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
            ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
            ("fe80::1%eth0", "fe80:0000:0000:0000"),
            ("testclient", "testclient"),
            ("no:address", "no:address"),
            ("", ""),
        ],
    )
    def test_name(self, address: str, expected: str) -> None:
        """An IPv4 address for itself, an IPv6 one with its /64."""
        assert expected == neighbourhood(address)
