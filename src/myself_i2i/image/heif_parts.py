"""What decides the pixels of an AVIF or HEIF file, wherever in the file it lies (spec/image-data-digest.md).

Signing and XMP move everything in such a file and rewrite every offset; so offsets are followed, never hashed.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image.bmff import Box, Cursor, boxes, child
from myself_i2i.image.heif_meta import Meta, item_ranges, read_meta
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Part", "heif_parts"]

DESCRIPTIVE = frozenset({b"udes", b"crtt", b"mdft", b"altt"})
"""Properties that only describe: names, times, alternative text (ISO/IEC 23008-12, section 6.5)."""
ICC_KINDS = (b"prof", b"rICC")


class Part(NamedTuple):
    """One labelled part that is hashed: first `inline`, then the ranges of the file."""

    label: bytes
    """What it is; ASCII without spaces."""
    ranges: tuple[tuple[int, int], ...]
    """Where it lies in the file."""
    inline: bytes = b""
    """What is hashed before the ranges and does not stand in the file in this form."""

    @property
    def length(self) -> int:
        """How many bytes it has in all."""
        return len(self.inline) + sum(end - start for start, end in self.ranges)


def heif_parts(data: bytes) -> Iterator[Part]:
    """Yield the parts of a still picture (`meta`), then of a moving one (`moov`).

    Raises `InputError` when an item or a sample is not where the file says, `LimitError` past the bounds.
    """
    top = boxes(data, 0, len(data))
    budget = 2 * len(data)  # items may share bytes; a thousand items that are each the whole file may not
    meta = read_meta(data, top)
    if meta is not None:
        yield Part(b"pitm", (), struct.pack(">I", meta.primary))
        for part in _item_parts(data, meta):
            budget = _spend(budget, part)
            yield part
    if moov := child(top, b"moov"):
        for trak in boxes(data, moov.body, moov.end):
            if trak.kind == b"trak":
                for part in _track_parts(data, trak):
                    budget = _spend(budget, part)
                    yield part


def _spend(budget: int, part: Part) -> int:
    if part.length > budget:
        raise limit_error(Text(en="bytes of all items", ja="全アイテムのバイト数"), f">{budget}", budget)
    return budget - part.length


def _item_parts(data: bytes, meta: Meta) -> Iterator[Part]:
    pictures = {number for number, item in meta.items.items() if item.kind and not item.is_metadata}
    for number in sorted(pictures):
        item = meta.items[number]
        yield Part(b"item", (), struct.pack(">I4s", number, item.kind))
        for index in meta.associations.get(number, ()):
            if 0 < index <= len(meta.properties) and not _descriptive(data, meta.properties[index - 1]):
                box = meta.properties[index - 1]
                yield Part(b"property", ((box.body, box.end),), box.kind)
        yield Part(b"data", tuple(item_ranges(data, meta, item, 2 * len(data))))
    links = [
        struct.pack(f">4sI{len(link.targets)}I", link.kind, link.source, *link.targets)
        for link in meta.references
        if pictures.issuperset({link.source, *link.targets})
    ]
    for packed in sorted(links):
        yield Part(b"reference", (), packed)


def _descriptive(data: bytes, box: Box) -> bool:
    """Whether a property only describes; colour profiles count, as in the other formats, coding colours do not."""
    return box.kind in DESCRIPTIVE or (box.kind == b"colr" and data.startswith(ICC_KINDS, box.body))


def _track_parts(data: bytes, trak: Box) -> Iterator[Part]:
    """Yield how a track is coded and timed, then its samples in order (ISO/IEC 14496-12, section 8.5)."""
    box: Box | None = trak
    for kind in (b"mdia", b"minf", b"stbl"):
        box = child(boxes(data, box.body, box.end), kind) if box else None
    if box is None:
        raise InputError(_outside("stbl"))
    table = boxes(data, box.body, box.end)
    for kind in (b"stsd", b"stts", b"ctts"):
        if found := child(table, kind):
            yield Part(kind, ((found.body, found.end),))
    yield Part(b"sample", tuple(_samples(data, table)))


def _samples(data: bytes, table: list[Box]) -> Iterator[tuple[int, int]]:
    sizes = _sizes(data, table)
    runs = _runs(data, table)
    position, run = 0, 0
    for index, start in enumerate(_chunk_offsets(data, table), start=1):
        while run + 1 < len(runs) and runs[run + 1][0] <= index:
            run += 1
        count = runs[run][1] if runs else 0
        length = sum(sizes[position : position + count])
        if start + length > len(data):
            raise InputError(_outside("stco"))
        position += count
        yield start, start + length


def _bounded(count: int) -> int:
    if count > LIMITS.chunks:
        raise limit_error(Text(en="samples in a track", ja="トラックのサンプル数"), count, LIMITS.chunks)
    return count


def _sizes(data: bytes, table: list[Box]) -> list[int]:
    box = child(table, b"stsz")
    if box is None:
        raise InputError(_outside("stsz"))
    cursor = Cursor(data, box.body + 4, box.end)
    same, count = cursor.number(4), _bounded(cursor.number(4))
    return [same or cursor.number(4) for _ in range(count)]


def _runs(data: bytes, table: list[Box]) -> list[tuple[int, int]]:
    """Return (first chunk, samples per chunk) pairs of `stsc`."""
    box = child(table, b"stsc")
    if box is None:
        raise InputError(_outside("stsc"))
    cursor = Cursor(data, box.body + 4, box.end)
    runs = []
    for _ in range(_bounded(cursor.number(4))):
        first, count = cursor.number(4), cursor.number(4)
        cursor.number(4)
        runs.append((first, count))
    return runs


def _chunk_offsets(data: bytes, table: list[Box]) -> list[int]:
    box = child(table, b"stco") or child(table, b"co64")
    if box is None:
        raise InputError(_outside("stco"))
    cursor = Cursor(data, box.body + 4, box.end)
    width = 4 if box.kind == b"stco" else 8
    return [cursor.number(width) for _ in range(_bounded(cursor.number(4)))]


def _outside(kind: str) -> Text:
    return Text(
        en=f"the track's {kind} box is missing or points outside the file",
        ja=f"トラックの{kind}ボックスがないか、ファイルの外を指しています",
    )
