from typing import Any

import pytest
from myself_i2i_diffusers._pixels import as_picture

from myself_i2i.errors import UsageError
from tests.plugins_diffusers.standins import Array


class TestRefused:
    @pytest.mark.parametrize("value", ["a.png", [1], Array(2, 3, 64, 64), Array(1, 4, 8, 8)])
    def test_not_one(self, value: Any) -> None:
        """What is not one picture is refused, in words."""
        with pytest.raises(UsageError, match="expected one picture"):
            as_picture(value)


class TestNumpy:
    @pytest.mark.parametrize(
        ("shape", "mode"),
        [
            ((8, 9), "L"),
            ((8, 9, 1), "L"),
            ((8, 9, 3), "RGB"),
            ((8, 9, 4), "RGBA"),
            ((3, 8, 9), "RGB"),
            ((1, 8, 9, 3), "RGB"),
        ],
    )
    def test_shapes(self, shape: tuple[int, ...], mode: str) -> None:
        """Planes, colour first or last, and a batch of one are pictures of their size."""
        numpy: Any = pytest.importorskip("numpy")
        made = as_picture(numpy.ones(shape, "float32"))
        assert (mode, (9, 8), 255) == (made.mode, made.size, made.tobytes()[0])

    def test_values(self) -> None:
        """Floats are rounded and bounded as diffusers does; bytes stay."""
        numpy: Any = pytest.importorskip("numpy")
        floats = numpy.tile(numpy.array([-1, 0, 0.5, 2], "float32"), (8, 2))
        assert bytes([0, 0, 128, 255]) == as_picture(floats).tobytes()[:4]
        assert bytes([7]) == as_picture(numpy.full((8, 8), 7, "uint8")).tobytes()[:1]
