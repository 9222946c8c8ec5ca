import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from myself_i2i.comparison.structure import blur, field, fit_within

GREY = arrays(np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24)))


class TestField:
    @settings(max_examples=40)
    @given(grey=GREY)
    def test_light_and_dark(self, grey: np.ndarray) -> None:
        """Light on dark and dark on light are the same edge."""
        assert np.allclose(field(grey), field(255 - grey), atol=1e-3)

    @settings(max_examples=40)
    @given(grey=GREY)
    def test_finite(self, grey: np.ndarray) -> None:
        """Whatever the picture, even one pixel wide, every number is finite."""
        assert np.isfinite(field(grey)).all()

    def test_flat(self) -> None:
        """A flat picture has no edges."""
        assert not field(np.full((20, 30), 77, np.uint8)).any()

    def test_direction(self) -> None:
        """Edges at right angles to each other point opposite ways."""
        upright = np.repeat([[0, 0, 0, 0, 255, 255, 255, 255]], 8, axis=0).astype(np.uint8)
        across, down = field(upright)[4, 4], field(upright.T)[4, 4]
        assert (across * np.conj(down)).real < 0


class TestBlur:
    def test_keeps_the_mean_of_flat(self) -> None:
        """What is flat stays as it is, borders included."""
        assert np.allclose(5, blur(np.full((7, 9), 5, np.float32), 2.0))

    def test_symmetric(self) -> None:
        """A single point spreads the same way to all sides."""
        values = np.zeros((21, 21), np.float32)
        values[10, 10] = 1
        spread = blur(values, 1.5)
        assert np.allclose(spread, spread.T)
        assert np.allclose(spread, spread[::-1, ::-1])


class TestFitWithin:
    def test_sizes(self) -> None:
        """The longer side becomes what was asked for, the other keeps the proportions, at least one pixel."""
        assert (32, 64) == fit_within(np.zeros((100, 200), np.uint8), 64).shape
        assert (64, 1, 3) == fit_within(np.zeros((900, 2, 3), np.uint8), 64).shape
