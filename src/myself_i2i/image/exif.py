"""EXIF strings out of a TIFF structure, wherever generators put them (CIPA DC-008, TIFF 6.0 section 2).

Fooocus writes UserComment and MakerNote straight into IFD0; SwarmUI writes UTF-16 in either byte order, whatever
the TIFF header says; ComfyUI nodes put JSON into Make and Model. All are read; nothing is assumed.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from myself_i2i.image._findings import decode_text
from myself_i2i.image.interface import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["EXIF_HEADER", "orientation_exif", "read_exif", "read_orientation"]

EXIF_HEADER = b"Exif\0\0"
"""What opens an APP1 segment with EXIF; some WebP and PNG writers add it too."""
EXIF_IFD = 0x8769
ORIENTATION = 0x0112
MAKER_NOTE = 0x927C
USER_COMMENT = 0x9286
STRINGS = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x0132: "DateTime",
    0x013B: "Artist",
    0x013C: "HostComputer",
    0x8298: "Copyright",
    0x9003: "DateTimeOriginal",
    0x9004: "DateTimeDigitized",
    0xA420: "ImageUniqueID",
    0xA430: "CameraOwnerName",
    0xA431: "BodySerialNumber",
    0xA433: "LensMake",
    0xA434: "LensModel",
    0xA436: "ImageTitle",
    0xA437: "Photographer",
    0xA438: "ImageEditor",
    0xA43B: "ImageEditingSoftware",
    0xA43C: "MetadataEditingSoftware",
}
"""Tags whose value is a plain string; DC-008 tables 4 to 8 and Exif 3.0."""
WINDOWS_STRINGS = {
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
}
"""Tags that Windows writes as UTF-16LE bytes."""
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
SHORT, LONG = 3, 4
INLINE = 4  # a value of up to four bytes stands in the entry itself
ENTRY_SIZE = 12
SHORTEST_UTF8_GUESS = 8


class _Entry(NamedTuple):
    tag: int
    kind: int
    start: int
    end: int


def read_exif(raw: bytes, note: Callable[[str], None]) -> dict[str, str]:
    """Return the strings of IFD0 and the Exif IFD by tag name; broken parts go to `note`, never an error.

    A name that stands in both directories keeps the value of the Exif IFD, where the standard puts it.
    """
    tiff = raw.removeprefix(EXIF_HEADER)
    order = _byte_order(tiff)
    if order is None:
        note("EXIF: no TIFF header, skipped")
        return {}
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    main = list(_entries(tiff, order, first, note))
    nested = [entry for entry in main if entry.tag == EXIF_IFD and entry.end - entry.start >= LONG]
    inner: list[_Entry] = []
    for entry in nested[:1]:
        (offset,) = struct.unpack_from(order + "I", tiff, entry.start)
        # One level, followed once: an offset that points back at its own directory cannot loop.
        inner = list(_entries(tiff, order, offset, note))
    values: dict[str, str] = {}
    spent = 0
    for entry in inner + main:
        if spent + entry.end - entry.start > LIMITS.text:
            note("EXIF: values together larger than the bound, the rest skipped")
            break
        name, text = _value(tiff, entry, order, note)
        if name and text and name not in values:
            values[name] = text
            spent += entry.end - entry.start  # overlapping entries are paid for each time
    return values


def read_orientation(raw: bytes) -> int:
    """Return the Orientation of IFD0, 1..8; 1 when there is none or it is not one of these."""
    tiff = raw.removeprefix(EXIF_HEADER)
    order = _byte_order(tiff)
    if order is None:
        return 1
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    for entry in _entries(tiff, order, first, lambda _: None):
        if entry.tag == ORIENTATION and entry.kind == SHORT and entry.end - entry.start >= 2:  # noqa: PLR2004 - a SHORT
            (value,) = struct.unpack_from(order + "H", tiff, entry.start)
            return value if 1 <= value <= 8 else 1  # noqa: PLR2004 - DC-008 table 4
    return 1


def orientation_exif(orientation: int) -> bytes:
    """Return the smallest EXIF (bare TIFF) that says only how the picture is turned; `orientation` is 1..8."""
    entry = struct.pack(">HHIHH", ORIENTATION, SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def _byte_order(tiff: bytes) -> str | None:
    if len(tiff) < 8:  # noqa: PLR2004 - the TIFF header
        return None
    return {b"II": "<", b"MM": ">"}.get(tiff[:2])


def _entries(tiff: bytes, order: str, offset: int, note: Callable[[str], None]) -> Iterator[_Entry]:
    if offset + 2 > len(tiff):
        note("EXIF: a directory lies outside the data, skipped")
        return
    (count,) = struct.unpack_from(order + "H", tiff, offset)
    if count > LIMITS.entries:
        note(f"EXIF: {count} entries, only {LIMITS.entries} read")
    for index in range(min(count, LIMITS.entries)):
        position = offset + 2 + index * ENTRY_SIZE
        if position + ENTRY_SIZE > len(tiff):
            note("EXIF: a directory is cut off")
            return
        tag, kind, number = struct.unpack_from(order + "HHI", tiff, position)
        size = TYPE_SIZES.get(kind, 0) * number
        start = position + 8
        if size > INLINE:
            (start,) = struct.unpack_from(order + "I", tiff, start)
        if start + size > len(tiff):
            note(f"EXIF tag 0x{tag:04x}: value reaches past the end, cut off")
        yield _Entry(tag, kind, min(start, len(tiff)), min(start + size, len(tiff)))


def _value(tiff: bytes, entry: _Entry, order: str, note: Callable[[str], None]) -> tuple[str | None, str]:
    if entry.tag in WINDOWS_STRINGS:
        text = tiff[entry.start : entry.end].decode("utf-16-le", errors="replace")
        return WINDOWS_STRINGS[entry.tag], text.rstrip("\0")
    if entry.tag == USER_COMMENT:
        return "UserComment", _comment(tiff[entry.start : entry.end], order)
    if entry.tag == MAKER_NOTE:
        return "MakerNote", _maker_note(tiff[entry.start : entry.end], order, note)
    if entry.tag in STRINGS:
        return STRINGS[entry.tag], _comment(tiff[entry.start : entry.end], order)
    return None, ""


def _maker_note(raw: bytes, order: str, note: Callable[[str], None]) -> str:
    """Return a MakerNote that is text (Fooocus writes its scheme there); a camera's binary one is skipped."""
    if raw[:8] in _CHARSETS:
        return _comment(raw, order)
    try:
        text = raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        note("EXIF MakerNote: binary, skipped")
        return ""
    return text


def _comment(raw: bytes, order: str) -> str:
    """Return a value with or without the 8-byte character code of DC-008 section 4.6.5."""
    decode = _CHARSETS.get(raw[:8])
    if decode is None:
        return decode_text(raw.rstrip(b"\0"))
    return decode(raw[8:], order)


def _plain(raw: bytes, _order: str) -> str:
    return decode_text(raw.rstrip(b"\0"))


def _jis(raw: bytes, _order: str) -> str:
    for charset in ("iso2022_jp", "cp932"):
        try:
            return raw.rstrip(b"\0").decode(charset)
        except UnicodeDecodeError:
            continue
    return decode_text(raw.rstrip(b"\0"))


def _unicode(raw: bytes, order: str) -> str:
    """Return UTF-16 of either byte order, found by looking at the text itself.

    A byte order mark decides; else the side on which the zero bytes of ASCII characters stand; else (no ASCII at
    all) the reading with fewer odd characters; else the order of the TIFF header. Some tools write UTF-8 here.
    """
    if raw[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        return raw.decode("utf-16", errors="replace").rstrip("\0")
    if b"\0" not in raw and len(raw) >= SHORTEST_UTF8_GUESS and raw.isascii():
        return raw.decode("ascii")
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    if even == odd:
        little, big = (_oddness(raw.decode(name, errors="replace")) for name in ("utf-16-le", "utf-16-be"))
        even, odd = (little, big) if little != big else (int(order == ">"), int(order == "<"))
    charset = "utf-16-be" if even > odd else "utf-16-le"
    return raw.decode(charset, errors="replace").rstrip("\0")


def _oddness(text: str) -> int:
    """Return how many of the first characters hardly ever stand in a prompt."""
    return sum(
        not char.isprintable() or "\ue000" <= char <= "\uf8ff" or char == "\ufffd" for char in text[:4096]
    )


_CHARSETS: dict[bytes, Callable[[bytes, str], str]] = {
    b"UNICODE\0": _unicode,
    b"ASCII\0\0\0": _plain,
    b"JIS\0\0\0\0\0": _jis,
    bytes(8): _plain,
}
