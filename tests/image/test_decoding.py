from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile
from tests.support.pictures import (
    BUILDERS,
    avif,
    chunk,
    comment_exif,
    jpeg,
    picture,
    png,
    text_chunk,
    tiff,
    webp,
)

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import Format, decode, decoding, pixel_hashes


class TestDecode:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_pixels_are_what_pillow_makes_of_the_plain_file(self, name: str) -> None:
        """Taking the metadata out first changes no pixel."""
        data = BUILDERS[name](exif=comment_exif("x"))
        assert Image.open(io.BytesIO(data)).tobytes() == decode(data).tobytes()

    @pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
    def test_orientation_is_told_but_not_applied(self, name: str) -> None:
        """The picture is as stored; `getexif` still says how it is turned."""
        image = decode(BUILDERS[name](20, 10, exif=tiff({0x0112: 6})))
        assert ((20, 10), 6) == (image.size, image.getexif()[0x0112])

    def test_wrong_crcs_are_no_obstacle(self) -> None:
        """A patched text chunk or a damaged CRC of the picture itself is passed over, without a global switch."""
        data = png(chunks=[text_chunk("workflow", "{}", crc=1)])
        start = data.index(b"IDAT") - 4
        end = start + 8 + struct.unpack_from(">I", data, start)[0]
        damaged = data[:end] + b"\0\0\0\0" + data[end + 4 :]
        assert picture().tobytes() == decode(damaged).tobytes()
        assert not ImageFile.LOAD_TRUNCATED_IMAGES

    def test_a_bad_profile_or_huge_text_is_no_obstacle(self) -> None:
        """What the pixels do not need cannot stop them."""
        bomb = zlib.compress(bytes(30 * 2**20))
        data = png(
            chunks=[
                chunk(b"iCCP", b"p\0\0" + bomb),
                chunk(b"iCCP", b"p\0\0junk"),
                chunk(b"zTXt", b"k\0\0" + bomb),
            ]
        )
        assert picture().tobytes() == decode(data).tobytes()

    def test_an_avif_that_cannot_be_written_anew_is_still_decoded(self) -> None:
        """Bytes after the last box stop a change of the file, not a look at it."""
        data = BUILDERS["avif"]()
        assert decode(data).tobytes() == decode(data + b"\0\0\0").tobytes()


class TestRefusal:
    @pytest.mark.parametrize("name", BUILDERS)
    def test_cut_off_pictures_are_input_errors(self, name: str) -> None:
        """Every way in which Pillow fails becomes InputError with a hint."""
        data = BUILDERS[name](64, 64)
        with pytest.raises(InputError):
            decode(data[: len(data) * 2 // 3])

    def test_too_many_pixels_are_refused_from_the_header(self) -> None:
        """A header that claims 20,000 x 20,000 raises LimitError, and no pixel is made."""
        header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + png()[33:]
        with pytest.raises(LimitError):
            decode(data)

    def test_a_second_header_does_not_get_round_the_bound(self) -> None:
        """Only the first IHDR is handed on."""
        header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
        assert (16, 12) == decode(png(chunks=[chunk(b"IHDR", header)])).size

    def test_a_size_that_the_data_cannot_fill_is_refused(self) -> None:
        """Forty bytes of IDAT cannot be a hundred megapixels: no memory is taken for them."""
        header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + png()[33:]
        with pytest.raises(InputError, match="holds only"):
            decode(data)

    def test_a_jpeg_of_endless_scans_is_refused(self) -> None:
        """Hundreds of scans over one picture cost hours: they raise LimitError."""
        data = jpeg(progressive=True)
        start = data.rindex(b"\xff\xda")
        scan = data[start:-2]
        with pytest.raises(LimitError):
            decode(data[:start] + scan * 100 + b"\xff\xd9")

    def test_a_canvas_that_no_frame_can_fill_is_refused(self) -> None:
        """A WebP canvas of 16 x 8,388,608 costs seconds for nothing: it raises LimitError."""
        data = webp(xmp=b"x")
        with pytest.raises(LimitError):
            decode(data[:24] + b"\x0f\0\0" + b"\xff\xff\x7f" + data[30:])

    def test_another_format_inside_is_not_tried(self) -> None:
        """A file that opens as WebP and is none is refused as WebP."""
        with pytest.raises(InputError):
            decode(webp()[:12] + png())


class TestBrokenExif:
    def test_turned_without_a_warning(self) -> None:
        """An EXIF block that is broken behind its Orientation turns the picture and says nothing else."""
        broken = tiff({0x0112: 6, 0x8769: 50})[:-2] + b"\x05\0"
        data = png(20, 10, exif=broken)
        assert (6, 2) == (decode(data).getexif()[0x0112], len(set(pixel_hashes(decode(data)).md5)) // 2)


class TestWithoutAvif:
    def test_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With a Pillow that has no AVIF, an AVIF gives a clear error with the way out."""
        monkeypatch.delitem(decoding._OPENERS, Format.AVIF)
        with pytest.raises(InputError, match="cannot decode AVIF") as caught:
            decode(avif())
        assert caught.value.hint is not None
