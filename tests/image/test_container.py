from __future__ import annotations

import pytest
from tests.support.pictures import BUILDERS, comment_exif, jpeg, png, xmp_packet

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import Format, container, read_container, sniff
from myself_i2i.image.interface import Limits


class TestSniff:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_format_is_told_from_the_first_bytes(self, name: str) -> None:
        """Each of the four formats is known by its magic number."""
        assert Format(name) is sniff(BUILDERS[name]())

    @pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42"])
    def test_anything_else_is_refused(self, data: bytes) -> None:
        """Bytes that are none of the four raise InputError and are shown in its message."""
        with pytest.raises(InputError) as caught:
            sniff(data)
        assert (data[:12].hex(" ") or "nothing") in caught.value.message.en

    def test_file_larger_than_the_bound_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file past LIMITS.file is not looked at."""
        monkeypatch.setattr(container, "LIMITS", Limits(file=10))
        with pytest.raises(LimitError):
            sniff(png())


class TestReadContainer:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_size_exif_and_xmp_are_read_in_every_format(self, name: str) -> None:
        """Size, EXIF text and XMP come out as they were put in, and nothing is complained about."""
        packet = xmp_packet("<dc:title>t</dc:title>")
        found = read_container(BUILDERS[name](20, 14, exif=comment_exif("猫 and cat"), xmp=packet))
        assert (20, 14) == (found.width, found.height)
        assert {"UserComment": "猫 and cat"} == found.exif
        assert packet.decode() == found.xmp
        assert () == found.notes

    @pytest.mark.parametrize("name", ["png", "webp", "avif"])
    def test_alpha_is_told(self, name: str) -> None:
        """A picture with an alpha channel says so, one without does not."""
        assert read_container(BUILDERS[name](mode="RGBA")).has_alpha
        assert not read_container(BUILDERS[name](mode="RGB")).has_alpha

    def test_format_does_not_depend_on_anything_but_bytes(self) -> None:
        """A JPEG is a JPEG, whatever it is called."""
        assert Format.JPEG is read_container(jpeg()).format

    @pytest.mark.parametrize("name", BUILDERS)
    def test_cut_off_file_gives_what_was_readable_and_a_note(self, name: str) -> None:
        """Half a file is no error: its format is told and a note says that something is missing."""
        data = BUILDERS[name](64, 64)
        found = read_container(data[: len(data) // 2])
        assert Format(name) is found.format
        assert found.notes
