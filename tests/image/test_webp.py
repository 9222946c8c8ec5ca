from __future__ import annotations

import io
import struct

import pytest
from tests.support.pictures import comment_exif, manifest_store, picture, riff_chunk, webp

from myself_i2i.errors import LimitError
from myself_i2i.image import read_container
from myself_i2i.image.interface import LIMITS


class TestRead:
    @pytest.mark.parametrize("lossless", [True, False])
    def test_coding_and_size_are_told_without_vp8x(self, *, lossless: bool) -> None:
        """Simple files give their size, and whether low bits survive."""
        found = read_container(webp(31, 17, lossless=lossless))
        assert (31, 17, lossless) == (found.width, found.height, found.lossless)

    def test_exif_with_a_jpeg_header_is_read(self) -> None:
        """Some writers put the JPEG header of EXIF before the TIFF: it is passed over."""
        data = webp(exif=b"Exif\0\0" + comment_exif("hello"))
        assert {"UserComment": "hello"} == read_container(data).exif

    def test_manifest_store_is_the_c2pa_chunk(self) -> None:
        """The store is found, odd lengths and padding included."""
        store = manifest_store(65)
        assert store == read_container(webp(chunks=[riff_chunk(b"C2PA", store)])).manifest_store

    def test_animation_counts_as_lossless_only_when_all_frames_are(self) -> None:
        """The frames inside ANMF decide."""
        frames = [picture(seed=seed) for seed in range(3)]
        for lossless in (True, False):
            buffer = io.BytesIO()
            frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=lossless)
            assert lossless == read_container(buffer.getvalue()).lossless

    def test_bytes_after_the_riff_form_are_noted(self) -> None:
        """Whatever follows the size in the header is no part of the picture."""
        assert "after the RIFF" in read_container(webp() + b"tail").notes[0]

    def test_a_flood_of_chunks_is_refused(self) -> None:
        """More chunks than LIMITS.chunks raise LimitError."""
        flood = riff_chunk(b"junk", b"") * (LIMITS.chunks + 1)
        with pytest.raises(LimitError):
            read_container(webp(chunks=[flood]))

    def test_a_riff_without_a_picture_is_noted(self) -> None:
        """No header, no size; still a WebP."""
        found = read_container(b"RIFF" + struct.pack("<I", 4) + b"WEBP")
        assert (0, 0) == (found.width, found.height)
        assert found.notes
