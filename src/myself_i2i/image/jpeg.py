"""JPEG: marker segments, with the metadata that is spread over several of them put together again.

ITU-T T.81 annex B for markers; XMP specification part 3, section 1.1.3 for APP1; JPEG XT part 3 (ISO/IEC 18477-3)
annex B.3 and C2PA "Embedding manifests into JPEG" for APP11.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from myself_i2i.image._findings import Findings, limit_error
from myself_i2i.image.exif import EXIF_HEADER, read_exif
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

__all__ = [
    "APP0",
    "APP1",
    "APP2",
    "APP11",
    "APP14",
    "COM",
    "DHP",
    "EXTENDED_XMP_HEADER",
    "MAGIC",
    "SCAN",
    "SOF",
    "SOS",
]
__all__ += ["XMP_HEADER", "Segment", "is_app", "is_manifest", "read", "segments"]

MAGIC = b"\xff\xd8\xff"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED_XMP_HEADER = b"http://ns.adobe.com/xmp/extension/\0"
C2PA_UUID = bytes.fromhex("6332706100110010800000aa00389b71")
"""The JUMBF type of a C2PA manifest store (C2PA 2.2, section 11.1.4.1)."""
APP0, APP1, APP2, APP11, APP14, APP15, COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xEE, 0xEF, 0xFE
SOI, EOI, SOS, DHP, TEM = 0xD8, 0xD9, 0xDA, 0xDE, 0x01
SCAN = 0x100
"""Stands for entropy-coded data, which has no marker of its own."""
SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
STANDALONE = frozenset({TEM, SOI, *range(0xD0, 0xD8)})
GUID_LENGTH = 32

_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


class Segment(NamedTuple):
    """One marker segment, or one stretch of entropy-coded data, as byte positions."""

    marker: int
    """The second byte of the marker, or `SCAN`."""
    start: int
    """Where the marker stands (for `SCAN`: where the data begins)."""
    body: int
    """Where the content begins, after marker and length."""
    end: int
    """Where the content ends, never past the end of the file."""


def is_app(marker: int) -> bool:
    """Whether `marker` is APP0..APP15."""
    return APP0 <= marker <= APP15


def segments(
    data: bytes, notes: Findings | None = None, *, header: bool = False
) -> tuple[list[Segment], int]:
    """Return the segments between SOI and EOI, and where the JPEG ends (after EOI, or the end of the file).

    Fill bytes and junk between segments are passed over and noted. With `header` only what stands before the first
    SOS is walked, and the place returned is that SOS. Raises `LimitError` past `LIMITS.chunks`.
    """
    notes = notes or Findings()
    found: list[Segment] = []
    position, size = 2, len(data)
    while match := _NEXT_MARKER.search(data, position):
        start, marker = match.start(), data[match.start() + 1]
        if data[position:start].strip(b"\xff"):
            notes.note(f"{start - position} bytes that are no segment at {position}, skipped")
        if marker == EOI:
            if start + 2 < size:
                notes.note(f"{size - start - 2} bytes after the end of the JPEG at {start + 2}, skipped")
            return found, start + 2
        if marker == SOS and header:
            return found, start
        if len(found) >= LIMITS.chunks:
            raise limit_error(
                Text(en="JPEG segments", ja="JPEGのセグメント数"), f">{LIMITS.chunks}", LIMITS.chunks
            )
        body = start + 2 if marker in STANDALONE else start + 4
        length = (
            0 if marker in STANDALONE or body > size else int.from_bytes(data[start + 2 : body], "big") - 2
        )
        end = body + max(length, 0)
        if end > size:
            notes.note(f"segment FF{marker:02X}: cut off, {end - size} of {length} bytes are missing")
        found.append(Segment(marker, start, min(body, size), min(end, size)))
        position = min(end, size)
        if marker == SOS:
            position = _scan_end(data, position)
            found.append(Segment(SCAN, min(end, size), min(end, size), position))
    notes.note("EOI is missing: the file was cut off")
    return found, size


def _scan_end(data: bytes, position: int) -> int:
    """Return where entropy-coded data ends: at the next marker that is neither stuffing nor a restart."""
    match = _NEXT_MARKER.search(data, position)
    return match.start() if match else len(data)


def read(data: bytes, found: Findings) -> None:
    """Add to `found` everything the JPEG says about itself."""
    extended: dict[bytes, dict[int, bytes]] = {}
    jumbf: dict[int, list[tuple[int, Segment]]] = {}
    for segment in segments(data, found)[0]:
        marker, body, end = segment.marker, segment.body, segment.end
        if marker in SOF and not found.width and end - body >= 5:  # noqa: PLR2004 - precision, height, width
            found.height, found.width = struct.unpack_from(">HH", data, body + 1)
        elif marker == COM:
            found.add_comment(data[body:end])
        elif marker == APP1 and data.startswith(EXIF_HEADER, body):
            found.add_exif(read_exif(data[body:end], found.note))
        elif marker == APP1 and data.startswith(XMP_HEADER, body):
            found.add_xmp(data[body + len(XMP_HEADER) : end], "APP1")
        elif marker == APP1 and data.startswith(EXTENDED_XMP_HEADER, body):
            _collect_extended(data[body + len(EXTENDED_XMP_HEADER) : end], extended)
        elif marker == APP11 and data.startswith(b"JP", body) and end - body >= 16:  # noqa: PLR2004 - CI, En, Z, LBox, TBox
            instance, sequence = struct.unpack_from(">HI", data, body + 2)
            jumbf.setdefault(instance, []).append((sequence, segment))
    _join_extended(extended, found)
    for parts in jumbf.values():
        store = _join_jumbf(data, parts)
        if store is not None:
            found.add_manifest_store(store, "APP11")


def is_manifest(data: bytes, segment: Segment) -> bool:
    """Whether `segment` is a JUMBF part in APP11 (a C2PA manifest store, as far as any is in use)."""
    return segment.marker == APP11 and data.startswith(b"JP", segment.body)


def _join_jumbf(data: bytes, parts: list[tuple[int, Segment]]) -> bytes | None:
    """Return the box whose parts these are when it is a C2PA manifest store, or None.

    Each part repeats the box header (8 bytes, 16 with an extended length); only the first one's counts.
    """
    parts.sort(key=lambda part: part[0])
    pieces = []
    for index, (_, segment) in enumerate(parts):
        start = segment.body + 8
        header = 16 if data[start : start + 4] == b"\0\0\0\x01" else 8
        pieces.append(data[start if index == 0 else start + header : segment.end])
    store = b"".join(pieces)
    return store if C2PA_UUID in store[:64] else None


def _collect_extended(raw: bytes, parts: dict[bytes, dict[int, bytes]]) -> None:
    if len(raw) < GUID_LENGTH + 8:
        return
    (offset,) = struct.unpack_from(">I", raw, GUID_LENGTH + 4)
    parts.setdefault(raw[:GUID_LENGTH], {}).setdefault(offset, raw[GUID_LENGTH + 8 :])


def _join_extended(parts: dict[bytes, dict[int, bytes]], found: Findings) -> None:
    """Put the extended packet that the main packet names (xmpNote:HasExtendedXMP) into the main packet."""
    named = (found.xmp or "").upper()  # once: a file may hold thousands of parts under as many names
    for guid, pieces in parts.items():
        if found.xmp is None or guid.decode("latin-1").upper() not in named:
            found.note("extended XMP that no packet names, skipped")
            continue
        whole = bytearray()
        for offset in sorted(pieces):
            if offset != len(whole):
                found.note("extended XMP: a part is missing, read as far as it goes")
                break
            whole += pieces[offset]
        found.spend(len(whole))
        found.xmp = _splice(found.xmp, bytes(whole).decode("utf-8", errors="replace"), found)


def _splice(main: str, extension: str, found: Findings) -> str:
    opening = re.search(r"<([\w.-]+:RDF)\b[^>]*>", extension)
    closing = extension.rfind("</")
    place = main.rfind("</rdf:RDF>")
    if opening:
        closing = extension.rfind(f"</{opening[1]}>")
    if opening is None or closing < 0 or place < 0 or opening[1] != "rdf:RDF":
        found.note("extended XMP: not in a form that can be joined, skipped")
        return main
    return main[:place] + extension[opening.end() : closing] + main[place:]
