import base64
import io

import numpy as np
from PIL import Image

from myself_i2i.comparison.colours import GROUND, STEPS, as_uri, painted, scale

_LINEAR_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)


def lightness(rgb: np.ndarray) -> np.ndarray:
    """Oklab lightness, computed the other way round than the scale is made."""
    srgb = rgb / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    found: np.ndarray = np.cbrt(linear @ _LINEAR_TO_LMS.T) @ [0.2104542553, 0.7936177850, -0.0040720468]
    return found


class TestScale:
    def test_even(self) -> None:
        """Lightness falls in even steps: equal differences look equal, without colour too."""
        steps = np.diff(lightness(scale()))
        assert (steps < 0).all()
        assert np.abs(steps - steps.mean()).max() < 0.4 * abs(steps.mean())

    def test_blue(self) -> None:
        """It is one hue, blue, so no two of its colours differ by red and green alone."""
        assert (scale()[4:, 2] > scale()[4:, 0]).all()

    def test_painted(self) -> None:
        """0 is its first colour, 1 its last, and what was not compared is on the ground, hatched."""
        shown = painted(np.array([[0.0, 1.0, np.nan, np.nan]], np.float32).repeat(12, axis=0))
        assert (shown[0, 0] == scale()[0]).all()
        assert (shown[0, 1] == scale()[STEPS - 1]).all()
        assert (shown[:, 2] == GROUND).all(axis=1).any()
        assert not (shown[:, 2] == GROUND).all()


class TestUri:
    def test_local(self) -> None:
        """A picture becomes a data: URI that a reader opens, of the size given."""
        for lines in (False, True):
            uri = as_uri(np.zeros((20, 30, 3), np.uint8), lines=lines)
            assert uri.startswith("data:image/")
            with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as opened:
                assert (30, 20) == opened.size
