from __future__ import annotations

import tracemalloc
import zlib

import pytest
from tests.support.pictures import chunk, comment_exif, manifest_store, png, text_chunk, xmp_packet

from myself_i2i.errors import LimitError
from myself_i2i.image import TextEntry, read_container
from myself_i2i.image.interface import LIMITS


class TestText:
    @pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt", "iTXt-z"])
    def test_every_kind_of_text_chunk_is_read(self, kind: str) -> None:
        """tEXt, zTXt and both forms of iTXt give the same text."""
        found = read_container(png(chunks=[text_chunk("parameters", "猫, cat", kind)]))
        assert (TextEntry("parameters", "猫, cat", kind[:4]),) == found.texts

    def test_latin_1_is_read_where_it_is_no_utf_8(self) -> None:
        """A byte that is no UTF-8 makes the whole value Latin-1."""
        found = read_container(png(chunks=[text_chunk("k", b"caf\xe9")]))
        assert "café" == found.text("k")

    def test_text_after_idat_and_after_iend_is_read(self) -> None:
        """Old InvokeAI writes text behind the picture, other tools behind the end: both count."""
        found = read_container(
            png(
                late_chunks=[text_chunk("Dream", "fire")], trailer=text_chunk("late", "end") + b"\0junk\0junk"
            )
        )
        assert "fire" == found.text("Dream")
        assert "end" == found.text("late")
        assert any("after IEND" in note for note in found.notes)

    def test_wrong_crc_is_noted_and_the_text_read(self) -> None:
        """A text chunk patched after saving keeps its text."""
        found = read_container(png(chunks=[text_chunk("workflow", "{}", crc=1)]))
        assert "{}" == found.text("workflow")
        assert ("tEXt 'workflow': wrong CRC",) == found.notes

    def test_damaged_compression_gives_its_readable_part(self) -> None:
        """A cut zTXt stream is read as far as it goes and noted."""
        whole = zlib.compress(b"a" * 5000 + bytes(range(200)))
        found = read_container(png(chunks=[chunk(b"zTXt", b"k\0\0" + whole[:-20])]))
        assert (found.text("k") or "").startswith("a" * 100)
        assert "damaged" in found.notes[0]

    @pytest.mark.parametrize("body", [b"", b"\0", b"key", b"key\0", b"key\0\1", b"key\0\0\0en"])
    @pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
    def test_maimed_text_chunks_do_no_harm(self, kind: bytes, body: bytes) -> None:
        """A text chunk without its fields is read without an error, and the size stays readable."""
        assert 16 == read_container(png(chunks=[chunk(kind, body)])).width


class TestBounds:
    def test_decompression_bomb_is_stopped_without_making_it(self) -> None:
        """200 MB of zeros in 200 kB raise LimitError and never stand in memory."""
        bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200 * 2**20)))
        data = png(chunks=[bomb])
        tracemalloc.start()
        with pytest.raises(LimitError):
            read_container(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * LIMITS.text

    def test_many_texts_below_the_bound_share_one_budget(self) -> None:
        """Three texts of 30 MB are too much together."""
        part = text_chunk("k", "a" * (30 * 2**20), "zTXt")
        with pytest.raises(LimitError):
            read_container(png(chunks=[part, part, part]))

    def test_a_flood_of_chunks_is_refused(self) -> None:
        """More chunks than LIMITS.chunks raise LimitError, small IDAT among them."""
        with pytest.raises(LimitError):
            read_container(png(chunks=[chunk(b"IDAT", b"")] * (LIMITS.chunks + 1)))

    def test_more_entries_than_the_bound_are_noted(self) -> None:
        """Text entries past LIMITS.entries are left out, with one note."""
        found = read_container(png(chunks=[text_chunk("k", "v")] * (LIMITS.entries + 5)))
        assert LIMITS.entries == len(found.texts)
        assert 1 == len(found.notes)


class TestProfiles:
    @pytest.mark.parametrize("name", ["exif", "APP1"])
    def test_exif_in_a_raw_profile_is_read(self, name: str) -> None:
        """ImageMagick's hex profiles give the same EXIF as a chunk of its own."""
        raw = b"Exif\0\0" + comment_exif("hello")
        text = f"\n{name}\n{len(raw):8}\n{raw.hex()}\n"
        found = read_container(png(texts={f"Raw profile type {name}": text}))
        assert {"UserComment": "hello"} == found.exif

    def test_xmp_in_a_raw_profile_is_read(self) -> None:
        """An XMP packet as ImageMagick writes it is the file's XMP."""
        packet = xmp_packet("<dc:title>t</dc:title>")
        found = read_container(png(texts={"Raw profile type xmp": f"\nxmp\n{len(packet)}\n{packet.hex()}\n"}))
        assert packet.decode() == found.xmp

    def test_a_profile_that_is_no_hex_is_noted(self) -> None:
        """A broken profile stays a text and is noted."""
        found = read_container(png(texts={"Raw profile type exif": "\nexif\n3\nzz\n"}))
        assert {} == found.exif
        assert 1 == len(found.notes)


class TestOtherChunks:
    def test_manifest_store_is_the_content_of_cabx(self) -> None:
        """The C2PA store is found, byte for byte; a second one is noted."""
        store = manifest_store()
        found = read_container(png(chunks=[chunk(b"caBX", store), chunk(b"caBX", b"other")]))
        assert store == found.manifest_store
        assert 1 == len(found.notes)

    def test_transparency_counts_as_alpha(self) -> None:
        """A palette or tRNS picture with transparency says so."""
        assert read_container(png(chunks=[chunk(b"tRNS", bytes(6))])).has_alpha
