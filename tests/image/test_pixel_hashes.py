from __future__ import annotations

import hashlib

import pytest
from PIL import Image, ImageOps
from tests.support.pictures import picture, png, tiff

from myself_i2i.image import decode, pixel_hashes, rgb_bytes


class TestPixelHashes:
    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
    @pytest.mark.parametrize("loaded_as", ["RGB", "RGBA"])
    def test_both_modes_a_generator_may_have_loaded_are_there(self, mode: str, loaded_as: str) -> None:
        """Whatever the file's mode, the digests of its RGB and RGBA bytes are among the candidates."""
        image = picture().convert(mode)
        pixels = image.convert(loaded_as).tobytes()
        hashes = pixel_hashes(image)
        assert hashlib.md5(pixels, usedforsecurity=False).hexdigest() in hashes.md5
        assert hashlib.sha256(pixels).hexdigest() in hashes.sha256
        assert hashlib.sha256(image.tobytes()).hexdigest() in hashes.sha256

    def test_turned_pictures_are_hashed_upright_and_as_stored(self) -> None:
        """A loader may or may not have applied the EXIF orientation: both are there."""
        image = decode(png(exif=tiff({0x0112: 6})))
        upright = ImageOps.exif_transpose(image)
        hashes = pixel_hashes(image)
        for candidate in (image, upright):
            assert hashlib.md5(candidate.tobytes(), usedforsecurity=False).hexdigest() in hashes.md5

    def test_there_are_no_repeats(self) -> None:
        """Each candidate stands once, both lists in the same order."""
        hashes = pixel_hashes(picture())
        assert len(set(hashes.md5)) == len(hashes.md5) == len(hashes.sha256) == 2


class TestRgbBytes:
    def test_alpha_is_left_out_not_blended(self) -> None:
        """The bytes are R, G, B as stored, row by row."""
        image = Image.new("RGBA", (2, 1))
        image.putdata([(1, 2, 3, 0), (4, 5, 6, 255)])
        assert bytes([1, 2, 3, 4, 5, 6]) == rgb_bytes(image)
