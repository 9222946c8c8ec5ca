"""Writing the tables of a `meta` box anew: `iinf`, `iloc` and `iref` (ISO/IEC 14496-12, 8.11.3, 8.11.6, 8.11.12).

`iloc` is written with absolute 4-byte offsets, so its size depends only on how many items and extents there are and
is known before the offsets are.
"""

from __future__ import annotations

import struct

from myself_i2i.image._findings import limit_error
from myself_i2i.image.bmff import pack_box, pack_full_box
from myself_i2i.image.heif_meta import IN_FILE, IN_IDAT, XMP_TYPE, Item, Reference
from myself_i2i.wording import Text

__all__ = ["SHORT_ID", "pack_iinf", "pack_iloc", "pack_iref", "pack_new_meta", "xmp_entry"]

SHORT_ID = 0xFFFF
LARGEST = 2**32 - 1


def xmp_entry(number: int) -> bytes:
    """Return the `infe` box of an XMP item."""
    return pack_full_box(
        b"infe", 2, 0, struct.pack(">HH4s", number, 0, b"mime") + b"XMP\0" + XMP_TYPE + b"\0"
    )


def pack_iinf(items: dict[int, Item]) -> bytes:
    """Return the list of items; entries stand as they were."""
    entries = [item.entry for item in items.values() if item.entry]
    wide = len(entries) > SHORT_ID
    count = struct.pack(">I" if wide else ">H", len(entries))
    return pack_full_box(b"iinf", int(wide), 0, count + b"".join(entries))


def pack_iloc(items: dict[int, Item]) -> bytes:
    """Return an iloc with 4-byte offsets and lengths and no base offset, in the lowest version that can say it."""
    version = 0
    if any(item.method != IN_FILE or any(extent[0] for extent in item.extents) for item in items.values()):
        version = 1
    if any(number > SHORT_ID for number in items) or len(items) > SHORT_ID:
        version = 2
    number_format = ">I" if version == 2 else ">H"  # noqa: PLR2004 - version 2 has 32-bit numbers
    index_size = 4 if version else 0
    pieces = [struct.pack(">BB", 0x44, index_size), struct.pack(number_format, len(items))]
    for item in items.values():
        pieces.append(struct.pack(number_format, item.id))
        if version:
            pieces.append(struct.pack(">H", item.method))
        pieces.append(struct.pack(">HH", item.outside, len(item.extents)))
        for index, offset, length in item.extents:
            if max(index, offset, length) > LARGEST:
                raise limit_error(
                    Text(en="item offset", ja="アイテムの位置"), max(index, offset, length), LARGEST
                )
            pieces.append(
                struct.pack(">III", index, offset, length) if version else struct.pack(">II", offset, length)
            )
    return pack_full_box(b"iloc", version, 0, b"".join(pieces))


def pack_iref(references: list[Reference]) -> bytes:
    """Return the references, or nothing when there are none."""
    wide = any(max(link.source, *link.targets, 0) > SHORT_ID for link in references)
    letter = "I" if wide else "H"
    body = b"".join(
        pack_box(
            link.kind,
            struct.pack(
                f">{letter}H{len(link.targets)}{letter}", link.source, len(link.targets), *link.targets
            ),
        )
        for link in references
    )
    return pack_full_box(b"iref", int(wide), 0, body) if references else b""


def pack_new_meta(packet: bytes) -> bytes:
    """Return a `meta` box with one XMP item inside, for a track that has none, in the form libavif reads."""
    handler = pack_full_box(b"hdlr", 0, 0, bytes(4) + b"pict" + bytes(12) + b"\0")
    item = Item(1, b"mime", XMP_TYPE, xmp_entry(1), method=IN_IDAT, extents=((0, 0, len(packet)),))
    tables = pack_iloc({1: item}) + pack_iinf({1: item})
    return pack_full_box(b"meta", 0, 0, handler + tables + pack_box(b"idat", packet))
