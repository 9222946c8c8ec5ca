"""Taking the bytes of metadata items out of an AVIF, and only those."""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import TYPE_CHECKING

from myself_i2i.image._splice import Edit
from myself_i2i.image.bmff import Box, pack_box
from myself_i2i.image.heif_meta import IN_FILE, IN_IDAT
from myself_i2i.image.heif_parts import heif_parts
from myself_i2i.image.heif_plan import File, Plan, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cuts", "pack_idat", "resized"]


def cuts(file: File, plans: list[Plan]) -> list[Edit]:
    """Return the edits that take the bytes of items that go out of the file, so that no old prompt stays behind.

    Bytes inside `idat` are left to `pack_idat`; bytes that a picture or another item also uses stay. Raises
    `InputError` when the picture is not where the file says: then nothing can be cut safely.
    """
    kept = [
        span for part in heif_parts(file.data) if part.label in {b"data", b"sample"} for span in part.ranges
    ]
    for plan in plans:
        for item in plan.items.values():
            kept += spans_of(file, plan.meta, item)
    used = _merge(kept)
    unused = [
        span
        for plan in plans
        for item in plan.gone
        if item.method == IN_FILE
        for span in spans_of(file, plan.meta, item)
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
        edits += resized(file.data, box, box.end - box.start - sum(end - start for start, end in spans))
        edits += [Edit(start, end, b"") for start, end in spans]
    return edits


def pack_idat(file: File, box: Box, plan: Plan) -> bytes:
    """Return the idat box with the bytes of items that went set to zero: cutting would move the others."""
    body = bytearray(file.data[box.body : box.end])
    kept = [item for item in plan.items.values() if item.method == IN_IDAT]
    used = _merge(span for item in kept for span in spans_of(file, plan.meta, item))
    for item in plan.gone:
        if item.method == IN_IDAT:
            for start, end in spans_of(file, plan.meta, item):
                if not _touches(used, (start, end)):
                    body[start - box.body : end - box.body] = bytes(end - start)
    return pack_box(b"idat", bytes(body))


def resized(data: bytes, box: Box, size: int) -> list[Edit]:
    """Return the edit that gives a box another size, in the field it has for it."""
    if box.body - box.start > 8:  # noqa: PLR2004 - a 64-bit size follows the kind
        return [Edit(box.start + 8, box.start + 16, struct.pack(">Q", size))]
    if data[box.start : box.start + 4] == bytes(4):
        return []  # "to the end of the file" stays true, or `_close_last` sees to it
    return [Edit(box.start, box.start + 4, struct.pack(">I", size))]


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
