from __future__ import annotations

import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.support.pictures import chunk, jpeg, picture, png, webp, with_stealth

from myself_i2i.errors import Error
from myself_i2i.image import decode, read_stealth
from myself_i2i.image.stealth_probe import may_hide_text

MAGICS = ["stealth_pnginfo", "stealth_pngcomp", "stealth_rgbinfo", "stealth_rgbcomp"]
TEXT = '{"Comment": "猫, cat", "steps": 28}'


def paeth(left: int, up: int, corner: int) -> int:
    """The predictor of filter 4 (PNG, third edition, 9.4)."""
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def filtered(image: Image.Image, filters: list[int], *, split: int = 1 << 20) -> bytes:
    """A PNG whose rows use `filters` in turn, its picture data cut into chunks of `split` bytes."""
    samples, width = len(image.getbands()), image.width
    raw, rows, above = image.tobytes(), bytearray(), bytes(width * samples)
    for y in range(image.height):
        row, kind = raw[y * width * samples : (y + 1) * width * samples], filters[y % len(filters)]
        rows.append(kind)
        for x, value in enumerate(row):
            left = row[x - samples] if x >= samples else 0
            corner = above[x - samples] if x >= samples else 0
            guess = (0, left, above[x], (left + above[x]) // 2, paeth(left, above[x], corner))[kind]
            rows.append((value - guess) & 0xFF)
        above = row
    header = struct.pack(">IIBBBBB", width, image.height, 8, 6 if samples == 4 else 2, 0, 0, 0)
    packed = zlib.compress(bytes(rows))
    parts = [chunk(b"IDAT", packed[at : at + split]) for at in range(0, len(packed), split)]
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", header), *parts, chunk(b"IEND", b"")])


class TestMayHideText:
    @pytest.mark.parametrize("magic", MAGICS)
    @pytest.mark.parametrize("size", [(64, 120), (20, 300), (1500, 1), (64, 119)])
    def test_hidden_text_is_never_missed(self, magic: str, size: tuple[int, int]) -> None:
        """Where a text is hidden, the picture is decoded, whatever its shape."""
        marked = with_stealth(picture(*size, mode="RGBA"), TEXT, magic)
        assert may_hide_text(png(image=marked))
        if "rgb" in magic:
            assert may_hide_text(png(image=marked.convert("RGB")))

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
    def test_plain(self, mode: str) -> None:
        """A plain PNG need not be decoded."""
        assert not may_hide_text(png(130, 130, mode=mode if mode in {"RGB", "RGBA"} else "L"))
        assert not may_hide_text(png(image=picture(130, 130).convert(mode)))

    @given(
        filters=st.lists(st.integers(0, 4), min_size=1, max_size=7),
        magic=st.sampled_from(MAGICS),
        spoil=st.booleans(),
        row=st.integers(0, 119),
        split=st.integers(40, 400),
    )
    def test_every_filter(self, *, filters: list[int], magic: str, spoil: bool, row: int, split: int) -> None:
        """Rows of every filter give the first column that a full decode gives: one bit decides."""
        image = with_stealth(picture(8, 130, mode="RGBA"), "x", magic)
        if spoil:
            row = row if "rgb" not in magic else row % 40
            pixel = image.getpixel((0, row))
            assert isinstance(pixel, tuple)
            image.putpixel((0, row), tuple(value ^ 1 for value in pixel))
        data = filtered(image, filters, split=split)
        assert image.tobytes() == decode(data).tobytes()
        assert may_hide_text(data) is not spoil

    def test_in_doubt(self) -> None:
        """What is no simple PNG is left to the decoder: other formats, grey with alpha, interlaced, damaged."""
        plain = png(130, 130)
        assert may_hide_text(jpeg())
        assert may_hide_text(webp())
        assert may_hide_text(png(130, 130, mode="LA"))
        assert may_hide_text(plain[:28] + b"\1" + plain[29:])
        assert may_hide_text(filtered(picture(8, 130), [0])[:60])
        assert may_hide_text(plain[:8] + plain[33:])

    def test_broken_picture_data(self) -> None:
        """Data that does not inflate, an unknown filter and picture data in two runs are left to the decoder."""
        data = filtered(picture(8, 130), [0], split=50)
        first = data.index(b"IDAT")
        assert may_hide_text(data[: first + 4] + b"\0" * 50 + data[first + 54 :])
        assert may_hide_text(data[: first + 58] + chunk(b"tEXt", b"k\0v") + data[first + 58 :])
        rows = zlib.compress((b"\x07" + b"\0" * 24) * 130)
        header = struct.pack(">IIBBBBB", 8, 130, 8, 2, 0, 0, 0)
        odd = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
        assert may_hide_text(b"\x89PNG\r\n\x1a\n" + b"".join(odd))

    def test_huge_rows(self) -> None:
        """Rows too large to hold are not inflated."""
        header = struct.pack(">IIBBBBB", 2**31 - 1, 130, 8, 6, 0, 0, 0)
        assert may_hide_text(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))

    def test_it_is_fast(self) -> None:
        """A large plain picture costs its first rows."""
        data = png(image=Image.new("RGBA", (4096, 4096)))
        started = time.perf_counter()
        assert not may_hide_text(data)
        assert time.perf_counter() - started < 0.1

    @given(st.data())
    def test_strangers_bytes(self, draw: st.DataObject) -> None:
        """Mutated files raise our errors only, and a "no" always agrees with the decoder."""
        data = bytearray(
            filtered(with_stealth(picture(6, 125, mode="RGBA"), "x", MAGICS[0]), [0, 1, 2, 3, 4])
        )
        for _ in range(draw.draw(st.integers(1, 4))):
            at = draw.draw(st.integers(8, len(data) - 1))
            data[at] = draw.draw(st.integers(0, 255))
        try:
            told = may_hide_text(bytes(data))
            found = read_stealth(decode(bytes(data)))
        except Error:
            return
        assert told or found is None
