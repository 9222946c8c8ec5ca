"""What an AVIF or HEIF file says about itself (ISO/IEC 23008-12; AV1 AVIF 1.1; C2PA 2.2 appendix A.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image.bmff import Box, Cursor, boxes
from myself_i2i.image.exif import read_exif
from myself_i2i.image.heif_meta import item_bytes, read_meta

if TYPE_CHECKING:
    from myself_i2i.image._findings import Findings
    from myself_i2i.image.heif_meta import Item, Meta

__all__ = ["C2PA_BOX_UUID", "is_heif", "manifest_box", "read"]

BRANDS = frozenset({b"avif", b"avis"})
OTHER_BRANDS = frozenset({b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
C2PA_BOX_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box that holds C2PA data (C2PA 2.2, appendix A.5.1)."""
ALPHA_TYPES = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")


def is_heif(data: bytes) -> bool:
    """Whether the bytes open with an `ftyp` box of a still or moving AVIF or HEIF picture."""
    return data[4:8] == b"ftyp" and bool((BRANDS | OTHER_BRANDS) & _brands(data))


def _brands(data: bytes) -> set[bytes]:
    size = min(int.from_bytes(data[:4], "big"), 512, len(data))
    return {data[8:12], *(data[at : at + 4] for at in range(16, size - 3, 4))}


def manifest_box(data: bytes, top: list[Box]) -> tuple[Box, int] | None:
    """Return the box with the C2PA manifest store and where the store begins, or None.

    Layout: uuid, version and flags, purpose as a C string, for "manifest" then a 64-bit Merkle offset.
    """
    for box in top:
        if box.kind == b"uuid" and data.startswith(C2PA_BOX_UUID, box.body):
            cursor = Cursor(data, min(box.body + 20, box.end), box.end)
            if cursor.string() in {b"manifest", b"original", b"update"} and cursor.left >= 8:  # noqa: PLR2004 - the Merkle offset
                return box, cursor.position + 8
    return None


def read(data: bytes, found: Findings) -> None:
    """Add to `found` everything the AVIF says about itself."""
    top = boxes(data, 0, len(data), found.note)
    if not BRANDS & _brands(data):
        found.note(f"brand {data[8:12].decode('latin-1')!r}: HEIF that is not AVIF")
    if (place := manifest_box(data, top)) is not None:
        found.add_manifest_store(data[place[1] : place[0].end], "uuid")
    try:
        meta = read_meta(data, top)
    except LimitError:
        raise
    except InputError as error:
        found.note(f"meta: {error}")
        return
    if meta is None:
        found.note("no meta box: nothing else can be read")
        return
    _read_size(data, meta, found)
    for item in meta.items.values():
        if item.kind == b"Exif" or item.is_xmp:
            try:
                _read_item(data, meta, item, found)
            except LimitError:
                raise
            except InputError as error:
                found.note(str(error))


def _read_item(data: bytes, meta: Meta, item: Item, found: Findings) -> None:
    raw = item_bytes(data, meta, item)
    if item.is_xmp:
        found.add_xmp(raw, "mime item")
        return
    skipped = int.from_bytes(raw[:4], "big")  # exif_tiff_header_offset (ISO/IEC 23008-12, annex A.2.1)
    found.add_exif(read_exif(raw[4 + skipped :], found.note))


def _read_size(data: bytes, meta: Meta, found: Findings) -> None:
    extents = meta.of(meta.primary, b"ispe")
    if extents is None or extents.end - extents.body < 12:  # noqa: PLR2004 - version, width, height
        found.note("the primary item has no size")
    else:
        found.width = int.from_bytes(data[extents.body + 4 : extents.body + 8], "big")
        found.height = int.from_bytes(data[extents.body + 8 : extents.body + 12], "big")
    found.has_alpha = any(
        box.kind == b"auxC" and data.startswith(ALPHA_TYPES, box.body + 4) for box in meta.properties
    )
