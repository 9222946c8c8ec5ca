from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from myself_i2i.fingerprint.framing import inside
from myself_i2i.fingerprint.interface import Bytes
from tests.support.drawings import drawing


def page(picture: Bytes, *, top: int, left: int, size: tuple[int, int], paper: int) -> Bytes:
    """A screenshot: the picture on a page with a line of words above it and two below."""
    whole = Image.new("L", size, paper)
    draw = ImageDraw.Draw(whole)
    ink = 255 - paper
    draw.ellipse((10, 10, 50, 50), fill=ink)
    draw.text((70, 20), "somebody posted this", fill=ink)
    whole.paste(Image.fromarray(picture), (left, top))
    for line in range(2):
        draw.text((10, top + picture.shape[0] + 12 + 20 * line), "a line of words below it", fill=ink)
    return np.asarray(whole)


class TestInside:
    @pytest.mark.parametrize("paper", [255, 20])
    @pytest.mark.parametrize("left", [0, 40])
    def test_screenshot(self, paper: int, left: int) -> None:
        """A picture on a page is found to the sample, on light and dark paper, as wide as the page or narrower."""
        width = 400 - 2 * left
        found = inside(page(drawing(3, width=width), top=80, left=left, size=(400, 700), paper=paper))
        assert (80, left, 380, left + width) == found

    def test_plain(self) -> None:
        """A picture whose edges share no colour has no page around it."""
        ramp = np.add.outer(np.arange(300) * 0.4, np.arange(400) * 0.3)
        pictures = [drawing(seed) // 4 + ramp for seed in range(10)]
        assert [None] * 10 == [inside(one.astype(np.uint8)) for one in pictures]

    def test_empty(self) -> None:
        """An even page, or one with words alone, has no picture on it."""
        assert inside(np.full((200, 300), 90, np.uint8)) is None
        words = Image.new("L", (300, 400), 255)
        ImageDraw.Draw(words).text((20, 40), "words and nothing else", fill=0)
        assert inside(np.asarray(words)) is None

    @given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.booleans())
    def test_any(self, height: int, width: int, seed: int, flat: bool) -> None:  # noqa: FBT001 - drawn, not called
        """Any samples give a box that lies in them and is no speck, or none; nothing else comes out."""
        chance = np.random.default_rng(seed)
        grey = chance.integers(0, 256, (height * 8, width * 8), dtype=np.uint8)
        if flat:
            grey[: height * 2] = grey[-height:] = 7
        found = inside(grey)
        if found:
            top, left, bottom, right = found
            assert 0 <= top < bottom <= grey.shape[0]
            assert 0 <= left < right <= grey.shape[1]
            assert bottom - top >= 48 <= right - left
