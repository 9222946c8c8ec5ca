from __future__ import annotations

import gzip
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.support.pictures import picture, png, webp, with_stealth

from myself_i2i.image import decode, read_stealth

MAGICS = ["stealth_pnginfo", "stealth_pngcomp", "stealth_rgbinfo", "stealth_rgbcomp"]
TEXT = '{"Comment": "猫, cat", "steps": 28}'


class TestReadStealth:
    @pytest.mark.parametrize("magic", MAGICS)
    @pytest.mark.parametrize("size", [(64, 48), (48, 64), (1500, 1), (1, 1500)])
    def test_what_was_hidden_is_read(self, magic: str, size: tuple[int, int]) -> None:
        """All four forms come back from pictures of any shape, through a lossless file."""
        marked = with_stealth(picture(*size, mode="RGBA"), TEXT, magic)
        assert TEXT == read_stealth(decode(png(image=marked)))
        if "rgb" not in magic:
            opaque = with_stealth(Image.new("RGBA", size, (9, 9, 9, 255)), TEXT, magic)
            assert TEXT == read_stealth(decode(webp(image=opaque)))

    @given(st.text(st.characters(codec="utf-8"), max_size=60))
    def test_any_text_survives(self, text: str) -> None:
        """Every text that is UTF-8 is read as it was hidden."""
        assert text == read_stealth(with_stealth(picture(40, 40, mode="RGBA"), text, "stealth_pnginfo"))

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"])
    def test_a_picture_without_any_gives_none(self, mode: str) -> None:
        """Every mode of picture is looked at without an error."""
        assert read_stealth(picture().convert(mode)) is None
        assert read_stealth(Image.new("RGBA", (1, 1))) is None

    def test_it_is_fast_where_there_is_none(self) -> None:
        """Sixteen megapixels without a magic cost a look at the first column."""
        image = Image.new("RGBA", (4096, 4096))
        started = time.perf_counter()
        assert read_stealth(image) is None
        assert time.perf_counter() - started < 0.1


class TestBounds:
    def _raw(self, magic: bytes, bits: int, body: bytes) -> Image.Image:
        image = Image.new("RGBA", (64, 64))
        payload = magic + struct.pack(">I", bits) + body
        for number, bit in enumerate(f"{int.from_bytes(payload, 'big'):0{len(payload) * 8}b}"):
            image.putpixel((number // 64, number % 64), (0, 0, 0, int(bit)))
        return image

    def test_a_count_past_the_picture_gives_none(self) -> None:
        """A length that the picture cannot hold is not followed."""
        assert read_stealth(self._raw(b"stealth_pnginfo", 2**32 - 1, b"x")) is None

    def test_damage_gives_none(self) -> None:
        """Broken gzip, a bomb's cut tail, and text that is no UTF-8 give None."""
        whole = gzip.compress(bytes(1000), mtime=0)
        for body in (b"no gzip", whole[:-9]):
            assert read_stealth(self._raw(b"stealth_pngcomp", len(body) * 8, body)) is None
        assert read_stealth(self._raw(b"stealth_pnginfo", 16, b"\xff\xfe")) is None

    def test_a_huge_claim_is_not_followed(self) -> None:
        """A length past the bound, in a picture large enough to hold it, costs no look at the whole picture."""
        image = Image.new("RGBA", (6000, 6000))
        image.paste(with_stealth(Image.new("RGBA", (1, 6000)), "", "stealth_pnginfo"), (0, 0))
        for offset, bit in enumerate(f"{35_000_000:032b}"):
            image.putpixel((0, 120 + offset), (0, 0, 0, int(bit)))
        started = time.perf_counter()
        assert read_stealth(image) is None
        assert time.perf_counter() - started < 0.2
