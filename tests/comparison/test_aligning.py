import numpy as np
import pytest
from PIL import Image

from myself_i2i.comparison.aligning import Alignment, align
from tests.comparison.scenes import repainted, scene


def grey(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L"))


def moved(image: Image.Image, scale: float, turn: float) -> Image.Image:
    """The picture made smaller and turned clockwise on a canvas of its own size."""
    return image.rotate(-turn, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128)).resize(
        (round(image.width * scale), round(image.height * scale))
    )


class TestAlign:
    def test_same(self) -> None:
        """A picture lies over itself as it is."""
        found = align(grey(scene(1)), grey(scene(1)))
        assert found is not None
        assert np.allclose([[1, 0, 0], [0, 1, 0]], found.matrix, atol=0.01)
        assert not found.mirrored

    def test_repainted(self) -> None:
        """So does the same layout in other colours."""
        found = align(grey(scene(2)), grey(repainted(2)))
        assert found is not None
        assert np.allclose([[1, 0, 0], [0, 1, 0]], found.matrix, atol=0.03)

    def test_mirrored(self) -> None:
        """Mirrored is tried as well, and said."""
        image = scene(3)
        found = align(grey(image), grey(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
        assert found is not None
        assert found.mirrored
        assert abs(found.turn) < 1
        corner = found.onto_theirs(np.array([[0.0, 0.0]]))
        assert np.allclose([[1.0, 0.0]], corner, atol=0.02)

    @pytest.mark.parametrize("turn", [-6.0, 6.0])
    def test_turned(self, turn: float) -> None:
        """A turn is found with its sense: theirs has to be turned back."""
        found = align(grey(scene(4)), grey(moved(scene(4), 1, turn)))
        assert found is not None
        assert abs(found.turn + turn) < 2

    def test_cropped(self) -> None:
        """A cut-out lies where it was cut out, smaller than the whole."""
        image = scene(5)
        found = align(grey(image), grey(image.crop((120, 100, 456, 380))))
        assert found is not None
        assert abs(found.scale - 336 / 480) < 0.05
        assert np.allclose([[0, 0]], found.onto_theirs(np.array([[120 / 480, 100 / 480]])), atol=0.05)

    def test_flat(self) -> None:
        """A flat picture lies nowhere."""
        assert align(grey(scene(6)), np.full((90, 120), 128, np.uint8)) is None

    @pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3)])
    def test_odd_shapes(self, shape: tuple[int, int]) -> None:
        """Pictures of any shape are tried without an error."""
        align(grey(scene(7)), np.arange(shape[0] * shape[1], dtype=np.uint64).astype(np.uint8).reshape(shape))

    def test_same_answer(self) -> None:
        """The same two pictures give the same values each time."""
        one, other = (align(grey(scene(8)), grey(scene(9))) for _ in range(2))
        assert one is not None
        assert other is not None
        assert np.array_equal(one.matrix, other.matrix)


class TestAlignment:
    def test_lay(self) -> None:
        """Laid over by the identity, a picture is itself and covers all."""
        image = grey(scene(1))
        laid, over = Alignment(np.array([[1.0, 0, 0], [0, 1, 0]])).lay(image, image.shape)
        assert over.all()
        assert np.abs(laid.astype(int) - image).max() <= 1

    def test_there_and_back(self) -> None:
        """`inverse` undoes `matrix`."""
        matrix = np.array([[0.8, -0.2, 0.1], [0.2, 0.8, -0.3]])
        alignment = Alignment(matrix)
        points = np.array([[0.1, 0.7], [0.9, 0.2]])
        back = alignment.onto_theirs(points)
        assert np.allclose(points, back @ matrix[:, :2].T + matrix[:, 2])
        assert abs(alignment.scale - np.hypot(0.8, 0.2)) < 1e-9
