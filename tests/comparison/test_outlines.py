import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from myself_i2i.comparison.outlines import outlines


class TestOutlines:
    def test_square(self) -> None:
        """A square has its four sides, thin, and nothing inside."""
        grey = np.full((120, 120), 230, np.uint8)
        grey[30:90, 30:90] = 40
        lines = outlines(grey)
        assert not lines[40:80, 40:80].any()
        assert not lines[:20].any()
        assert lines[60, 26:34].any()
        assert lines[60, 86:94].any()
        assert lines.mean() < 0.06

    @pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (40, 50)])
    def test_flat(self, shape: tuple[int, int]) -> None:
        """A flat picture of any shape has none; its border is no outline."""
        assert not outlines(np.full(shape, 200, np.uint8)).any()

    @settings(max_examples=30)
    @given(grey=arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))))
    def test_shape(self, grey: np.ndarray) -> None:
        """There is an answer for each pixel, whatever the picture."""
        assert outlines(grey).shape == grey.shape
