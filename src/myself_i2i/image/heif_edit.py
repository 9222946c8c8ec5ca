"""Changing the metadata items of an AVIF: everything that moves has its offset rewritten.

A moving picture keeps a second `meta` box in its first picture track; libavif reads XMP and EXIF of such a file only
there, so both are kept in step. What stands there is put inside the box itself (`idat`): c2pa-rs 0.91 moves the file
when it signs and corrects only the first `meta` box, and libavif then refuses the whole picture for its EXIF.
ISO/IEC 14496-12: meta 8.11, stco and co64 8.7.5.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image._splice import Edit, moved, splice
from myself_i2i.image.bmff import Box, boxes, child, pack_box
from myself_i2i.image.heif_cuts import cuts, pack_idat, resized
from myself_i2i.image.heif_meta import IN_FILE, IN_IDAT, XMP_TYPE, Item, Meta, Reference, item_bytes
from myself_i2i.image.heif_plan import File, Plan, open_file, tracks
from myself_i2i.image.heif_tables import SHORT_ID, pack_iinf, pack_iloc, pack_iref, pack_new_meta, xmp_entry
from myself_i2i.wording import Text

__all__ = ["insert_xmp_item", "remove_metadata_items"]


def insert_xmp_item(data: bytes, packet: bytes) -> bytes:
    """Return the AVIF with `packet` as its XMP item, appended as a new `mdat`; an XMP item there is replaced.

    Raises `InputError` when the file is too broken to be written, `LimitError` when no item number is left.
    """
    file = open_file(data)
    # In the file as it is, the packet begins behind the header of the box that will follow the last byte.
    extents = ((0, len(data) + 8, len(packet)),)
    plans = []
    for meta, holders in file.metas:
        old = [item for item in meta.items.values() if item.is_xmp]
        number = old[0].id if old else _free(meta)
        item = Item(number, b"mime", XMP_TYPE, old[0].entry if old else xmp_entry(number), extents=extents)
        others = {item.id for item in old[1:]}
        references = [link for link in meta.references if link.source not in others]
        if meta.primary and not any(link.kind == b"cdsc" and link.source == number for link in references):
            references.append(Reference(b"cdsc", number, (meta.primary,)))
        items = {key: kept for key, kept in meta.items.items() if key not in others} | {number: item}
        plan = Plan(meta, holders, items, references, old)
        plans.append(_inlined(file, plan, packet) if holders else plan)
    return _rewrite(file, plans, _track_without_meta(file, packet), packet)


def _inlined(file: File, plan: Plan, packet: bytes) -> Plan:
    """Return the plan with EXIF and XMP inside its own box, where no move of the file can lose them."""
    if any(item.method == IN_IDAT and not item.is_metadata for item in plan.items.values()):
        return plan  # its idat box holds a picture too, and stays
    body = bytearray()
    items = dict(plan.items)
    for number, item in plan.items.items():
        content = b""
        if item.is_metadata:
            content = packet if item.is_xmp else item_bytes(file.data, plan.meta, item)
        if content:
            items[number] = replace(item, method=IN_IDAT, outside=0, extents=((0, len(body), len(content)),))
            body += content
    gone = [item for item in plan.meta.items.values() if item.is_metadata]
    return plan._replace(items=items, gone=gone, data=bytes(body))


def remove_metadata_items(data: bytes, box: Box | None = None) -> bytes:
    """Return the AVIF without EXIF, XMP and other items that are no picture: entries, references and bytes go.

    `box` is a top-level box that goes too; it MUST NOT hold any item's bytes.
    """
    file = open_file(data)
    plans = []
    for meta, holders in file.metas:
        gone = [item for item in meta.items.values() if item.is_metadata]
        numbers = {item.id for item in gone}
        items = {key: item for key, item in meta.items.items() if key not in numbers}
        references = [link for link in meta.references if link.source not in numbers]
        inside = any(item.method == IN_IDAT for item in items.values())
        plans.append(Plan(meta, holders, items, references, gone, None if inside else b""))
    if box is None and not any(plan.gone for plan in plans):
        return data
    extra = [Edit(box.start, box.end, b"")] if box else []
    return _rewrite(file, plans, [(edit, ()) for edit in extra], None)


def _track_without_meta(file: File, packet: bytes) -> list[tuple[Edit, tuple[Box, ...]]]:
    """Return the edit that gives the first picture track a `meta` box where it has none."""
    for holders in tracks(file.data, file.top):
        inside = boxes(file.data, holders[-1].body, holders[-1].end)
        media = child(inside, b"mdia")
        handler = child(boxes(file.data, media.body, media.end), b"hdlr") if media else None
        if media is None or handler is None or file.data[handler.body + 8 : handler.body + 12] != b"pict":
            continue
        if child(inside, b"meta") is not None:
            return []
        return [(Edit(media.start, media.start, pack_new_meta(packet)), holders)]
    return []


def _free(meta: Meta) -> int:
    used = set(meta.items) | {number for link in meta.references for number in (link.source, *link.targets)}
    for number in range(1, SHORT_ID + 1):
        if number not in used:
            return number
    raise limit_error(Text(en="item numbers in use", ja="使用中のアイテム番号"), len(used), SHORT_ID)


def _rewrite(
    file: File, plans: list[Plan], extra: list[tuple[Edit, tuple[Box, ...]]], packet: bytes | None
) -> bytes:
    """Return the file with the new tables, without the bytes of items that go, and with `packet` appended.

    1. measure the new meta boxes; 2. cut what goes; 3. give the boxes around them their new sizes; 4. with every size
    known, fill in where each item now lies; 5. correct the chunk offsets of a moving picture; 6. append the packet.
    """
    data, top, _ = file
    edits = [_meta_edit(file, plan) for plan in plans]  # 1
    held = [*zip(edits, (plan.holders for plan in plans), strict=True), *extra]
    edits += [edit for edit, _ in extra]
    edits += cuts(file, plans)  # 2
    edits += _holder_edits(data, held)  # 3
    if packet is not None:
        edits += _close_last(data, top, edits)
    for index, plan in enumerate(plans):  # 4
        items = {number: _moved_item(item, edits, len(data)) for number, item in plan.items.items()}
        edits[index] = _meta_edit(file, plan._replace(items=items))
    edits += _chunk_offset_edits(data, top, edits)  # 5
    return splice(data, edits) + (b"" if packet is None else pack_box(b"mdat", packet))  # 6


def _meta_edit(file: File, plan: Plan) -> Edit:
    """Return the edit that writes the plan's tables into its meta box; the other boxes in it stay as they are."""
    data, meta = file.data, plan.meta
    iref = pack_iref(plan.references)
    pieces = [data[meta.box.body : meta.box.body + 4]]
    for part in meta.parts:
        if part.kind == b"iinf":
            pieces.append(pack_iinf(plan.items))
            if child(meta.parts, b"iref") is None:
                pieces.append(iref)
        elif part.kind == b"iloc":
            pieces.append(pack_iloc(plan.items))
        elif part.kind == b"iref":
            pieces.append(iref)
        elif part.kind == b"idat":
            pieces.append(pack_idat(file, part, plan) if plan.data is None else b"")
        else:
            pieces.append(data[part.start : part.end])
    if plan.data:
        pieces.append(pack_box(b"idat", plan.data))
    return Edit(meta.box.start, meta.box.end, pack_box(b"meta", b"".join(pieces)))


def _holder_edits(data: bytes, held: list[tuple[Edit, tuple[Box, ...]]]) -> list[Edit]:
    grown: dict[Box, int] = {}
    for (start, end, new), holders in held:
        for box in holders:
            grown[box] = grown.get(box, 0) + len(new) - (end - start)
    return [edit for box, more in grown.items() for edit in resized(data, box, box.end - box.start + more)]


def _moved_item(item: Item, edits: list[Edit], size: int) -> Item:
    if item.method != IN_FILE or item.outside:
        return item
    # A length of 0 means "to the end of the file", and something may stand behind that now.
    extents = tuple(
        (index, moved(at, edits), length or max(0, size - at)) for index, at, length in item.extents
    )
    return replace(item, extents=extents)


def _close_last(data: bytes, top: list[Box], edits: list[Edit]) -> list[Edit]:
    """Give the last box its size where it said "to the end of the file": something comes after it now."""
    last = top[-1]
    if data[last.start : last.start + 4] != bytes(4) or any(
        edit.start <= last.start < edit.end for edit in edits
    ):
        return []
    size = (
        last.end
        - last.start
        + sum(len(new) - (end - start) for start, end, new in edits if start >= last.body)
    )
    return [Edit(last.start, last.start + 4, struct.pack(">I", size))]


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
                stated = int.from_bytes(data[box.body + 4 : first], "big")
                count = max(0, min(stated, (box.end - first) // width))
                old = struct.unpack_from(f">{count}{letter}", data, first)
                if any(offset > len(data) for offset in old):
                    raise InputError(
                        Text(
                            en="a chunk of a track is not in the file",
                            ja="トラックのデータがファイルの外を指しています",
                        )
                    )
                new = struct.pack(f">{count}{letter}", *(moved(offset, edits) for offset in old))
                found.append(Edit(first, first + count * width, new))
    return found
