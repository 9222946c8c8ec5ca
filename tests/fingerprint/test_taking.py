import io

import numpy as np
import pytest
from PIL import Image

from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.pdq64 import SIDE, pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey
from myself_i2i.fingerprint.taking import LAYOUT_SIDE, algorithms, take
from tests.journal.workfiles import drawing, jpeg


def saved(mode: str, kind: str) -> bytes:
    picture = (
        drawing(3).convert(mode)
        if mode != "I;16"
        else Image.fromarray(np.arange(60_000, dtype=np.uint16).reshape(200, 300))
    )
    if mode == "RGBA":
        picture.putalpha(drawing(1).convert("L"))
    out = io.BytesIO()
    picture.save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return out.getvalue()


class TestTake:
    @pytest.mark.parametrize(
        ("mode", "kind"),
        [
            ("RGB", "PNG"),
            ("RGBA", "PNG"),
            ("L", "PNG"),
            ("P", "PNG"),
            ("1", "PNG"),
            ("I;16", "PNG"),
            ("RGBA", "WEBP"),
        ],
    )
    def test_as_read_apart(self, mode: str, kind: str) -> None:
        """Decoding once gives the very fingerprints that reading for each of them gives."""
        data = saved(mode, kind)
        found = {one.algorithm: one for one in take(data)[0]}
        assert pdq64(read_grey(data, side=SIDE)) == found[PDQ64]
        assert origin(read_colour(data, side=LAYOUT_SIDE)) == found[ORIGIN]

    def test_jpeg(self) -> None:
        """A JPEG is read small, each time as small as will do."""
        data = jpeg(drawing(3, size=(1200, 1600)))
        found = {one.algorithm: one for one in take(data)[0]}
        assert read_pdq64(data) == found[PDQ64]

    @pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (17, 900)])
    def test_odd_sizes(self, size: tuple[int, int]) -> None:
        """Every size has its fingerprints, one of each algorithm."""
        out = io.BytesIO()
        Image.new("RGB", size, (90, 20, 30)).save(out, "PNG")
        names = [one.algorithm for one in take(out.getvalue())[0]]
        assert list(algorithms()) == names

    def test_no_picture(self) -> None:
        """What is no picture is refused in words."""
        with pytest.raises(InputError):
            take(b"no picture")
