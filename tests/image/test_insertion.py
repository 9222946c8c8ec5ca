from __future__ import annotations

import io
import itertools
import struct
from typing import Any

import pytest
from PIL import Image
from tests.support.pictures import (
    BUILDERS,
    avif,
    chunk,
    comment_exif,
    jpeg,
    manifest_store,
    picture,
    png,
    riff_chunk,
    segment,
    webp,
    xmp_packet,
)

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import (
    decode,
    image_data_digest,
    insert_xmp,
    read_container,
    strip_generation_metadata,
    write_xmp,
)
from myself_i2i.image.bmff import boxes

PACKET = write_xmp({"dc:subject": ["#Myself_i2i"], "dc:title": "題"})
OLD = xmp_packet("<dc:title>an older title, longer than the new one or not</dc:title>")
EXIF = comment_exif("a prompt that stays")
OPTIONS: list[dict[str, Any]] = [
    {},
    {"exif": EXIF},
    {"xmp": OLD},
    {"exif": EXIF, "xmp": OLD},
    {"width": 65, "height": 3},
]
CASES = list(itertools.product(BUILDERS, OPTIONS))


def animation(kind: str, **options: Any) -> bytes:
    frames = [picture(seed=seed) for seed in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


class TestEveryFormat:
    @pytest.mark.parametrize(("name", "options"), CASES)
    def test_packet_is_put_in_and_all_else_stays(self, name: str, options: dict[str, Any]) -> None:
        """Pillow and we see the packet; pixels, digest, EXIF and ICC are as before; a second time changes nothing."""
        data = BUILDERS[name](**options)
        written = insert_xmp(data, PACKET)
        before, after = opened(data), opened(written)
        assert PACKET == after.info["xmp"]
        assert before.tobytes() == after.tobytes()
        assert before.info.get("exif") == after.info.get("exif")
        assert image_data_digest(data) == image_data_digest(written)
        assert PACKET.decode() == read_container(written).xmp
        assert read_container(data).exif == read_container(written).exif
        assert written == insert_xmp(written, PACKET)

    @pytest.mark.parametrize("name", BUILDERS)
    def test_an_old_packet_is_gone(self, name: str) -> None:
        """Replacing leaves no byte of the old text in the file."""
        assert b"an older title" not in insert_xmp(BUILDERS[name](xmp=OLD), PACKET)

    @pytest.mark.parametrize("name", ["png", "webp", "avif"])
    def test_alpha_survives(self, name: str) -> None:
        """Transparent pictures keep their alpha, bit for bit."""
        data = BUILDERS[name](mode="RGBA")
        assert opened(data).tobytes() == opened(insert_xmp(data, PACKET)).tobytes()

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("options", [{}, {"xmp": OLD}, {"exif": EXIF, "xmp": OLD}])
    def test_animations_keep_every_frame(self, kind: str, options: dict[str, Any]) -> None:
        """Each frame of a moving picture is as before, and the packet is seen."""
        data = animation(kind, **({} if kind == "PNG" else options))
        written = insert_xmp(data, PACKET)
        before, after = opened(data), opened(written)
        assert before.n_frames == after.n_frames == 3  # type: ignore[attr-defined]
        for index in range(3):
            before.seek(index)
            after.seek(index)
            assert before.tobytes() == after.tobytes()
        if kind != "PNG":
            assert PACKET == after.info["xmp"]
            assert before.info.get("exif") == after.info.get("exif")
        assert PACKET.decode() == read_container(written).xmp
        assert b"an older title" not in written

    @pytest.mark.parametrize("name", BUILDERS)
    def test_a_file_without_a_picture_is_refused(self, name: str) -> None:
        """Nothing is written into a file whose picture is missing."""
        with pytest.raises(InputError):
            insert_xmp(BUILDERS[name]()[:20], PACKET)


class TestPng:
    def test_every_other_chunk_stays_byte_for_byte(self) -> None:
        """The new file without the new chunk is the old file."""
        data = png(
            texts={"parameters": "x"}, exif=EXIF, late_chunks=[chunk(b"tEXt", b"a\0b")], trailer=b"end"
        )
        written = insert_xmp(data, PACKET)
        added = len(PACKET) + len(b"XML:com.adobe.xmp") + 5 + 12
        place = written.index(b"iTXt") - 4
        assert data == written[:place] + written[place + added :]

    def test_imagemagick_xmp_is_replaced(self) -> None:
        """A hex profile with XMP does not stay beside the packet."""
        data = png(texts={"Raw profile type xmp": f"\nxmp\n{len(OLD)}\n{OLD.hex()}\n", "keep": "me"})
        found = read_container(insert_xmp(data, PACKET))
        assert ["keep", "XML:com.adobe.xmp"] == [entry.keyword for entry in found.texts]


class TestJpeg:
    def test_packet_stands_after_jfif_and_exif(self) -> None:
        """Readers that want JFIF first and EXIF next still find them there."""
        written = insert_xmp(jpeg(exif=EXIF), PACKET)
        assert written.index(b"JFIF") < written.index(b"Exif\0\0") < written.index(PACKET)

    def test_extended_parts_go_with_the_old_packet(self) -> None:
        """No part of an extended packet is left behind."""
        parts = [segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"a" * 60)]
        assert b"xmp/extension" not in insert_xmp(jpeg(xmp=OLD, segments=parts), PACKET)

    def test_packet_larger_than_a_segment_is_refused(self) -> None:
        """65,504 bytes fit, one more raises LimitError."""
        packet = write_xmp({"dc:title": "a" * 65_000})
        largest = packet + b" " * (65_504 - len(packet))
        assert largest == opened(insert_xmp(jpeg(), largest)).info["xmp"]
        with pytest.raises(LimitError):
            insert_xmp(jpeg(), largest + b" ")


class TestWebp:
    @pytest.mark.parametrize("mode", ["RGB", "RGBA"])
    @pytest.mark.parametrize("lossless", [True, False])
    def test_simple_files_get_a_header_that_tells_the_truth(self, mode: str, *, lossless: bool) -> None:
        """VP8X is added with the XMP flag, the alpha flag where there is alpha, and the canvas."""
        written = insert_xmp(webp(31, 17, mode=mode, lossless=lossless), PACKET)
        assert b"VP8X" == written[12:16]
        assert (0x14 if mode == "RGBA" else 0x04) == written[20]
        assert (31, 17) == opened(written).size
        assert len(written) - 8 == struct.unpack_from("<I", written, 4)[0]

    def test_manifest_stays_last(self) -> None:
        """A C2PA chunk that is there keeps its bytes and its place at the end."""
        store = manifest_store()
        written = insert_xmp(webp(chunks=[riff_chunk(b"C2PA", store)]), PACKET)
        assert written.endswith(riff_chunk(b"C2PA", store))


class TestAvif:
    def test_last_box_without_a_size_is_closed(self) -> None:
        """An mdat that runs "to the end of the file" gets its size before something follows it."""
        data = avif()
        last = boxes(data, 0, len(data))[-1]
        open_ended = data[: last.start] + bytes(4) + data[last.start + 4 :]
        written = insert_xmp(open_ended, PACKET)
        assert PACKET == opened(written).info["xmp"]
        assert image_data_digest(data) == image_data_digest(written)

    def test_cut_off_file_is_refused(self) -> None:
        """Nothing is appended behind a box that claims more than there is."""
        data = avif(exif=EXIF)
        with pytest.raises(InputError):
            insert_xmp(data[:-3], PACKET)

    def test_manifest_box_is_kept(self) -> None:
        """A C2PA box in front of everything moves nothing out of place."""
        data = with_manifest(avif(exif=EXIF))
        written = insert_xmp(data, PACKET)
        assert manifest_store() == read_container(written).manifest_store
        assert decode(data).tobytes() == decode(written).tobytes()

    def test_files_do_not_grow_with_every_change(self) -> None:
        """Putting in and taking out again gives a file no larger than the first."""
        data = avif()
        size = len(strip_generation_metadata(insert_xmp(data, PACKET)))
        again = insert_xmp(strip_generation_metadata(insert_xmp(data, PACKET)), PACKET)
        assert size == len(strip_generation_metadata(again))


def with_manifest(data: bytes) -> bytes:
    """An AVIF with a C2PA box after ftyp, its offsets corrected as a signer would do."""
    content = (
        bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
        + bytes(4)
        + b"manifest\0"
        + bytes(8)
        + manifest_store()
    )
    box = struct.pack(">I4s", len(content) + 8, b"uuid") + content
    top = boxes(data, 0, len(data))
    place = data.index(b"iloc") + 4
    count = struct.unpack_from(">H", data, place + 6)[0]
    fixed = bytearray(data)
    for index in range(count):
        at = place + 8 + index * 14 + 6
        struct.pack_into(">I", fixed, at, struct.unpack_from(">I", data, at)[0] + len(box))
    return bytes(fixed[: top[0].end]) + box + bytes(fixed[top[0].end :])
