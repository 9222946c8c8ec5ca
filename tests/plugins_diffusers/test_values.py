import pytest
from myself_i2i_diffusers._values import first_frame, is_array, looks_like_picture, slices, stamp
from PIL import Image

from tests.plugins_diffusers.standins import Array, picture


class TestIsArray:
    def test_arrays(self) -> None:
        """Whatever has a shape, a type and two dimensions is an array; pictures, numbers and lists are none."""
        values = (Array(8, 8), Array(3), picture(), 3.0, [[1]], "x")
        assert [True, False, False, False, False, False] == [is_array(value) for value in values]


class TestSlices:
    @pytest.mark.parametrize(
        ("shape", "count"),
        [
            ((64, 64), 1),
            ((64, 64, 3), 1),
            ((64, 64, 4), 1),
            ((3, 64, 64), 1),
            ((1, 64, 64), 1),
            ((2, 3, 64, 64), 2),
            ((2, 64, 64, 3), 2),
            ((5, 64, 64), 5),
            ((4, 8, 8), 4),
            ((1, 4, 8, 8), 0),
            ((1, 16, 64, 64), 0),
            ((2, 77, 768), 2),
            ((0, 3, 64, 64), 0),
            ((2, 2), 0),
        ],
    )
    def test_shapes(self, shape: tuple[int, ...], count: int) -> None:
        """A batch is cut into its pictures; a batch of latents has none."""
        assert count == len(list(slices(Array(*shape))))

    def test_each_is_one(self) -> None:
        """Every slice is one picture by itself."""
        assert all(looks_like_picture(one.shape) for one in slices(Array(2, 3, 64, 64)))


class TestFirstFrame:
    @pytest.mark.parametrize(
        ("shape", "frame"),
        [
            ((9, 3, 64, 64), (3, 64, 64)),
            ((1, 9, 3, 64, 64), (3, 64, 64)),
            ((1, 3, 9, 64, 64), (3, 64, 64)),
            ((9, 64, 64, 3), (64, 64, 3)),
            ((1, 16, 9, 8, 8), None),
            ((0, 3, 64, 64), None),
        ],
    )
    def test_shapes(self, shape: tuple[int, ...], frame: tuple[int, ...] | None) -> None:
        """The first frame is found wherever time stands; a film of latents has none."""
        found = first_frame(Array(*shape))
        assert frame == (None if found is None else found.shape)


class TestStamp:
    def test_picture(self) -> None:
        """The stamp of a picture stays while its pixels stay, and changes with one of them."""
        image = picture()
        before = stamp(image)
        assert before == stamp(image.copy())
        image.putpixel((3, 3), (0, 0, 0))
        assert before != stamp(image)

    def test_mode(self) -> None:
        """Equal bytes in another shape are another picture."""
        assert stamp(Image.new("L", (4, 8))) != stamp(Image.new("L", (8, 4)))

    def test_large(self) -> None:
        """An array too large to stamp quickly has no stamp."""
        array = Array(8, 8)
        array.nbytes = 1 << 30
        assert stamp(array) is None
