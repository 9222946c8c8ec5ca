"""Putting an XMP packet into a picture file without touching the picture or anything else in it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.image import jpeg, png, webp
from myself_i2i.image._findings import decode_text, limit_error
from myself_i2i.image._splice import Edit, splice
from myself_i2i.image.container import read_container, sniff
from myself_i2i.image.digest import require_same_picture, too_broken
from myself_i2i.image.exif import EXIF_HEADER
from myself_i2i.image.heif_edit import insert_xmp_item
from myself_i2i.image.interface import LIMITS, Format
from myself_i2i.image.riff import rebuild
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["insert_xmp"]

LARGEST_SEGMENT = 0xFFFF - 2


def insert_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with `packet` as its one XMP packet; the coded picture and all else stay byte for byte.

    `packet` is a whole packet in UTF-8, as `write_xmp` or `merge_xmp` make it; an XMP packet already there is
    replaced. The caller MUST do this before signing: a C2PA manifest already in the file stays where it is and no
    longer matches. Raises `InputError` when the file is too broken to be changed safely, `LimitError` when the
    packet is larger than the format can hold (JPEG: 65,504 bytes).
    """
    if len(packet) > LIMITS.text:
        raise _too_large(len(packet), LIMITS.text)
    written = _WRITERS[sniff(data)](data, packet)
    require_same_picture(data, written)
    if read_container(written).xmp != decode_text(packet.removeprefix(b"\xef\xbb\xbf")):
        raise too_broken()
    return written


def _too_large(got: int, bound: int) -> InputError:
    return limit_error(Text(en="bytes in the XMP packet", ja="XMPパケットのバイト数"), got, bound)


def pack_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG chunk with its CRC."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def is_png_xmp(data: bytes, chunk: png.Chunk) -> bool:
    """Whether a PNG text chunk carries an XMP packet, plainly or as an ImageMagick profile."""
    if chunk.kind not in png.TEXT_KINDS:
        return False
    keyword = png.keyword_of(data, chunk)
    if keyword in {png.XMP_KEYWORD, b"Raw profile type xmp"}:
        return True
    if keyword != b"Raw profile type APP1" or chunk.kind != b"tEXt":
        return False
    profile = png.raw_profile(decode_text(data[chunk.body + len(keyword) + 1 : chunk.end]))
    return profile is not None and profile.startswith(png.XMP_HEADER)


def _insert_png(data: bytes, packet: bytes) -> bytes:
    found = png.chunks(data)
    edits = [Edit(chunk.start, chunk.end + 4, b"") for chunk in found if is_png_xmp(data, chunk)]
    picture = next((chunk for chunk in found if chunk.kind == b"IDAT"), None)
    if picture is None:
        raise _no_picture()
    body = png.XMP_KEYWORD + b"\0\0\0\0\0" + packet
    return splice(data, [*edits, Edit(picture.start, picture.start, pack_chunk(b"iTXt", body))])


def _no_picture() -> InputError:
    return InputError(Text(en="the file holds no coded picture", ja="ファイルに画像のデータが入っていません"))


def is_jpeg_xmp(data: bytes, segment: jpeg.Segment) -> bool:
    """Whether a JPEG segment is an XMP packet or a part of an extended one."""
    headers = (jpeg.XMP_HEADER, jpeg.EXTENDED_XMP_HEADER)
    return segment.marker == jpeg.APP1 and data.startswith(headers, segment.body)


def _insert_jpeg(data: bytes, packet: bytes) -> bytes:
    largest = LARGEST_SEGMENT - len(jpeg.XMP_HEADER)
    if len(packet) > largest:
        raise _too_large(len(packet), largest)
    found = jpeg.segments(data)[0]
    if not any(segment.marker == jpeg.SCAN for segment in found):
        raise _no_picture()
    place = 2
    for segment in found:
        if segment.marker != jpeg.APP0 and not data.startswith(EXIF_HEADER, segment.body):
            break
        place = segment.end
    body = jpeg.XMP_HEADER + packet
    edits = [Edit(segment.start, segment.end, b"") for segment in found if is_jpeg_xmp(data, segment)]
    return splice(
        data, [Edit(place, place, struct.pack(">BBH", 0xFF, jpeg.APP1, len(body) + 2) + body), *edits]
    )


def _insert_webp(data: bytes, packet: bytes) -> bytes:
    found = webp.chunks(data)
    kept = [(chunk.kind, data[chunk.body : chunk.end]) for chunk in found if chunk.kind != b"XMP "]
    # RFC 9649 puts XMP after the picture and EXIF; a manifest that is already there stays last.
    place = next((index for index, part in enumerate(kept) if part[0] == b"C2PA"), len(kept))
    return rebuild(data, [*kept[:place], (b"XMP ", packet), *kept[place:]])


_WRITERS: dict[Format, Callable[[bytes, bytes], bytes]] = {
    Format.PNG: _insert_png,
    Format.JPEG: _insert_jpeg,
    Format.WEBP: _insert_webp,
    Format.AVIF: insert_xmp_item,
}
