"""The `meta` box of an AVIF or HEIF file taken apart: its items, where they lie, and what belongs to them.

ISO/IEC 14496-12: iloc 8.11.3, iinf 8.11.6, iref 8.11.12; ISO/IEC 23008-12: properties 9.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image.bmff import Box, Cursor, boxes, child
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "IN_FILE",
    "IN_IDAT",
    "XMP_TYPE",
    "Item",
    "Meta",
    "Reference",
    "item_bytes",
    "item_ranges",
    "read_meta",
]

XMP_TYPE = b"application/rdf+xml"
"""The content type of an XMP item (ISO/IEC 23008-12, annex A.3)."""
IN_FILE, IN_IDAT = 0, 1


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its entry in `iinf` and its place in `iloc`."""

    id: int
    """The item_ID."""
    kind: bytes = b""
    """The item_type, e.g. b"av01", b"grid", b"Exif", b"mime"; empty when `iinf` does not list it."""
    content_type: bytes = b""
    """For b"mime": the content type."""
    entry: bytes = b""
    """Its `infe` box as it stands."""
    method: int = IN_FILE
    """construction_method: 0 in the file, 1 in `idat`, 2 in another item."""
    outside: int = 0
    """data_reference_index; anything but 0 is another file, which is never opened."""
    extents: tuple[tuple[int, int, int], ...] = ()
    """Its parts: (extent index, offset with the base added, length)."""

    @property
    def is_metadata(self) -> bool:
        """Whether this is EXIF, or a document beside the picture, and no picture."""
        return self.kind in {b"Exif", b"mime", b"uri "}

    @property
    def is_xmp(self) -> bool:
        """Whether this is an XMP packet."""
        return self.kind == b"mime" and self.content_type.split(b";")[0].strip() == XMP_TYPE


@dataclass(frozen=True, slots=True)
class Reference:
    """One single-item reference of `iref`."""

    kind: bytes
    """What it means, e.g. b"cdsc" (describes), b"auxl" (belongs to), b"dimg" (is made from)."""
    source: int
    """from_item_ID."""
    targets: tuple[int, ...]
    """to_item_ID, in order."""


@dataclass(frozen=True, kw_only=True)
class Meta:
    """A file's `meta` box, taken apart."""

    box: Box
    """The `meta` box itself."""
    parts: list[Box]
    """Its child boxes."""
    primary: int = 0
    """The item_ID of the picture to show; 0 when not given."""
    items: dict[int, Item] = field(default_factory=dict)
    """By item_ID, in the order of `iinf`, then of `iloc`."""
    references: list[Reference] = field(default_factory=list)
    """All of `iref`."""
    properties: list[Box] = field(default_factory=list)
    """The boxes of `ipco`; property index 1 is the first."""
    associations: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """item_ID -> property indexes with their essential bit dropped."""

    @property
    def idat(self) -> Box | None:
        """The box with data inside `meta`."""
        return child(self.parts, b"idat")

    def of(self, item: int, kind: bytes) -> Box | None:
        """Return the property box of `kind` that belongs to `item`, or None."""
        for index in self.associations.get(item, ()):
            if 0 < index <= len(self.properties) and self.properties[index - 1].kind == kind:
                return self.properties[index - 1]
        return None


def read_meta(data: bytes, top: list[Box]) -> Meta | None:
    """Return the file's `meta` box taken apart, or None; raises `InputError` when it is broken."""
    box = child(top, b"meta")
    if box is None:
        return None
    parts = boxes(data, box.body + 4, box.end)
    primary, items, references, associations = (
        0,
        dict[int, Item](),
        list[Reference](),
        dict[int, tuple[int, ...]](),
    )
    properties: list[Box] = []
    if pitm := child(parts, b"pitm"):
        cursor, version = _full(data, pitm)
        primary = cursor.number(2 if version == 0 else 4)
    places = _read_iloc(data, child(parts, b"iloc"))
    if iinf := child(parts, b"iinf"):
        items = _read_iinf(data, iinf, places)
    for number, place in places.items():
        items.setdefault(number, place)
    if iref := child(parts, b"iref"):
        references = _read_iref(data, iref)
    if iprp := child(parts, b"iprp"):
        inner = boxes(data, iprp.body, iprp.end)
        if ipco := child(inner, b"ipco"):
            properties = boxes(data, ipco.body, ipco.end)
        for ipma in (part for part in inner if part.kind == b"ipma"):
            associations.update(_read_ipma(data, ipma))
    return Meta(
        box=box,
        parts=parts,
        primary=primary,
        items=items,
        references=references,
        properties=properties,
        associations=associations,
    )


def _full(data: bytes, box: Box) -> tuple[Cursor, int]:
    """Return a cursor behind version and flags, and the version."""
    cursor = Cursor(data, box.body, box.end)
    return cursor, cursor.number(4) >> 24


def _read_iinf(data: bytes, box: Box, places: Mapping[int, Item]) -> dict[int, Item]:
    cursor, version = _full(data, box)
    cursor.number(2 if version == 0 else 4)  # the count; the boxes themselves are what is there
    items: dict[int, Item] = {}
    for entry in boxes(data, cursor.position, box.end):
        if entry.kind != b"infe":
            continue
        inner, kind_version = _full(data, entry)
        if kind_version < 2:  # noqa: PLR2004 - older entries carry no item type: no picture file has them
            continue
        number = inner.number(2 if kind_version == 2 else 4)  # noqa: PLR2004 - section 8.11.6
        inner.number(2)
        kind = inner.raw(4)
        inner.string()
        place = places.get(number, Item(number))
        items[number] = Item(
            id=number,
            kind=kind,
            content_type=inner.string() if kind == b"mime" else b"",
            entry=data[entry.start : entry.end],
            method=place.method,
            outside=place.outside,
            extents=place.extents,
        )
    return items


def _read_iloc(data: bytes, box: Box | None) -> dict[int, Item]:
    """Return where each item lies (ISO/IEC 14496-12, section 8.11.3)."""
    places: dict[int, Item] = {}
    if box is None:
        return places
    cursor, version = _full(data, box)
    sizes = cursor.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index_size = index_size if version in {1, 2} else 0
    id_size = 2 if version < 2 else 4  # noqa: PLR2004 - version 2 brought 32-bit numbers
    total = 0
    for _ in range(cursor.number(id_size)):
        number = cursor.number(id_size)
        method = cursor.number(2) & 15 if version in {1, 2} else IN_FILE
        outside = cursor.number(2)
        base = cursor.number(base_size)
        extents = []
        count = cursor.number(2)
        # Fields of size 0 cost no bytes, so a small box could ask for 65535 extents in each item.
        total = _count(total + count + 1)
        for _ in range(count):
            index = cursor.number(index_size)
            offset = base + cursor.number(offset_size)
            extents.append((index, offset, cursor.number(length_size)))
        places[number] = Item(number, method=method, outside=outside, extents=tuple(extents))
    return places


def _read_iref(data: bytes, box: Box) -> list[Reference]:
    cursor, version = _full(data, box)
    size = 2 if version == 0 else 4
    found = []
    total = 0
    for entry in boxes(data, cursor.position, box.end):
        inner = Cursor(data, entry.body, entry.end)
        source, count = inner.number(size), inner.number(2)
        total = _count(total + count)
        targets = tuple(inner.number(size) for _ in range(count))
        found.append(Reference(entry.kind, source, targets))
    return found


def _read_ipma(data: bytes, box: Box) -> dict[int, tuple[int, ...]]:
    cursor = Cursor(data, box.body, box.end)
    head = cursor.number(4)
    id_size, wide = (2 if head >> 24 == 0 else 4), head & 1
    found: dict[int, list[int]] = {}
    total = 0
    for _ in range(cursor.number(4)):
        number, count = cursor.number(id_size), cursor.number(1)
        total = _count(total + count + 1)
        mask = 0x7FFF if wide else 0x7F  # the top bit says only whether a reader must know the property
        found.setdefault(number, []).extend(cursor.number(1 + wide) & mask for _ in range(count))
    return {number: tuple(indexes) for number, indexes in found.items()}


def _count(total: int) -> int:
    """Return `total` while it is bounded: a small box must not ask for millions of table entries."""
    if total > LIMITS.chunks:
        raise limit_error(
            Text(en="entries in the item tables", ja="アイテム表の項目数"), f">{LIMITS.chunks}", LIMITS.chunks
        )
    return total


def item_bytes(data: bytes, meta: Meta, item: Item, bound: int = LIMITS.text) -> bytes:
    """Return an item's bytes, its extents joined; raises `InputError` when they are not in the file.

    `bound` stops extents that overlap from multiplying the file: `LimitError` past it.
    """
    return b"".join(data[start:end] for start, end in item_ranges(data, meta, item, bound))


def item_ranges(data: bytes, meta: Meta, item: Item, bound: int) -> list[tuple[int, int]]:
    """Return an item's extents as positions in the file; raises as `item_bytes` does."""
    first, last = 0, len(data)
    if item.method == IN_IDAT and meta.idat:
        first, last = meta.idat.body, meta.idat.end
    elif item.method != IN_FILE or item.outside:
        raise _missing(item)
    ranges, total = [], 0
    for _, offset, length in item.extents:
        start = first + offset
        end = start + length if length else last  # a length of 0 means all of it (section 8.11.3.3)
        if start > last or end > last:
            raise _missing(item)
        total += end - start
        if total > bound:
            raise limit_error(Text(en="bytes of one item", ja="アイテムのバイト数"), f">{bound}", bound)
        ranges.append((start, end))
    return ranges


def _missing(item: Item) -> InputError:
    return InputError(
        Text(
            en=f"item {item.id} ({item.kind.decode('latin-1')!r}) is not where the file says",
            ja=f"アイテム{item.id}（{item.kind.decode('latin-1')!r}）がファイルの示す位置にありません",
        )
    )
