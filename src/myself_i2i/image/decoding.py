"""From bytes to pixels through Pillow, with the metadata taken out first.

Pillow refuses a whole picture for one wrong CRC in a text chunk, warns about odd EXIF, and its only switch against
that (`LOAD_TRUNCATED_IMAGES`) is global. So what decides pixels is handed over, rebuilt where needed, and no more.
"""

from __future__ import annotations

import contextlib
import io
import struct
from typing import TYPE_CHECKING, NamedTuple

from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.Image import Image

from myself_i2i.errors import Error, InputError, LimitError
from myself_i2i.image import jpeg, png
from myself_i2i.image._findings import inflate, limit_error
from myself_i2i.image.container import read_container, sniff
from myself_i2i.image.exif import EXIF_HEADER, orientation_exif, read_orientation
from myself_i2i.image.insertion import pack_chunk
from myself_i2i.image.interface import LIMITS, Format
from myself_i2i.image.stripping import strip_generation_metadata
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.ImageFile import ImageFile


__all__ = ["Small", "decode", "decode_small"]

JPEG_NEEDED = frozenset({jpeg.APP0, jpeg.APP2, jpeg.APP14})  # JFIF, colour profile, Adobe's colour transform
PNG_NEEDED = frozenset(b"IHDR PLTE tRNS gAMA sRGB iCCP pHYs eXIf IDAT".split())
LARGEST_PROFILE = 1 << 20  # Pillow's own bound on a decompressed profile
MOST_DEFLATED = 1032  # deflate makes at most this many bytes of one (zlib technical details)
WEBP_SIDE = 16_384  # no frame can be larger (RFC 9649, 3.4); only the canvas of an animation can claim more
COARSEST = 8  # of its size a JPEG is decoded at 1/8 at least
SEQUENTIAL = frozenset({b"\xc0", b"\xc1"})  # SOF0 and SOF1
END = b"\xff\xd9"  # EOI
MOST_SCANS = 64  # a progressive JPEG has about ten; a thousand scans of a large picture would take hours

_OPENERS: dict[Format, Callable[[io.BytesIO], ImageFile]] = {
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.JPEG: JpegImagePlugin.JpegImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
}
with contextlib.suppress(ImportError):
    # A host of a plug-in may pin a Pillow from before AVIF (11.3); all else works there, and `decode` says what does not.
    from PIL.AvifImagePlugin import AvifImageFile

    _OPENERS[Format.AVIF] = AvifImageFile


class Small(NamedTuple):
    """A picture decoded no larger than needed."""

    image: Image
    """What was decoded: the first frame, as stored, not turned."""
    width: int
    """The width of the picture itself, in pixels."""
    height: int
    """Its height."""
    scale: int
    """1, 2, 4 or 8: a sample stands for so many pixels each way, those of the last row and column for what is left."""


def decode(data: bytes) -> Image:
    """Return the picture fully decoded: the first frame, as stored, not turned.

    Its `getexif()` still tells the Orientation and its `info` the colour profile; all other metadata is left out on
    purpose (ask `read_container`). A wrong CRC is no obstacle. Raises `InputError` when it cannot be decoded,
    `LimitError` when the header asks for more than `LIMITS.pixels`, before any pixel is made. Changes no global
    state of Pillow, and is safe in threads.
    """
    return _decode(data, None, None).image


def decode_small(data: bytes, *, side: int, grey: bool = False) -> Small:
    """Return the picture decoded with as little work as leaves its shorter side `side` pixels (1 or more).

    A JPEG is decoded at the smallest of 1/8, 1/4, 1/2 and 1 that does; what that drops is never computed. With
    `grey` a colour JPEG gives its luma alone, as the file holds it (mode "L"). Other formats, and the colours of a
    CMYK JPEG, come as `decode` gives them. Raises as `decode`.
    """
    return _decode(data, (side, side), "L" if grey else None)


def _decode(data: bytes, smallest: tuple[int, int] | None, mode: str | None) -> Small:
    form = sniff(data)
    if form not in _OPENERS:
        raise InputError(
            Text(
                en="the installed Pillow cannot decode AVIF",
                ja="インストールされている Pillow では AVIF を読めません",
            ),
            hint=Text(en="install Pillow 11.3 or newer", ja="Pillow 11.3 以降を入れてください"),
        )
    prepared = _prepare_jpeg(data) if form is Format.JPEG else _prepare(data)
    try:
        # The plug-in is named, so no other one is tried, whatever else the bytes may look like.
        image = _OPENERS[form](io.BytesIO(prepared))
        width, height = image.size
        _bound(width, height)
        if form is Format.JPEG:
            image.draft(mode, smallest)
            if image.decoderconfig[:1] == (COARSEST,) and image.mode == "L" and "progressive" in image.info:
                prepared = _coarse(prepared)
                image = _OPENERS[form](io.BytesIO(prepared))
                image.draft(mode, smallest)
            image.decodermaxblock = len(prepared)  # one block: libjpeg never has to stop and start again
        image.load()
    except Error:
        raise
    except Exception as error:  # Pillow answers broken bytes with a dozen kinds of error
        reason = str(error)[:200] or type(error).__name__
        raise InputError(
            Text(
                en=f"the {form.value} picture cannot be decoded: {reason}",
                ja=f"{form.value}の画像を復号できません（{reason}）",
            ),
            hint=Text(
                en="the file may be damaged or cut off: get it again",
                ja="壊れているか途中で切れている可能性があります。入手し直してください",
            ),
        ) from error
    return Small(image, width, height, image.decoderconfig[0] if image.decoderconfig else 1)


def _bound(width: int, height: int) -> None:
    if width * height > LIMITS.pixels:
        raise limit_error(Text(en="pixels", ja="画素数"), width * height, LIMITS.pixels)
    if not width or not height:
        raise InputError(Text(en="the picture's size cannot be read", ja="画像の大きさを読み取れません"))


def _prepare(data: bytes) -> bytes:
    """Return the PNG, WebP or AVIF with only what its pixels need."""
    container = read_container(data)
    _bound(container.width, container.height)
    if container.format is Format.PNG:
        return _prepare_png(data)
    if container.format is Format.WEBP and max(container.width, container.height) > WEBP_SIDE:
        raise limit_error(
            Text(en="longer side of the WebP", ja="WebPの長辺"),
            max(container.width, container.height),
            WEBP_SIDE,
        )
    try:
        return strip_generation_metadata(data, drop_manifest=True)
    except LimitError:
        raise
    except InputError:
        if container.format is not Format.AVIF:
            raise
        return data  # an AVIF that we cannot write anew may still be one that libavif can read


def _prepare_jpeg(data: bytes) -> bytes:
    """Return the JPEG with only the tables, colour marks and Orientation before its first scan, and all from there.

    What is coded is not looked at where it need not be: a fingerprint takes little longer than decoding.
    """
    found, coded = jpeg.segments(data, header=True)
    frame = next((data[start + 1 : end] for marker, start, _, end in found if marker in jpeg.SOF), b"")
    if not _all_in_one_scan(frame, data[coded : coded + 5]):
        _bound_scans(data)
    pieces: list[bytes | memoryview] = [jpeg.MAGIC[:2]]
    turned = 1
    for marker, start, body, end in found:
        if marker == jpeg.APP1 and turned == 1 and data.startswith(EXIF_HEADER, body):
            turned = read_orientation(data[body:end])
        if marker in JPEG_NEEDED or not (jpeg.is_app(marker) or marker == jpeg.COM):
            pieces.append(data[start:end])
    if turned != 1:
        content = EXIF_HEADER + orientation_exif(turned)
        pieces.append(struct.pack(">BBH", 0xFF, jpeg.APP1, len(content) + 2) + content)
    if sum(map(len, pieces)) == coded:
        return data  # there was nothing to take out
    return b"".join([*pieces, memoryview(data)[coded:]])


def _all_in_one_scan(frame: bytes, scan: bytes) -> bool:
    """Whether libjpeg stops at a second scan: the frame is sequential and its first scan has all its components.

    Both as they stand in the file, from the second byte of the marker, and of the marker (ITU-T T.81, B.2.2, B.2.3).
    """
    return frame[:1] in SEQUENTIAL and len(scan) == 5 and frame[8:9] == scan[4:]  # noqa: PLR2004 - up to Ns


def _bound_scans(data: bytes) -> None:
    scans = sum(segment.marker == jpeg.SCAN for segment in jpeg.segments(data)[0])
    if scans > MOST_SCANS:
        raise limit_error(Text(en="scans in the JPEG", ja="JPEGのスキャン数"), scans, MOST_SCANS)


def _coarse(data: bytes) -> bytes:
    """Return a progressive JPEG without the scans of which nothing shows in grey at 1/8 of its size.

    There a block is one sample, its constant coefficient (Ss = 0, ITU-T T.81 annex G). The first other scan of luma
    stays: where nothing of detail is known, libjpeg-turbo smooths the constants. (Colour needs more: of chroma that is
    stored coarser, more than the constants show.) A file that is cut off stays as it is, to be refused.
    """
    found, stop = jpeg.segments(data)
    if data[stop - 2 : stop] != END:
        return data
    pieces: list[bytes] = [jpeg.MAGIC[:2]]
    luma, wanted = b"", True
    for marker, start, body, end in found:
        if marker in jpeg.SOF:
            luma = data[body + 6 : body + 7]
        if marker == jpeg.SOS:
            constant, component = data[end - 3 : end - 2] == b"\0", data[body + 1 : body + 2]
            wanted = constant or component == luma
            luma = luma if constant or not wanted else b""  # the first one is enough
        if wanted or marker not in {jpeg.SOS, jpeg.SCAN}:
            pieces.append(data[start:end])
    return b"".join([*pieces, END])


def _prepare_png(data: bytes) -> bytes:
    """Return the PNG's first header and picture chunks with right CRCs; an animation's first picture only."""
    pieces = [png.MAGIC]
    header, coded = b"", 0
    for chunk in png.chunks(data):
        body = data[chunk.body : chunk.end]
        if chunk.kind == b"IEND":
            break
        if chunk.kind not in PNG_NEEDED or (chunk.kind == b"IHDR" and header) or _unfit(chunk.kind, body):
            continue
        if chunk.kind == b"IHDR":
            header = body
        if chunk.kind == b"eXIf":
            # Pillow walks all of an EXIF block to turn a picture, and warns about what is broken further on.
            body = orientation_exif(read_orientation(body))
        coded += len(body) if chunk.kind == b"IDAT" else 0
        pieces.append(pack_chunk(chunk.kind, body))
    _require_plausible(header, coded)
    return b"".join([*pieces, pack_chunk(b"IEND", b"")])


def _require_plausible(header: bytes, coded: int) -> None:
    """Refuse a size that the coded picture cannot fill, before memory is taken for it."""
    width, height, bits, colour = struct.unpack_from(">IIBB", header.ljust(13, b"\0"))
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    if width * height * bits * samples // 8 > MOST_DEFLATED * coded + LARGEST_PROFILE:
        raise InputError(
            Text(
                en=f"the PNG says {width}x{height}, but holds only {coded} bytes of picture",
                ja=f"PNGの大きさは{width}x{height}とありますが、画像データが{coded}バイトしかありません",
            )
        )


def _unfit(kind: bytes, body: bytes) -> bool:
    """Whether Pillow would refuse the picture for a chunk that its pixels do not need."""
    if kind == b"eXIf":
        return read_orientation(body) == 1
    if kind != b"iCCP":
        return False
    try:
        return not inflate(body[body.find(b"\0") + 2 :], LARGEST_PROFILE)[1]
    except LimitError:
        return True
