from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms
from tests.support.pictures import (
    BUILDERS,
    chunk,
    jpeg,
    manifest_store,
    picture,
    png,
    riff_chunk,
    segment,
    text_chunk,
    tiff,
    webp,
    xmp_packet,
)

from myself_i2i.image import (
    decode,
    hidden_text_possible,
    image_data_digest,
    read_container,
    strip_generation_metadata,
)

SECRET = "a secret prompt"


class TestPrompts:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_no_byte_of_a_prompt_is_left(self, name: str) -> None:
        """EXIF and XMP text is gone from the bytes, and the picture is the same."""
        data = BUILDERS[name](exif=tiff({0x010E: SECRET}), xmp=xmp_packet(f"<dc:title>{SECRET}</dc:title>"))
        assert SECRET.encode() in data
        stripped = strip_generation_metadata(data)
        assert SECRET.encode() not in stripped
        assert image_data_digest(data) == image_data_digest(stripped)
        assert decode(data).tobytes() == decode(stripped).tobytes()
        assert stripped == strip_generation_metadata(stripped)

    def test_png_text_comments_and_trailers_go(self) -> None:
        """Text in any chunk, unknown chunks, JPEG comments, IPTC and what follows the end are gone."""
        raw = SECRET.encode()
        files = [
            png(texts={"prompt": SECRET}, late_chunks=[text_chunk("a", SECRET)], trailer=raw),
            png(chunks=[chunk(b"prVt", raw)]),
            jpeg(comments=[raw], segments=[segment(0xED, raw), segment(0xE9, raw)], trailer=raw),
            webp(chunks=[riff_chunk(b"note", raw)]) + raw,
        ]
        for data in files:
            stripped = strip_generation_metadata(data)
            assert raw not in stripped
            assert image_data_digest(data) == image_data_digest(stripped)


class TestLook:
    @pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
    @pytest.mark.parametrize("order", ["<", ">"])
    def test_a_turned_picture_stays_turned(self, name: str, order: str) -> None:
        """Of EXIF, an Orientation other than 1 is kept, and nothing else."""
        stripped = strip_generation_metadata(
            BUILDERS[name](exif=tiff({0x010E: SECRET, 0x0112: 6}, None, order))
        )
        assert 6 == Image.open(io.BytesIO(stripped)).getexif()[0x0112]
        assert {} == read_container(stripped).exif

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
    def test_colour_profile_stays(self, kind: str) -> None:
        """ICC profiles are kept."""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        buffer = io.BytesIO()
        picture().save(buffer, kind, icc_profile=profile)
        stripped = strip_generation_metadata(buffer.getvalue())
        assert profile == Image.open(io.BytesIO(stripped)).info["icc_profile"]

    def test_further_pictures_of_a_jpeg_stay(self) -> None:
        """A JPEG that lists pictures after its end (MPF) keeps them."""
        data = jpeg(segments=[segment(0xE2, b"MPF\0" + bytes(20))], trailer=b"second picture")
        assert strip_generation_metadata(data).endswith(b"second picture")


class TestManifest:
    def test_manifest_stays_unless_it_is_to_go(self) -> None:
        """C2PA stores are untouched by default and gone with `drop_manifest`."""
        store = manifest_store()
        header = struct.pack(">HI", 1, 1)
        for data in (
            png(chunks=[chunk(b"caBX", store)]),
            jpeg(segments=[segment(0xEB, b"JP" + header + store)]),
            webp(chunks=[riff_chunk(b"C2PA", store)]),
        ):
            assert store == read_container(strip_generation_metadata(data)).manifest_store
            dropped = strip_generation_metadata(data, drop_manifest=True)
            assert read_container(dropped).manifest_store is None
            assert image_data_digest(data) == image_data_digest(dropped)


class TestHiddenText:
    def test_only_lossless_files_can_hide_text(self) -> None:
        """PNG and lossless WebP can carry text in low bits, the others cannot."""
        answers = {name: hidden_text_possible(read_container(build())) for name, build in BUILDERS.items()}
        assert {"png": True, "jpeg": False, "webp": True, "avif": False} == answers
        assert not hidden_text_possible(read_container(webp(lossless=False)))
