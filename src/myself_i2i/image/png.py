"""PNG: chunks wherever they stand, with or without a right CRC (PNG specification, third edition, section 5).

Real files break strict readers: tools rewrite a text chunk and leave its old CRC, put text after IDAT or after
IEND, and add bytes after the end. None of that hides what the file says here; each is kept as a note.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from myself_i2i.image._findings import Findings, decode_text, inflate, limit_error
from myself_i2i.image.exif import EXIF_HEADER, read_exif
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

__all__ = [
    "MAGIC",
    "RAW_PROFILES",
    "XMP_HEADER",
    "XMP_KEYWORD",
    "Chunk",
    "chunks",
    "keyword_of",
    "raw_profile",
    "read",
]

MAGIC = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"
"""The iTXt keyword of an XMP packet (XMP specification part 3, section 1.1.5)."""
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
"""What opens an APP1 segment with XMP (XMP specification part 3, section 1.1.3)."""
RAW_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")
"""The text keywords under which ImageMagick hides binary profiles as hex."""
TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")
LONGEST_KEYWORD = 79
COUNTED_IDAT = (
    4096  # libpng writes IDAT of 8 KiB: those are bounded by the file's size, smaller ones are counted
)
ALPHA_COLOUR_TYPES = (4, 6)

_HEADER = struct.Struct(">I4s")


class Chunk(NamedTuple):
    """One chunk as byte positions; the CRC follows `end`."""

    kind: bytes
    """The four letters."""
    start: int
    """Where its length field stands."""
    body: int
    """Where its data begins."""
    end: int
    """Where its data ends, never past the end of the file."""


def chunks(data: bytes, notes: Findings | None = None) -> list[Chunk]:
    """Return every chunk in file order, also after IEND; what cannot be walked is noted and ends the list.

    Raises `LimitError` past `LIMITS.chunks` (IDAT of 4 KiB and more are not counted).
    """
    notes = notes or Findings()
    found: list[Chunk] = []
    position, size, counted, ended = len(MAGIC), len(data), 0, False
    unpack = _HEADER.unpack_from
    while position + 8 <= size:
        length, kind = unpack(data, position)
        body = position + 8
        if not kind.isalpha() or (ended and body + length + 4 > size):
            break
        end = body + length
        if kind != b"IDAT" or length < COUNTED_IDAT:
            counted += 1
            if counted > LIMITS.chunks:
                raise limit_error(
                    Text(en="PNG chunks", ja="PNGのチャンク数"), f">{LIMITS.chunks}", LIMITS.chunks
                )
        if end > size:
            notes.note(f"{kind.decode('latin-1')}: cut off, {end - size} of {length} bytes are missing")
            found.append(Chunk(kind, position, body, size))
            return found
        found.append(Chunk(kind, position, body, end))
        ended = ended or kind == b"IEND"
        position = end + 4
    if position < size:
        notes.note(
            f"{size - position} bytes {'after IEND' if ended else 'that are no chunk'} at {position}, skipped"
        )
    elif not ended:
        notes.note("IEND is missing: the file was cut off")
    return found


def keyword_of(data: bytes, chunk: Chunk) -> bytes:
    """Return the keyword of a text chunk, without copying its value."""
    stop = data.find(b"\0", chunk.body, min(chunk.end, chunk.body + LONGEST_KEYWORD * 2))
    return data[chunk.body : stop if stop >= 0 else min(chunk.end, chunk.body + LONGEST_KEYWORD)]


def read(data: bytes, found: Findings) -> None:
    """Add to `found` everything the PNG says about itself."""
    found.lossless = True
    view = memoryview(data)
    for chunk in chunks(data, found):
        kind = chunk.kind
        if kind == b"IDAT":
            continue
        if kind in TEXT_KINDS:
            _read_text(data, view, chunk, found)
        elif kind == b"IHDR":
            _read_header(data, chunk, found)
        elif kind == b"tRNS":
            found.has_alpha = True
        elif kind == b"eXIf":
            found.add_exif(read_exif(data[chunk.body : chunk.end], found.note))
        elif kind == b"caBX":
            found.add_manifest_store(data[chunk.body : chunk.end], "caBX")
    _read_profiles(found)


def _read_header(data: bytes, chunk: Chunk, found: Findings) -> None:
    if chunk.end - chunk.body < 13 or found.width:  # noqa: PLR2004 - IHDR has 13 bytes
        found.note("IHDR: too short or repeated, skipped")
        return
    found.width, found.height, _, colour = struct.unpack_from(">IIBB", data, chunk.body)
    found.has_alpha = colour in ALPHA_COLOUR_TYPES


def _read_text(data: bytes, view: memoryview, chunk: Chunk, found: Findings) -> None:
    kind = chunk.kind.decode("ascii")
    keyword_bytes = keyword_of(data, chunk)
    keyword = keyword_bytes.decode("latin-1")
    start = chunk.body + len(keyword_bytes) + 1
    stored = data[chunk.end : chunk.end + 4]
    if zlib.crc32(view[chunk.start + 4 : chunk.end]).to_bytes(4, "big") != stored:
        found.note(f"{kind} {keyword!r}: wrong CRC")
    if chunk.end - start > found.room:
        found.spend(chunk.end - start)  # refuses before the value is copied
    raw = data[start : chunk.end]
    if chunk.kind == b"zTXt":
        raw = _inflate(raw[1:], f"zTXt {keyword!r}", found)
    elif chunk.kind == b"iTXt":
        raw = _international(raw, keyword, found)
    found.spend(len(raw))
    if keyword_bytes == XMP_KEYWORD:
        found.add_xmp(raw, kind)
    found.add_text(keyword, decode_text(raw), kind)


def _inflate(raw: bytes, where: str, found: Findings) -> bytes:
    text, whole = inflate(raw, found.room)
    if not whole:
        found.note(f"{where}: damaged compressed text, read as far as it goes")
    return text


def _international(raw: bytes, keyword: str, found: Findings) -> bytes:
    """Return the value of an iTXt; before it stand flag, method, language and translated keyword (section 11.3.3.4)."""
    compressed = raw[:1] == b"\x01"
    language_end = raw.find(b"\0", 2)
    translated_end = raw.find(b"\0", language_end + 1) if language_end >= 0 else -1
    if translated_end < 0:
        found.note(f"iTXt {keyword!r}: no text field, read as plain text")
        return raw
    text = raw[translated_end + 1 :]
    return _inflate(text, f"iTXt {keyword!r}", found) if compressed else text


def raw_profile(text: str) -> bytes | None:
    """Return the bytes of an ImageMagick `Raw profile type` text (name, length, hex lines), or None."""
    lines = text.strip().split("\n", 2)
    if len(lines) < 3:  # noqa: PLR2004 - name, length, hex
        return None
    try:
        return bytes.fromhex(lines[2])
    except ValueError:
        return None


def _read_profiles(found: Findings) -> None:
    names = [name.decode("ascii") for name in RAW_PROFILES]
    for entry in [entry for entry in found.texts if entry.keyword in names]:
        profile = raw_profile(entry.text)
        if profile is None:
            found.note(f"{entry.chunk} {entry.keyword!r}: not a readable profile, skipped")
        elif profile.startswith(XMP_HEADER):
            found.add_xmp(profile[len(XMP_HEADER) :], entry.keyword)
        elif profile.startswith(EXIF_HEADER) or entry.keyword.endswith("exif"):
            found.add_exif(read_exif(profile, found.note))
        elif entry.keyword.endswith("xmp"):
            found.add_xmp(profile, entry.keyword)
