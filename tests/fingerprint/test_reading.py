from __future__ import annotations

import io
import struct
from itertools import product
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from myself_i2i.errors import InputError, LimitError
from myself_i2i.fingerprint.interface import Bytes
from myself_i2i.fingerprint.reading import FULL, read_colour, read_grey, read_stored, upright
from tests.support.mutations import mutations
from tests.support.pictures import BUILDERS, chunk, jpeg, picture, png, tiff, webp

SEED = 20_231_013


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def smooth(width: int, height: int) -> Image.Image:
    """A picture without fine detail, which every decoder shows nearly alike."""
    across, down = np.meshgrid(np.linspace(0, 3, width), np.linspace(0, 2, height))
    bands = [127 + 120 * np.sin(across * k + down) for k in (1, 2, 3)]
    return Image.fromarray(np.dstack(bands).astype(np.uint8))


class TestFormats:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_shapes_and_samples_are_the_pictures(self, name: str) -> None:
        """Grey is (height, width), colour (height, width, 3); both are what Pillow shows."""
        data = BUILDERS[name](20, 10)
        shown = Image.open(io.BytesIO(data)).convert("RGB")
        assert np.array_equal(np.asarray(shown), read_colour(data, side=1 << 10))
        assert (10, 20) == read_grey(data, side=1 << 10).shape

    def test_a_jpegs_grey_is_its_own_luma(self) -> None:
        """No colour is computed first and taken away again."""
        data = jpeg(image=smooth(40, 30))
        image = Image.open(io.BytesIO(data))
        image.draft("L", None)
        assert np.array_equal(np.asarray(image), read_grey(data, side=FULL))

    def test_cmyk(self) -> None:
        """Four inks are shown as red, green and blue first."""
        data = saved(smooth(40, 30).convert("CMYK"), "JPEG")
        shown = Image.open(io.BytesIO(data)).convert("RGB")
        assert np.array_equal(np.asarray(shown), read_colour(data, side=FULL))
        assert np.array_equal(np.asarray(shown.convert("L")), read_grey(data, side=FULL))

    def test_sixteen_bits_keep_their_high_eight(self) -> None:
        """Nothing is cut off at 255."""
        values = np.array([[0, 255, 256, 65_535]], dtype=np.uint16)
        data = saved(Image.fromarray(values), "PNG")
        assert [[0, 0, 1, 255]] == read_grey(data, side=1).tolist()
        assert [[[0] * 3, [0] * 3, [1] * 3, [255] * 3]] == read_colour(data, side=1).tolist()

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
    def test_modes_without_transparency(self, mode: str) -> None:
        """Bits, greys and palettes are read as what they show."""
        image = smooth(20, 12).convert(mode)
        assert np.array_equal(np.asarray(image.convert("L")), read_grey(saved(image, "PNG"), side=1))

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_an_animation_is_its_first_picture(self, kind: str) -> None:
        """What moves later is not looked at."""
        first, second = smooth(20, 12), smooth(20, 12).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        data = saved(first, kind, save_all=True, append_images=[second], lossless=True)
        assert np.array_equal(np.asarray(first), read_colour(data, side=1))


class TestTransparency:
    def test_over_white_to_the_nearest_level(self) -> None:
        """For every grey level and every alpha: value * alpha + 255 * (255 - alpha), over 255, rounded."""
        value, alpha = np.mgrid[:256, :256]
        image = Image.fromarray(np.dstack([value, alpha]).astype(np.uint8))
        expected = (value * alpha + 255 * (255 - alpha) + 127) // 255
        assert np.array_equal(expected, read_grey(saved(image, "PNG"), side=1))

    def test_colour_is_composed_before_luma(self) -> None:
        """Red, green and blue are rounded over white, then weighed with 19595, 38470 and 7471 of 65536."""
        samples = np.random.default_rng(SEED).integers(0, 256, (64, 64, 4), dtype=np.uint8)
        wide = samples.astype(np.int64)
        shown = (wide[..., :3] * wide[..., 3:] + 255 * (255 - wide[..., 3:]) + 127) // 255
        expected = (shown @ np.array([19595, 38470, 7471]) + 32768) // 65536
        data = saved(Image.fromarray(samples), "PNG")
        assert np.array_equal(shown, read_colour(data, side=1))
        assert np.array_equal(expected, read_grey(data, side=1))

    def test_a_transparent_palette_entry_and_a_transparent_colour(self) -> None:
        """Where a PNG names what shows through, white shows."""
        image = Image.new("P", (2, 1))
        image.putpalette([10, 20, 30, 40, 50, 60])
        image.putdata([0, 1])
        palette = read_colour(saved(image, "PNG", transparency=b"\x00"), side=1)
        grey = read_grey(saved(Image.new("L", (1, 1), 7), "PNG", transparency=7), side=1)
        assert ([[[255, 255, 255], [40, 50, 60]]], [[255]]) == (palette.tolist(), grey.tolist())


class TestSize:
    @pytest.mark.parametrize(
        ("side", "expected"),
        [(1, 8), (10, 8), (50, 8), (51, 4), (100, 4), (101, 2), (200, 2), (201, 1), (400, 1), (FULL, 1)],
    )
    def test_a_jpeg_is_decoded_at_the_smallest_scale_that_leaves_the_side(
        self, side: int, expected: int
    ) -> None:
        """600 x 400 at 1/8 has a shorter side of 50, at 1/4 of 100, at 1/2 of 200."""
        stored = read_stored(jpeg(image=smooth(600, 400)), side=side)
        assert (expected, (400, 600)) == (stored.scale, stored.size)
        assert (400 // expected, 600 // expected) == stored.grey.shape

    def test_a_sliver_at_the_edge_is_left_out(self) -> None:
        """Of 403 x 399 pixels at 1/8 the fifty-first column stands for 3 and goes; the fiftieth row, for 7, stays."""
        data = jpeg(image=smooth(403, 399))
        assert (50, 50) == read_grey(data, side=40).shape
        assert (50, 50, 3) == read_colour(data, side=40).shape
        assert (50, 51) == read_stored(data, side=40).grey.shape

    def test_a_small_decode_is_the_picture(self) -> None:
        """At 1/8 each sample is the mean of 8 x 8, to a few levels."""
        data = jpeg(image=smooth(640, 480), quality=95)
        small, full = read_grey(data, side=60), read_grey(data, side=FULL).astype(float)
        means = full.reshape(60, 8, 80, 8).mean(axis=(1, 3))
        assert np.abs(small - means).max() <= 2


class TestUpright:
    @pytest.mark.parametrize(("orientation", "kind"), list(product(range(1, 9), ["jpeg", "png"])))
    def test_every_orientation_is_set_upright(self, orientation: int, kind: str) -> None:
        """Both kinds of samples are turned as Pillow turns the picture."""
        data = BUILDERS[kind](20, 12, exif=tiff({0x0112: orientation}))
        shown = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        assert np.array_equal(np.asarray(shown), read_colour(data, side=FULL))
        assert shown.size[::-1] == read_grey(data, side=FULL).shape

    def test_samples_can_be_handed_to_any_library(self) -> None:
        """Turned samples lie in memory row by row."""
        data = jpeg(200, 120, exif=tiff({0x0112: 6}))
        assert read_grey(data, side=10).flags.c_contiguous
        assert read_colour(data, side=10).flags.c_contiguous

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_what_is_stored_can_be_turned_later(self, orientation: int) -> None:
        """`upright` of what is stored is what `read_grey` gives."""
        stored = read_stored(jpeg(24, 16, exif=tiff({0x0112: orientation})), side=FULL)
        expected = read_grey(jpeg(24, 16, exif=tiff({0x0112: orientation})), side=FULL)
        assert np.array_equal(expected, upright(stored.grey, stored.orientation))


def whole(samples: Bytes, dimensions: int) -> bool:
    return samples.dtype == np.uint8 and samples.ndim == dimensions and samples.size > 0


class TestStrangers:
    @pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", png()[:50]])
    def test_what_is_no_picture_is_an_input_error(self, data: bytes) -> None:
        """Nothing, another format, and pictures without a picture."""
        with pytest.raises(InputError):
            read_grey(data, side=64)

    def test_a_cut_jpeg_is_refused_at_any_scale(self) -> None:
        """Half a picture has no fingerprint."""
        data = jpeg(image=smooth(640, 480))
        for side in (64, FULL):
            with pytest.raises(InputError):
                read_grey(data[: len(data) // 2], side=side)

    def test_too_many_pixels_are_refused(self) -> None:
        """What the header asks for is bounded before anything is decoded, small decode or not."""
        data = jpeg()
        start = data.index(b"\xff\xc0")
        huge = data[: start + 5] + struct.pack(">HH", 65_500, 65_500) + data[start + 9 :]
        for broken in (
            huge,
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0)),
        ):
            with pytest.raises(LimitError):
                read_grey(broken, side=64)

    def test_broken_files_raise_only_our_errors(self) -> None:
        """Of several hundred broken files each is read or refused; none crashes, warns or gives nothing."""
        files = [build(40, 30, exif=tiff({0x0112: 6})) for build in BUILDERS.values()]
        files += [
            png(mode="RGBA"),
            png(mode="P"),
            saved(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30)), "PNG"),
            saved(picture(40, 30).convert("CMYK"), "JPEG"),
            jpeg(300, 200, progressive=True),
            webp(lossless=False),
        ]
        for data in mutations(files, 600, SEED):
            try:
                assert whole(read_grey(data, side=16), 2)
                assert whole(read_colour(data, side=16), 3)
            except InputError:
                continue
