"""Taking prompts and generator metadata out of a picture file, and nothing that the picture needs to look right."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from myself_i2i.image import jpeg, png, webp
from myself_i2i.image._splice import Edit, splice
from myself_i2i.image.bmff import boxes
from myself_i2i.image.container import sniff
from myself_i2i.image.digest import require_same_picture
from myself_i2i.image.exif import EXIF_HEADER, orientation_exif, read_orientation
from myself_i2i.image.heif import manifest_box
from myself_i2i.image.heif_edit import remove_metadata_items
from myself_i2i.image.insertion import pack_chunk
from myself_i2i.image.interface import Format
from myself_i2i.image.riff import rebuild

if TYPE_CHECKING:
    from collections.abc import Callable

    from myself_i2i.image.interface import Container

__all__ = ["hidden_text_possible", "strip_generation_metadata"]

PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP mDCV cLLI bKGD hIST sPLT pHYs oFFs sTER "
    b"acTL fcTL fdAT tIME".split()
)
"""Chunks that decide how a PNG looks, its size and its time; no text and nothing unknown is among them."""
JPEG_KEPT = frozenset({jpeg.APP0, jpeg.APP2, jpeg.APP11, jpeg.APP14})
"""JFIF; colour profile and further pictures (MPF); JUMBF; Adobe's colour transform. All other APPn go."""
WEBP_KEPT = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
MPF_HEADER = b"MPF\0"
"""What opens an APP2 segment that points at further pictures after the end (CIPA DC-007)."""


def hidden_text_possible(container: Container) -> bool:
    """Whether text may be hidden in the low bits of the pixels, where stripping cannot reach it.

    Only pictures whose low bits survive can carry any; `read_stealth` on the decoded picture says whether one does.
    """
    return container.lossless


def strip_generation_metadata(data: bytes, *, drop_manifest: bool = False) -> bytes:
    """Return the file without text chunks, comments, EXIF, XMP, IPTC and unknown parts; the coded picture stays.

    Colour profiles and all else that decides how the picture looks are kept; of EXIF only an Orientation other than
    1. A C2PA manifest store is kept as it is (it then no longer matches the file) unless `drop_manifest`. Bytes after
    the end of the picture go, except further pictures that a JPEG lists (MPF).

    Text hidden in the low bits of the pixels CANNOT be removed without changing pixels: ask `hidden_text_possible`.
    Raises `InputError` when the file is too broken to be changed safely, `LimitError` past `LIMITS`.
    """
    stripped = _STRIPPERS[sniff(data)](data, drop_manifest)
    require_same_picture(data, stripped)
    return stripped


def _strip_png(data: bytes, drop_manifest: bool) -> bytes:  # noqa: FBT001 - one signature for all formats
    kept = PNG_KEPT if drop_manifest else PNG_KEPT | {b"caBX"}
    pieces: list[bytes | memoryview] = [png.MAGIC]
    view = memoryview(data)
    found = png.chunks(data)
    exif = next((data[chunk.body : chunk.end] for chunk in found if chunk.kind == b"eXIf"), b"")
    turned = read_orientation(exif)
    for chunk in found:
        if chunk.kind == b"IDAT" and turned != 1:
            pieces.append(pack_chunk(b"eXIf", orientation_exif(turned)))
            turned = 1
        if chunk.kind in kept:
            pieces.append(view[chunk.start : chunk.end + 4])
        if chunk.kind == b"IEND":
            break
    return b"".join(pieces)


def _strip_jpeg(data: bytes, drop_manifest: bool) -> bytes:  # noqa: FBT001 - one signature for all formats
    found, stop = jpeg.segments(data)
    edits: list[Edit] = []
    turned, place, listed = 1, 2, False
    for segment in found:
        marker, start, body, end = segment
        if marker == jpeg.APP0 and place == start:
            place = end
        if marker == jpeg.APP1 and data.startswith(EXIF_HEADER, body) and turned == 1:
            turned = read_orientation(data[body:end])
        listed = listed or (marker == jpeg.APP2 and data.startswith(MPF_HEADER, body))
        unwanted = jpeg.is_app(marker) and marker not in JPEG_KEPT
        if unwanted or marker == jpeg.COM or (drop_manifest and jpeg.is_manifest(data, segment)):
            edits.append(Edit(start, end, b""))
    if turned != 1:
        content = EXIF_HEADER + orientation_exif(turned)
        segment_bytes = struct.pack(">BBH", 0xFF, jpeg.APP1, len(content) + 2) + content
        edits.insert(0, Edit(place, place, segment_bytes))
    if not listed:
        edits.append(Edit(stop, len(data), b""))
    return splice(data, edits)


def _strip_webp(data: bytes, drop_manifest: bool) -> bytes:  # noqa: FBT001 - one signature for all formats
    kept = WEBP_KEPT if drop_manifest else WEBP_KEPT | {b"C2PA"}
    found = webp.chunks(data)
    parts = [(chunk.kind, data[chunk.body : chunk.end]) for chunk in found if chunk.kind in kept]
    exif = next((data[chunk.body : chunk.end] for chunk in found if chunk.kind == b"EXIF"), b"")
    if (turned := read_orientation(exif)) != 1:
        place = next((index for index, part in enumerate(parts) if part[0] == b"C2PA"), len(parts))
        parts.insert(place, (b"EXIF", orientation_exif(turned)))
    return rebuild(data, parts, trailer=False)


def _strip_avif(data: bytes, drop_manifest: bool) -> bytes:  # noqa: FBT001 - one signature for all formats
    """An AVIF is turned by its own properties (irot, imir), never by EXIF: no EXIF need stay."""
    place = manifest_box(data, boxes(data, 0, len(data))) if drop_manifest else None
    return remove_metadata_items(data, place[0] if place else None)


_STRIPPERS: dict[Format, Callable[[bytes, bool], bytes]] = {
    Format.PNG: _strip_png,
    Format.JPEG: _strip_jpeg,
    Format.WEBP: _strip_webp,
    Format.AVIF: _strip_avif,
}
