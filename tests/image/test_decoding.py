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
    segment,
    text_chunk,
    tiff,
    webp,
)

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import Format, decode, decoding, pixel_hashes
from myself_i2i.image.decoding import decode_small


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


class TestSmall:
    @pytest.mark.parametrize(
        ("side", "scale", "size"),
        [(1, 8, (8, 6)), (6, 8, (8, 6)), (7, 4, (15, 12)), (48, 1, (60, 48)), (99, 1, (60, 48))],
    )
    def test_a_jpeg_is_decoded_no_larger_than_needed(
        self, side: int, scale: int, size: tuple[int, int]
    ) -> None:
        """The smallest of 1/8, 1/4, 1/2 and 1 whose shorter side is long enough; the true size is told."""
        small = decode_small(jpeg(60, 48), side=side)
        assert (scale, size, 60, 48) == (small.scale, small.image.size, small.width, small.height)

    def test_grey_is_the_luma_that_the_file_holds(self) -> None:
        """Colour is not computed; a picture in four inks keeps them."""
        assert "L" == decode_small(jpeg(60, 48), side=1, grey=True).image.mode
        assert "RGB" == decode_small(jpeg(60, 48), side=1).image.mode
        assert "CMYK" == decode_small(jpeg(60, 48, mode="CMYK"), side=1, grey=True).image.mode

    @pytest.mark.parametrize("name", ["png", "webp", "avif"])
    def test_other_formats_come_in_full(self, name: str) -> None:
        """Their coding has no smaller size to offer."""
        small = decode_small(BUILDERS[name](60, 48), side=1, grey=True)
        assert (1, (60, 48), decode(BUILDERS[name](60, 48)).tobytes()) == (
            small.scale,
            small.image.size,
            small.image.tobytes(),
        )


class TestProgressive:
    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize(("side", "grey"), [(1, True), (24, True), (24, False), (40, True)])
    @pytest.mark.parametrize("sampling", [0, 2])
    def test_a_small_decode_is_the_same_without_what_it_does_not_show(
        self, mode: str, side: int, sampling: int, *, grey: bool
    ) -> None:
        """Scans of detail are left out at 1/8; the samples are those of the whole file, to the last bit."""
        data = jpeg(240, 192, mode=mode, progressive=True, quality=80, subsampling=sampling)
        whole = Image.open(io.BytesIO(data))
        whole.draft("L" if grey else None, (side, side))
        assert whole.tobytes() == decode_small(data, side=side, grey=grey).image.tobytes()

    def test_most_of_the_file_is_left_out(self) -> None:
        """Not to walk through it is the point."""
        data = jpeg(240, 192, progressive=True, quality=95)
        assert len(decoding._coarse(data)) < len(data) / 2

    def test_one_that_is_cut_off_is_refused(self) -> None:
        """Also where what is missing would not show."""
        data = jpeg(240, 192, progressive=True)
        with pytest.raises(InputError):
            decode_small(data[:-200], side=1, grey=True)


class TestJpegHeader:
    def test_a_file_with_nothing_to_take_out_is_handed_on(self) -> None:
        """No copy is made of it."""
        data = jpeg()
        assert decoding._prepare_jpeg(data) is data

    def test_only_what_pixels_need_is_handed_on(self) -> None:
        """EXIF but its Orientation, XMP, comments and manifests stay behind."""
        full = jpeg(
            exif=tiff({0x0112: 6, 0x010F: "maker"}),
            xmp=b"<x/>",
            comments=[b"said"],
            segments=[segment(0xEB, b"JP\0\0"), segment(0xE2, b"ICC_PROFILE\0\1\1")],
        )
        prepared = decoding._prepare_jpeg(full)
        assert not [word for word in (b"maker", b"<x/>", b"said", b"JP\0\0") if word in prepared]
        assert b"ICC_PROFILE" in prepared
        assert 6 == decode(full).getexif()[0x0112]


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

    def test_a_second_scan_of_a_whole_one_is_refused(self) -> None:
        """Of a sequential picture that is all in its first scan, libjpeg reads no other: scans need not be counted."""
        data = jpeg()
        start = data.rindex(b"\xff\xda")
        with pytest.raises(InputError):
            decode(data[:start] + data[start:-2] * 100 + b"\xff\xd9")

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
