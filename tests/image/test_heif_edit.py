"""Shapes of AVIF that Pillow does not write: metadata inside `idat`, 64-bit box sizes, base offsets, shared bytes."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image
from tests.support.pictures import avif, picture, tiff, xmp_packet

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import (
    decode,
    image_data_digest,
    insert_xmp,
    read_container,
    strip_generation_metadata,
    write_xmp,
)
from myself_i2i.image.bmff import boxes, child

PACKET = write_xmp({"dc:subject": ["#Myself_i2i"]})
OLD = xmp_packet("<dc:title>an older title</dc:title>")
EXIF = bytes(4) + tiff({0x010E: "a description"})


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind: bytes, version: int, body: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24) + body)


def entry(number: int, kind: bytes, rest: bytes = b"") -> bytes:
    return full(b"infe", 2, struct.pack(">HH4s", number, 0, kind) + b"\0" + rest)


def build(*, shared: bool = False, brand: bytes = b"avif") -> bytes:
    """An AVIF with iloc version 1: the picture by base offset in a 64-bit mdat, EXIF and XMP in idat.

    With `shared`, the XMP item is the picture's own bytes.
    """
    plain = avif()
    top = boxes(plain, 0, len(plain))
    meta = child(top, b"meta")
    assert meta is not None
    parts = {part.kind: plain[part.start : part.end] for part in boxes(plain, meta.body + 4, meta.end)}
    mdat = plain[top[-1].body : top[-1].end]
    idat = EXIF + OLD
    head = box(b"ftyp", brand + bytes(4) + brand + b"mif1")

    def tables(base: int) -> bytes:
        places = struct.pack(">HHHIHII", 1, 0, 0, base, 1, 0, len(mdat))
        places += struct.pack(">HHHIHII", 2, 1, 0, 0, 1, 0, len(EXIF))
        if shared:
            places += struct.pack(">HHHIHII", 3, 0, 0, base, 1, 0, len(mdat))
        else:
            places += struct.pack(">HHHIHII", 3, 1, 0, 0, 1, len(EXIF), len(OLD))
        iloc = full(b"iloc", 1, struct.pack(">BBH", 0x44, 0x40, 3) + places)
        entries = entry(1, b"av01") + entry(2, b"Exif") + entry(3, b"mime", b"application/rdf+xml\0")
        links = b"".join(box(b"cdsc", struct.pack(">HHH", number, 1, 1)) for number in (2, 3))
        inside = parts[b"hdlr"] + parts[b"pitm"] + iloc + full(b"iinf", 0, struct.pack(">H", 3) + entries)
        return full(b"meta", 0, inside + full(b"iref", 0, links) + parts[b"iprp"] + box(b"idat", idat))

    base = len(head) + len(tables(0)) + 16
    return head + tables(base) + struct.pack(">I4sQ", 1, b"mdat", len(mdat) + 16) + mdat


class TestUnusualShapes:
    def test_the_file_of_these_tests_is_a_real_one(self) -> None:
        """Pillow decodes the builder's file as it does the plain one, and both of us see its metadata."""
        data = build()
        assert decode(avif()).tobytes() == Image.open(io.BytesIO(data)).tobytes()
        assert OLD == Image.open(io.BytesIO(data)).info["xmp"]
        found = read_container(data)
        assert (OLD.decode(), {"ImageDescription": "a description"}) == (found.xmp, found.exif)

    def test_digest_follows_the_bytes_not_the_layout(self) -> None:
        """The same items in another layout are the same picture."""
        assert image_data_digest(avif()) == image_data_digest(build())

    def test_xmp_inside_idat_is_replaced_and_its_bytes_cleared(self) -> None:
        """The new packet is seen, EXIF in the same idat stays, no byte of the old packet is left."""
        written = insert_xmp(build(), PACKET)
        image = Image.open(io.BytesIO(written))
        assert PACKET == image.info["xmp"]
        assert "a description" == image.getexif()[0x010E]
        assert b"an older title" not in written
        assert decode(avif()).tobytes() == image.tobytes()

    def test_stripping_leaves_no_idat(self) -> None:
        """With the last item in it gone, the box goes too."""
        stripped = strip_generation_metadata(build())
        assert b"idat" not in stripped
        assert b"a description" not in stripped
        assert decode(avif()).tobytes() == Image.open(io.BytesIO(stripped)).tobytes()

    def test_a_64_bit_mdat_shrinks_when_items_in_it_go(self) -> None:
        """Cutting an item out of a large mdat corrects its 64-bit size."""
        data = avif(xmp=OLD)
        last = boxes(data, 0, len(data))[-1]
        body = data[last.body : last.end]
        place = data.index(b"iloc") + 12
        wide = bytearray(data[: last.start] + struct.pack(">I4sQ", 1, b"mdat", len(body) + 16) + body)
        for index in range(2):
            at = place + index * 14 + 6
            struct.pack_into(">I", wide, at, struct.unpack_from(">I", wide, at)[0] + 8)
        stripped = strip_generation_metadata(bytes(wide))
        assert b"an older title" not in stripped
        assert picture().size == decode(stripped).size
        assert image_data_digest(data) == image_data_digest(stripped)

    def test_bytes_that_a_picture_uses_are_never_cut(self) -> None:
        """An XMP item that claims the picture's own bytes takes nothing away with it."""
        data = build(shared=True)
        for changed in (strip_generation_metadata(data), insert_xmp(data, PACKET)):
            assert decode(avif()).tobytes() == Image.open(io.BytesIO(changed)).tobytes()

    def test_other_heif_is_read_with_a_note(self) -> None:
        """A HEIC brand is the same container: it is read, and the note says what it is."""
        found = read_container(build(brand=b"heic"))
        assert OLD.decode() == found.xmp
        assert ("brand 'heic': HEIF that is not AVIF",) == found.notes


class TestRefusal:
    def test_fragmented_movies_are_not_written(self) -> None:
        """A file with movie fragments is refused, not damaged."""
        with pytest.raises(InputError, match="fragmented"):
            insert_xmp(avif() + box(b"moof", b""), PACKET)

    def test_an_item_list_we_cannot_read_is_not_written_anew(self) -> None:
        """An entry of an unknown version would be lost: the file is refused."""
        data = build()
        place = data.index(b"infe", data.index(b"infe") + 4) + 4
        with pytest.raises(InputError):
            insert_xmp(data[:place] + b"\0" + data[place + 1 :], PACKET)

    def test_overlapping_items_cannot_multiply_the_file(self) -> None:
        """Ten thousand extents that are each the whole file raise LimitError at once."""
        head = box(b"ftyp", b"avif" + bytes(4) + b"avif")
        extents = struct.pack(">II", 0, 100_000) * 10_000
        places = struct.pack(">BBHHHH", 0x44, 0, 1, 1, 0, 10_000) + extents
        inside = full(b"pitm", 0, b"\0\1") + full(b"iloc", 0, places)
        inside += full(b"iinf", 0, b"\0\1" + entry(1, b"av01"))
        data = head + full(b"meta", 0, inside) + box(b"mdat", bytes(100_000))
        with pytest.raises(LimitError):
            image_data_digest(data)
