from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pictures import USER_COMMENT, comment_exif, tiff, user_comment

from myself_i2i.image.exif import orientation_exif, read_exif, read_orientation
from myself_i2i.image.interface import LIMITS

MAKER_NOTE = 0x927C


def read(raw: bytes) -> tuple[dict[str, str], list[str]]:
    notes: list[str] = []
    return read_exif(raw, notes.append), notes


class TestPlaces:
    @pytest.mark.parametrize("order", ["<", ">"])
    def test_both_directories_are_read_in_both_byte_orders(self, order: str) -> None:
        """IFD0 and the Exif IFD give their strings, whatever the byte order."""
        raw = tiff({0x010E: "a description", 0x0131: "tool"}, {USER_COMMENT: user_comment("hello")}, order)
        expected = {"ImageDescription": "a description", "Software": "tool", "UserComment": "hello"}
        assert (expected, []) == read(raw)

    def test_user_comment_and_maker_note_in_ifd0_are_read(self) -> None:
        """Fooocus writes both where they do not belong."""
        raw = tiff({USER_COMMENT: user_comment("{}"), MAKER_NOTE: "fooocus"})
        assert {"UserComment": "{}", "MakerNote": "fooocus"} == read(raw)[0]

    def test_the_right_directory_wins(self) -> None:
        """A UserComment in the Exif IFD goes before one in IFD0."""
        raw = tiff({USER_COMMENT: user_comment("wrong")}, {USER_COMMENT: user_comment("right")})
        assert "right" == read(raw)[0]["UserComment"]

    def test_windows_strings_are_utf_16_little_endian(self) -> None:
        """XPComment and its like are decoded from UTF-16LE, their end mark dropped."""
        raw = tiff({0x9C9C: "猫 cat\0".encode("utf-16-le")}, None, ">")
        assert {"XPComment": "猫 cat"} == read(raw)[0]

    def test_binary_maker_note_is_skipped_with_a_note(self) -> None:
        """A camera's maker note is no text."""
        values, notes = read(tiff({}, {MAKER_NOTE: b"Nikon\0\x02\x10\0\0\xff\xfe"}))
        assert ({}, 1) == (values, len(notes))


class TestCharset:
    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16"])
    @pytest.mark.parametrize("text", ["masterpiece, 1girl\nSteps: 20", "美しい日本の風景、夕焼け", "a"])
    def test_utf_16_is_detected_whatever_the_header_says(self, text: str, charset: str, order: str) -> None:
        """The byte order of a UNICODE comment is found from the text, never taken from the TIFF header."""
        assert text == read(comment_exif(text, charset, order))[0]["UserComment"]

    @pytest.mark.parametrize(("order", "charset"), [("<", "utf-16-le"), (">", "utf-16-be")])
    def test_the_header_decides_where_the_text_cannot(self, order: str, charset: str) -> None:
        """One kanji is a character in either order: only then the TIFF header is followed."""
        assert "猫" == read(comment_exif("猫", charset, order))[0]["UserComment"]

    def test_other_codes_are_read(self) -> None:
        """ASCII, JIS, undefined and missing codes each give the text."""
        cases = {
            b"ASCII\0\0\0plain": "plain",
            b"JIS\0\0\0\0\0" + "猫".encode("iso2022_jp"): "猫",
            bytes(8) + "猫".encode(): "猫",
            b"{'no': 'code'}": "{'no': 'code'}",
            b"UNICODE\0utf-8 by mistake": "utf-8 by mistake",
        }
        for raw, text in cases.items():
            assert text == read(tiff({}, {USER_COMMENT: raw}))[0]["UserComment"]

    @given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=50))
    def test_ascii_text_survives_either_order(self, text: str) -> None:
        """Any line of ASCII comes back from UTF-16 of both orders."""
        for charset in ("utf-16-le", "utf-16-be"):
            assert text == read(comment_exif(text, charset))[0]["UserComment"]


class TestBounds:
    def test_a_directory_that_points_at_itself_ends(self) -> None:
        """A cyclic Exif pointer is followed once."""
        raw = b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x8769, 4, 1, 8) + bytes(4)
        assert {} == read(raw)[0]

    def test_overlapping_values_are_paid_for_each_time(self) -> None:
        """Thousands of entries that share one large value do not multiply it."""
        size = LIMITS.text // 2
        tags = [0x010E, 0x010F, 0x0110, 0x0131, 0x013B]
        entries = b"".join(struct.pack("<HHII", tag, 2, size, 100) for tag in tags)
        raw = (b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries).ljust(100, b"\0") + b"a" * size
        values, notes = read(raw)
        assert 2 == len(values)
        assert notes

    @pytest.mark.parametrize(
        "raw", [b"", b"II", b"XX*\0\0\0\0\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"]
    )
    def test_broken_headers_give_nothing_and_a_note(self, raw: bytes) -> None:
        """What is no TIFF, or points outside, is noted."""
        values, notes = read(raw)
        assert ({}, True) == (values, bool(notes))

    @given(st.binary(max_size=300), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
    def test_no_bytes_make_it_raise(self, raw: bytes, head: bytes) -> None:
        """Strings come out of any bytes, and never an error."""
        assert all(isinstance(value, str) for value in read(head + raw)[0].values())
        assert 1 <= read_orientation(head + raw) <= 8


class TestOrientation:
    @pytest.mark.parametrize("value", range(1, 9))
    def test_what_is_written_is_read(self, value: int) -> None:
        """The smallest EXIF carries its Orientation."""
        assert value == read_orientation(orientation_exif(value))

    def test_nonsense_is_upright(self) -> None:
        """An Orientation that does not exist counts as 1."""
        assert 1 == read_orientation(tiff({0x0112: 99}))
