from __future__ import annotations

import struct

import pytest
from tests.support.pictures import jpeg, manifest_store, segment, xmp_packet

from myself_i2i.errors import LimitError
from myself_i2i.image import read_container
from myself_i2i.image.interface import LIMITS
from myself_i2i.image.xmp import read_xmp


def jumbf_segments(store: bytes, size: int = 40) -> list[bytes]:
    """A manifest store cut over APP11 segments, the box header repeated in each."""
    parts = [store[at : at + size] for at in range(0, len(store), size)]
    return [
        segment(0xEB, b"JP" + struct.pack(">HI", 1, number) + (b"" if number == 1 else store[:8]) + part)
        for number, part in enumerate(parts, start=1)
    ]


class TestSegments:
    def test_comments_are_read_in_order(self) -> None:
        """Each COM segment is one text."""
        assert ("one", "猫") == read_container(jpeg(comments=[b"one", "猫".encode()])).comments

    def test_fill_bytes_and_junk_are_passed_over(self) -> None:
        """Fill bytes are no news; junk between segments is noted; what follows is still read."""
        data = jpeg(segments=[b"\xff\xff\xff", segment(0xFE, b"x"), b"junk", segment(0xFE, b"y")])
        found = read_container(data)
        assert ("x", "y") == found.comments
        assert (16, 12) == (found.width, found.height)
        assert 1 == len(found.notes)

    def test_bytes_after_the_end_are_noted(self) -> None:
        """Whatever follows EOI is no part of the picture."""
        assert "after the end" in read_container(jpeg(trailer=b"tail")).notes[0]

    def test_progressive_and_grey_sizes_are_read(self) -> None:
        """Every kind of frame header gives the size."""
        assert 33 == read_container(jpeg(33, 9, progressive=True)).width
        assert 9 == read_container(jpeg(33, 9, mode="L")).height

    def test_a_flood_of_segments_is_refused(self) -> None:
        """More segments than LIMITS.chunks raise LimitError."""
        with pytest.raises(LimitError):
            read_container(jpeg(segments=[segment(0xFE, b"")] * (LIMITS.chunks + 1)))


class TestManifest:
    @pytest.mark.parametrize("backwards", [False, True])
    def test_store_is_put_together_from_its_segments(self, *, backwards: bool) -> None:
        """APP11 parts are joined by their sequence number, whatever order they stand in."""
        store = manifest_store(200)
        parts = jumbf_segments(store)
        found = read_container(jpeg(segments=parts[::-1] if backwards else parts))
        assert store == found.manifest_store

    def test_other_jumbf_is_no_manifest(self) -> None:
        """A JUMBF box of another type is not taken for a C2PA store."""
        store = manifest_store().replace(b"c2pa", b"xxxx")
        assert read_container(jpeg(segments=jumbf_segments(store))).manifest_store is None


class TestExtendedXmp:
    GUID = "0123456789ABCDEF0123456789ABCDEF"

    def _extended(self, packet: bytes, size: int = 100) -> list[bytes]:
        head = b"http://ns.adobe.com/xmp/extension/\0" + self.GUID.encode()
        return [
            segment(0xE1, head + struct.pack(">II", len(packet), at) + packet[at : at + size])
            for at in range(0, len(packet), size)
        ]

    def _main(self, inner: str = "<dc:title>t</dc:title>") -> bytes:
        note = f'<n:HasExtendedXMP xmlns:n="http://ns.adobe.com/xmp/note/">{self.GUID}</n:HasExtendedXMP>'
        return xmp_packet(inner + note)

    def test_extended_packet_is_joined_into_the_main_one(self) -> None:
        """Properties of both packets are in the one XMP, parts in any order."""
        extended = xmp_packet("<dc:source>far away</dc:source>")
        found = read_container(jpeg(xmp=self._main(), segments=self._extended(extended)[::-1]))
        properties = read_xmp(found.xmp or "").properties
        assert ("t",) == properties["dc:title"]
        assert ("far away",) == properties["dc:source"]

    def test_unnamed_extension_is_left_out(self) -> None:
        """An extended packet that the main one does not name is noted, not believed."""
        found = read_container(
            jpeg(xmp=xmp_packet(""), segments=self._extended(xmp_packet("<dc:source>x</dc:source>")))
        )
        assert "far" not in (found.xmp or "")
        assert 1 == len(found.notes)

    def test_missing_part_is_noted(self) -> None:
        """A hole in the extended packet ends it there."""
        parts = self._extended(xmp_packet("<dc:source>x</dc:source>"))
        found = read_container(jpeg(xmp=self._main(), segments=[parts[0], *parts[2:]]))
        assert found.notes
