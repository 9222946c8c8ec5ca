from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from tests.support.pictures import (
    BUILDERS,
    avif,
    chunk,
    comment_exif,
    jpeg,
    picture,
    png,
    riff_chunk,
    segment,
    text_chunk,
    webp,
    xmp_packet,
)

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.errors import InputError
from myself_i2i.image import ALGORITHM, Format, image_data_digest, sniff
from myself_i2i.image.digest import require_same_picture

SPEC = (Path(__file__).parents[2] / "spec" / "image-data-digest.md").read_text("utf-8")


class TestSpecification:
    def test_the_worked_example_is_true(self) -> None:
        """The page's bytes, put together as the page says, have the digest the page gives."""
        ihdr, idat = (bytes.fromhex(part) for part in re.findall(r"^<([0-9a-f]+)>", SPEC, re.MULTILINE))
        hashed = b"imageData/v1\npng\nIHDR 13\n" + ihdr + b"IDAT 12\n" + idat
        assert 58 == len(hashed)
        digest = hashlib.sha256(hashed).hexdigest()
        assert f"\n{digest}\n" in SPEC
        assert digest == image_data_digest(_vectors()["png"][1])

    @pytest.mark.parametrize("name", BUILDERS)
    def test_every_vector_has_its_digest(self, name: str) -> None:
        """The files in the page's table have the digests beside them."""
        digest, data = _vectors()[name]
        assert Format(name) is sniff(data)
        assert digest == image_data_digest(data)

    def test_the_name_is_the_versioned_one(self) -> None:
        """The algorithm is named as the page names it."""
        assert "imageData/v1" == ALGORITHM


def _vectors() -> dict[str, tuple[str, bytes]]:
    rows = re.findall(r"^\| (\w+) \| `([0-9a-f]{64})` \| `([A-Za-z0-9+/=]+)` \|$", SPEC, re.MULTILINE)
    assert set(BUILDERS) == {name for name, _, _ in rows}
    return {name: (digest, base64.b64decode(data)) for name, digest, data in rows}


class TestSameness:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_metadata_does_not_count(self, name: str) -> None:
        """The same pixels saved with and without EXIF and XMP have one digest."""
        build = BUILDERS[name]
        bare = image_data_digest(build())
        assert bare == image_data_digest(
            build(exif=comment_exif("a prompt"), xmp=xmp_packet("<dc:title>t</dc:title>"))
        )

    def test_text_comments_profiles_and_trailers_do_not_count(self) -> None:
        """PNG text anywhere, JPEG COM and APPn, unknown WebP chunks: none changes the digest."""
        assert image_data_digest(png()) == image_data_digest(
            png(
                texts={"a": "b"},
                chunks=[chunk(b"gAMA", bytes(4))],
                late_chunks=[text_chunk("c", "d")],
                trailer=b"x" * 50,
            )
        )
        assert image_data_digest(jpeg()) == image_data_digest(
            jpeg(comments=[b"c"], segments=[segment(0xED, b"IPTC"), b"\xff\xff"], trailer=b"tail")
        )
        assert image_data_digest(webp()) == image_data_digest(
            webp(chunks=[riff_chunk(b"note", b"odd")]) + b"tail"
        )

    def test_idat_may_be_cut_anywhere(self) -> None:
        """How a writer splits the stream into IDAT chunks does not matter."""
        data = png()
        start = data.index(b"IDAT") - 4
        (length,) = struct.unpack_from(">I", data, start)
        body = data[start + 8 : start + 8 + length]
        split = (
            data[:start] + chunk(b"IDAT", body[:7]) + chunk(b"IDAT", body[7:]) + data[start + 12 + length :]
        )
        assert image_data_digest(data) == image_data_digest(split)


class TestDifference:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_another_picture_has_another_digest(self, name: str) -> None:
        """Other pixels, size or mode change it."""
        build = BUILDERS[name]
        options: list[dict[str, Any]] = [{}, {"seed": 1}, {"width": 17}, {"height": 13}]
        options.append({"mode": "L"} if name == "jpeg" else {"mode": "RGBA"})
        assert len(options) == len({image_data_digest(build(**option)) for option in options})

    @pytest.mark.parametrize("name", BUILDERS)
    def test_every_coded_byte_counts(self, name: str) -> None:
        """A flipped bit in the middle of the coded picture changes the digest."""
        data = BUILDERS[name](40, 40)
        places = {"png": b"IDAT", "jpeg": b"\xff\xda", "webp": b"VP8L", "avif": b"mdat"}
        for distance in (12, 16, 20):
            changed = bytearray(data)
            changed[data.index(places[name]) + distance] ^= 1
            assert image_data_digest(data) != image_data_digest(bytes(changed))

    def test_a_jpegs_colour_transform_counts(self) -> None:
        """An Adobe segment that makes a reader take YCbCr for RGB changes the digest; a second JFIF header does not."""
        data = jpeg()
        adobe = segment(0xEE, b"Adobe" + bytes(6) + b"\0")
        place = 4 + int.from_bytes(data[4:6], "big")
        without_jfif = data[:2] + data[place:]
        assert image_data_digest(data) == image_data_digest(without_jfif)
        assert image_data_digest(data) != image_data_digest(without_jfif[:2] + adobe + without_jfif[2:])

    def test_formats_do_not_meet(self) -> None:
        """The same pixels in the four formats have four digests."""
        assert 4 == len({image_data_digest(build()) for build in BUILDERS.values()})

    @pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
    def test_every_frame_of_an_animation_counts(self, name: str) -> None:
        """A change in a later frame only changes the digest."""
        digests = set()
        for last in (7, 8):
            buffer = io.BytesIO()
            frames = [picture(seed=seed) for seed in (1, 2, last)]
            frames[0].save(buffer, name, save_all=True, append_images=frames[1:])
            digests.add(image_data_digest(buffer.getvalue()))
        assert 2 == len(digests)


class TestRefusal:
    @pytest.mark.parametrize("data", [png()[:33], jpeg()[:20], b"RIFF\4\0\0\0WEBP", avif()[:60]])
    def test_a_file_without_a_picture_has_no_digest(self, data: bytes) -> None:
        """All files that hold nothing would share one digest: they are refused."""
        with pytest.raises(InputError):
            image_data_digest(data)

    def test_an_item_outside_the_file_is_refused(self) -> None:
        """A cut AVIF is not given the digest of what is left."""
        with pytest.raises(InputError):
            image_data_digest(avif()[:-10])


class TestRequireSamePicture:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_only_the_same_picture_passes(self, name: str) -> None:
        """It agrees with the digest: metadata passes, another picture raises."""
        build = BUILDERS[name]
        require_same_picture(build(), build(xmp=xmp_packet("")))
        for other in (build(seed=1), build(17)):
            with pytest.raises(InputError):
                require_same_picture(build(), other)


class TestName:
    def test_one_name(self) -> None:
        """The digest has one name in pictures and in statements; the two tiers may not import each other."""
        assert ALGORITHM == IMAGE_DATA
