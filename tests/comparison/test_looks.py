import numpy as np
import pytest
from PIL import Image

from myself_i2i.comparison.looks import CANONICAL, Looks
from myself_i2i.fingerprint.pdq64 import distance
from tests.comparison.scenes import looks, saved, scene


class TestLooks:
    def test_canonical(self) -> None:
        """A large picture is made smaller, a small one stays as it is; proportions are kept."""
        assert (CANONICAL * 400 // 480, CANONICAL) == looks(scene(1).resize((1440, 1200))).grey.shape
        assert (80, 96, 3) == looks(scene(1).resize((96, 80))).colour.shape

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_upright(self, kind: str) -> None:
        """A picture stored turned, and said to be, looks as one stored upright."""
        image = scene(2)
        exif = Image.Exif()
        exif[0x0112] = 6
        turned = image.transpose(Image.Transpose.ROTATE_90)
        found = Looks.of(saved(turned, kind, exif=exif, quality=95))  # type: ignore[arg-type]  # Pillow takes it
        assert found.grey.shape == (400, 480)
        assert distance(found.kept.pdq64.value, looks(image).kept.pdq64.value) <= 4

    def test_over_white(self) -> None:
        """What is transparent counts as white."""
        layer = Image.new("RGBA", (64, 64), (10, 20, 30, 0))
        assert (Looks.of(saved(layer)).colour == np.full(3, 255)).all()

    def test_same_again(self) -> None:
        """The same bytes give the same fingerprints each time."""
        assert looks(scene(3)).kept == looks(scene(3)).kept

    def test_not_asking(self) -> None:
        """Where no parts are looked for, only the features to find them with are missing."""
        bare = Looks.of(saved(scene(3)), asking=False)
        assert bare.query is None
        assert bare.kept == looks(scene(3)).kept
