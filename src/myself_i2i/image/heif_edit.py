"""Changing the metadata items of an AVIF: everything that moves has its offset rewritten.

ISO/IEC 14496-12: iloc 8.11.3, iinf 8.11.6, iref 8.11.12, stco and co64 8.7.5. The new `iloc` gives absolute 32-bit
offsets for everything in the file, so its size is known before the offsets are.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image._splice import Edit, moved, splice
from myself_i2i.image.bmff import Box, boxes, child, pack_box, pack_full_box
from myself_i2i.image.heif_meta import (
    IN_FILE,
    IN_IDAT,
    XMP_TYPE,
    Item,
    Meta,
    Reference,
    item_ranges,
    read_meta,
)
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["insert_xmp_item", "remove_items"]

SHORT_ID = 0xFFFF
LARGEST = 2**32 - 1


class _File(NamedTuple):
    """An AVIF taken apart."""

    data: bytes
    top: list[Box]
    meta: Meta


def insert_xmp_item(data: bytes, packet: bytes) -> bytes:
    """Return the AVIF with `packet` as its XMP item, appended as a new `mdat`; an XMP item there is replaced.

    Raises `InputError` when `meta` is missing or broken, `LimitError` when no item number is left.
    """
    file = _open(data)
    meta = file.meta
    old = [item for item in meta.items.values() if item.is_xmp]
    kept = {number: item for number, item in meta.items.items() if item not in old}
    number = old[0].id if old else _free(meta)
    entry = old[0].entry if old else _xmp_entry(number)
    references = [link for link in meta.references if link.source not in {item.id for item in old[1:]}]
    if not any(link.kind == b"cdsc" and link.source == number for link in references):
        references.append(Reference(b"cdsc", number, (meta.primary,)))
    item = Item(
        number, b"mime", XMP_TYPE, entry, extents=((0, len(data) + 8, len(packet)),)
    )  # behind the header of the box to come
    return _rewrite(file, kept | {number: item}, references, _cuts(file, kept, old), packet)


def remove_items(data: bytes, unwanted: Collection[int], box: Box | None = None) -> bytes:
    """Return the AVIF without the items of these numbers: their entries, references and bytes are gone.

    `box` is a top-level box that goes too; it MUST NOT hold any item's bytes.
    """
    file = _open(data)
    kept = {number: item for number, item in file.meta.items.items() if number not in unwanted}
    references = [link for link in file.meta.references if link.source not in unwanted]
    gone = [item for number, item in file.meta.items.items() if number in unwanted]
    cuts = _cuts(file, kept, gone)
    if box is not None:
        cuts.append(Edit(box.start, box.end, b""))
    return _rewrite(file, kept, references, cuts, None)


def _open(data: bytes) -> _File:
    top = boxes(data, 0, len(data))
    meta = read_meta(data, top)
    iinf = child(meta.parts, b"iinf") if meta else None
    if meta is None or iinf is None or child(meta.parts, b"iloc") is None or not meta.primary:
        raise InputError(
            Text(
                en="the AVIF has no complete meta box to write into",
                ja="AVIFに書き込めるmetaボックスがありません",
            )
        )
    entries = boxes(data, iinf.body + (6 if data[iinf.body] == 0 else 8), iinf.end)
    # An entry we cannot read would be lost by writing the list anew.
    if len(entries) != sum(bool(item.entry) for item in meta.items.values()):
        raise InputError(
            Text(
                en="the AVIF lists items of a kind not known",
                ja="AVIFの項目一覧に未対応の形式が含まれています",
            )
        )
    if child(top, b"moof"):
        raise InputError(
            Text(
                en="the AVIF is a fragmented movie, which is not written",
                ja="分割された動画形式のAVIFには書き込めません",
            )
        )
    return _File(data, top, meta)


def _free(meta: Meta) -> int:
    used = set(meta.items) | {number for link in meta.references for number in (link.source, *link.targets)}
    for number in range(1, SHORT_ID + 1):
        if number not in used:
            return number
    raise limit_error(Text(en="item numbers in use", ja="使用中のアイテム番号"), len(used), SHORT_ID)


def _xmp_entry(number: int) -> bytes:
    return pack_full_box(
        b"infe", 2, 0, struct.pack(">HH4s", number, 0, b"mime") + b"XMP\0" + XMP_TYPE + b"\0"
    )


def _rewrite(
    file: _File, items: dict[int, Item], references: list[Reference], cuts: list[Edit], packet: bytes | None
) -> bytes:
    """Return the file with the new tables, without what `cuts` takes out, and with `packet` appended.

    1. measure the new meta box; 2. append the packet; 3. with every size known, fill in where each item now lies;
    4. correct the chunk offsets of a moving picture.
    """
    data, top, meta = file
    place = meta.box
    edits = [Edit(place.start, place.end, _pack_meta(file, items, references)), *cuts]  # 1
    tail = b""
    if packet is not None:  # 2
        edits += _close_last(data, top)
        tail = pack_box(b"mdat", packet)
    items = {number: _moved_item(item, edits, len(data)) for number, item in items.items()}  # 3
    edits[0] = Edit(place.start, place.end, _pack_meta(file, items, references))
    edits += _chunk_offset_edits(data, top, edits)  # 4
    return splice(data, edits) + tail


def _moved_item(item: Item, edits: list[Edit], size: int) -> Item:
    if item.method != IN_FILE or item.outside:
        return item
    # A length of 0 means "to the end of the file", and something may stand behind that now.
    extents = tuple(
        (index, moved(at, edits), length or max(0, size - at)) for index, at, length in item.extents
    )
    return replace(item, extents=extents)


def _close_last(data: bytes, top: list[Box]) -> list[Edit]:
    """Give the last box its size where it said "to the end of the file": something comes after it now."""
    last = top[-1]
    if data[last.start : last.start + 4] != bytes(4):
        return []
    return [Edit(last.start, last.start + 4, struct.pack(">I", last.end - last.start))]


def _cuts(file: _File, items: dict[int, Item], gone: list[Item]) -> list[Edit]:
    """Return the edits that take the bytes of `gone` items out of the file, so that no old prompt stays behind.

    Bytes inside `idat` are left to `_pack_idat`; bytes that another item also uses stay.
    """
    used = _merge(chain.from_iterable(_spans(file, item) for item in items.values() if item not in gone))
    unused = [
        span
        for item in gone
        if item.method == IN_FILE
        for span in _spans(file, item)
        if not _touches(used, span)
    ]
    edits: list[Edit] = []
    for box in file.top:
        spans = _merge(span for span in unused if box.body <= span[0] and span[1] <= box.end)
        if box.kind != b"mdat" or not spans:
            continue
        if spans == [(box.body, box.end)]:
            edits.append(Edit(box.start, box.end, b""))
            continue
        size = box.end - box.start - sum(end - start for start, end in spans)
        wide = box.body - box.start > 8  # noqa: PLR2004 - a 64-bit size follows the kind
        field = Edit(box.start + 8, box.body, struct.pack(">Q", size)) if wide else None
        edits += [field or Edit(box.start, box.start + 4, struct.pack(">I", size))]
        edits += [Edit(start, end, b"") for start, end in spans]
    return edits


def _spans(file: _File, item: Item) -> list[tuple[int, int]]:
    """Return where the item's bytes lie; nothing when they are not in the file."""
    try:
        return [span for span in item_ranges(file.data, file.meta, item, len(file.data)) if span[0] < span[1]]
    except InputError:
        return []


def _touches(merged: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether `span` shares a byte with one of the spans, which are in order and apart."""
    place = bisect_left(merged, (span[1], 0))
    return place > 0 and merged[place - 1][1] > span[0]


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that touch or overlap joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pack_meta(file: _File, items: dict[int, Item], references: list[Reference]) -> bytes:
    """Return the meta box with new iinf, iloc and iref; its other boxes stay as they are."""
    data, _, meta = file
    iref = _pack_iref(references)
    pieces = [data[meta.box.body : meta.box.body + 4]]
    for part in meta.parts:
        if part.kind == b"iinf":
            pieces.append(_pack_iinf(items))
            if child(meta.parts, b"iref") is None:
                pieces.append(iref)
        elif part.kind == b"iloc":
            pieces.append(_pack_iloc(items))
        elif part.kind == b"iref":
            pieces.append(iref)
        elif part.kind == b"idat":
            pieces.append(_pack_idat(file, part, items))
        else:
            pieces.append(data[part.start : part.end])
    return pack_box(b"meta", b"".join(pieces))


def _pack_iinf(items: dict[int, Item]) -> bytes:
    entries = [item.entry for item in items.values() if item.entry]
    wide = len(entries) > SHORT_ID
    count = struct.pack(">I" if wide else ">H", len(entries))
    return pack_full_box(b"iinf", int(wide), 0, count + b"".join(entries))


def _pack_iloc(items: dict[int, Item]) -> bytes:
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


def _pack_iref(references: list[Reference]) -> bytes:
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


def _pack_idat(file: _File, box: Box, items: dict[int, Item]) -> bytes:
    """Return the idat box with the bytes of items that went set to zero: cutting would move the others."""
    body = bytearray(file.data[box.body : box.end])
    kept = [item for item in items.values() if item.method == IN_IDAT]
    used = _merge(chain.from_iterable(_spans(file, item) for item in kept))
    for item in file.meta.items.values():
        if item.method == IN_IDAT and item not in kept:
            for start, end in _spans(file, item):
                if not _touches(used, (start, end)):
                    body[start - box.body : end - box.body] = bytes(end - start)
    return pack_box(b"idat", bytes(body))


def _chunk_offset_edits(data: bytes, top: list[Box], edits: list[Edit]) -> list[Edit]:
    """Return the edits that correct `stco` and `co64` of every track; each keeps its size."""
    found: list[Edit] = []
    level = [box for box in top if box.kind == b"moov"]
    for kind in (b"trak", b"mdia", b"minf", b"stbl"):
        level = [inner for box in level for inner in boxes(data, box.body, box.end) if inner.kind == kind]
    for table in level:
        for box in boxes(data, table.body, table.end):
            if box.kind in {b"stco", b"co64"}:
                letter, width = ("I", 4) if box.kind == b"stco" else ("Q", 8)
                first = box.body + 8
                count = max(0, (box.end - first) // width)
                old = struct.unpack_from(f">{count}{letter}", data, first)
                new = struct.pack(f">{count}{letter}", *(moved(offset, edits) for offset in old))
                found.append(Edit(first, first + count * width, new))
    return found
