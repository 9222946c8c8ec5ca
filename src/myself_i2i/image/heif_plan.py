"""An AVIF opened for a change: its `meta` boxes, and what shall be in each."""

from __future__ import annotations

from typing import NamedTuple

from myself_i2i.errors import InputError
from myself_i2i.image.bmff import LARGE_SIZE, TO_THE_END, Box, boxes, child
from myself_i2i.image.heif_meta import Item, Meta, Reference, item_ranges, read_meta
from myself_i2i.wording import Text

__all__ = ["File", "Plan", "open_file", "spans_of", "tracks"]


class Plan(NamedTuple):
    """One `meta` box and what shall be in it."""

    meta: Meta
    holders: tuple[Box, ...]
    """The boxes it stands in, whose sizes change with it."""
    items: dict[int, Item]
    references: list[Reference]
    gone: list[Item]
    data: bytes | None = None
    """What its `idat` box shall hold (nothing: no such box); None leaves that box as it is."""


class File(NamedTuple):
    """An AVIF taken apart."""

    data: bytes
    top: list[Box]
    metas: list[tuple[Meta, tuple[Box, ...]]]


def open_file(data: bytes) -> File:
    """Return the AVIF taken apart; raises `InputError` when it is too broken to be written."""
    top = boxes(data, 0, len(data))
    metas = [(meta, ()) for meta in [read_meta(data, top)] if meta is not None]
    if not metas or not metas[0][0].primary or not _writable(data, metas[0][0]):
        raise InputError(
            Text(
                en="the AVIF has no complete meta box to write into",
                ja="AVIFに書き込めるmetaボックスがありません",
            )
        )
    if not _is_whole(data, top[-1]):
        raise InputError(
            Text(en="the AVIF is cut off: its last box does not fit", ja="AVIFが途中で切れています"),
        )
    if child(top, b"moof"):
        raise InputError(
            Text(
                en="the AVIF is a fragmented movie, which is not written",
                ja="分割された動画形式のAVIFには書き込めません",
            )
        )
    nested: list[tuple[Meta, tuple[Box, ...]]] = []
    for holders in tracks(data, top):
        meta = read_meta(data, boxes(data, holders[-1].body, holders[-1].end))
        if meta is not None and _writable(data, meta):
            nested.append((meta, holders))
    return File(data, top, [*metas, *nested])


def _is_whole(data: bytes, last: Box) -> bool:
    """Whether the last box ends where the file ends and says so: what is put after it must stand outside it."""
    size = int.from_bytes(data[last.start : last.start + 4], "big")
    if size == LARGE_SIZE:
        size = int.from_bytes(data[last.start + 8 : last.start + 16], "big")
    return last.end == len(data) and size in {TO_THE_END, last.end - last.start}


def tracks(data: bytes, top: list[Box]) -> list[tuple[Box, ...]]:
    """Return each track with the box that holds it, outermost first."""
    return [
        (moov, trak)
        for moov in top
        if moov.kind == b"moov"
        for trak in boxes(data, moov.body, moov.end)
        if trak.kind == b"trak"
    ]


def _writable(data: bytes, meta: Meta) -> bool:
    """Whether the tables can be written anew without losing an entry that we cannot read."""
    iinf = child(meta.parts, b"iinf")
    if iinf is None or child(meta.parts, b"iloc") is None:
        return False
    entries = boxes(data, iinf.body + (6 if data[iinf.body] == 0 else 8), iinf.end)
    return len(entries) == sum(bool(item.entry) for item in meta.items.values())


def spans_of(file: File, meta: Meta, item: Item) -> list[tuple[int, int]]:
    """Return where the item's bytes lie; nothing when they are not in the file."""
    try:
        return [span for span in item_ranges(file.data, meta, item, len(file.data)) if span[0] < span[1]]
    except InputError:
        return []
