from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.search.postgres_words import MOST_FLIPS, probes, word_count
from tests.search.codes import code, flipped


class TestProbes:
    @given(seed=st.integers(0, 99), bits=st.sampled_from([64, 128, 192, 256, 512, 4096]), data=st.data())
    def test_nothing_is_missed(self, seed: int, bits: int, data: st.DataObject) -> None:
        """Every code within the radius has a probed value in the word of its place, wherever its bits differ."""
        radius = data.draw(st.integers(0, word_count(bits) * (MOST_FLIPS + 1) - 1))
        indexed = 16 * word_count(bits)  # the hardest case: all differences lie where they are looked for
        places = data.draw(st.sets(st.integers(0, indexed - 1), max_size=radius))
        query = code(seed, bits)
        near = flipped(query, places)
        values = probes(query, radius)
        assert values is not None
        words = [int.from_bytes(near[at : at + 2]) for at in range(0, 2 * len(values), 2)]
        assert any(word in some for word, some in zip(words, values, strict=True))

    def test_radius_31(self) -> None:
        """Radius 31 on 256 bits asks for each of sixteen words as it is and with each bit turned: 272 values."""
        values = probes(code(1), 31)
        assert values is not None
        assert [17] * 16 == [len(set(some)) for some in values]

    def test_small_radius_asks_less(self) -> None:
        """Radius 0 asks for one word, radius 7 for eight."""
        assert [1, 8] == [len(probes(code(1), radius) or ()) for radius in (0, 7)]

    def test_wide_radius_is_for_a_scan(self) -> None:
        """Beyond two flips a word, and without a radius, there is nothing to look up."""
        assert probes(code(1), 47) is not None
        assert probes(code(1), 48) is None
        assert probes(code(1), None) is None
        assert probes(code(1, 64), 12) is None
