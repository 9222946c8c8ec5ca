"""WebP: RIFF chunks (RFC 9649)."""

from __future__ import annotations

import struct
from typing import NamedTuple

from myself_i2i.image._findings import Findings, limit_error
from myself_i2i.image.exif import read_exif
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

__all__ = [
    "ALPHA_FLAG",
    "EXIF_FLAG",
    "HEADER_SIZE",
    "ICC_FLAG",
    "XMP_FLAG",
    "Chunk",
    "chunks",
    "is_webp",
    "read",
    "vp8l",
]

HEADER_SIZE = 12
ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, XMP_FLAG = 0x20, 0x10, 0x08, 0x04
"""Flags in the first byte of VP8X (RFC 9649, section 2.7.1)."""
FRAME_HEADER = 16  # an ANMF chunk: place, size and duration stand before the frame's own chunks

_HEADER = struct.Struct("<4sI")


class Chunk(NamedTuple):
    """One chunk as byte positions; a padding byte may follow `end`."""

    kind: bytes
    """The four-character code."""
    start: int
    """Where the code stands."""
    body: int
    """Where its data begins."""
    end: int
    """Where its data ends, never past the end of the file."""


def is_webp(data: bytes) -> bool:
    """Whether the bytes open as a WebP file."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def chunks(data: bytes, notes: Findings | None = None) -> list[Chunk]:
    """Return the top-level chunks in file order; raises `LimitError` past `LIMITS.chunks`."""
    notes = notes or Findings()
    stop = int.from_bytes(data[4:8], "little") + 8
    if stop < len(data):
        notes.note(f"{len(data) - stop} bytes after the RIFF chunk at {stop}, skipped")
    return _walk(data, HEADER_SIZE, stop, notes)


def _walk(data: bytes, position: int, stop: int, notes: Findings) -> list[Chunk]:
    found: list[Chunk] = []
    size = min(stop, len(data))
    while position + 8 <= size:
        kind, length = _HEADER.unpack_from(data, position)
        body, end = position + 8, position + 8 + length
        if len(found) >= LIMITS.chunks:
            raise limit_error(
                Text(en="WebP chunks", ja="WebPのチャンク数"), f">{LIMITS.chunks}", LIMITS.chunks
            )
        if end > size:
            notes.note(f"{kind.decode('latin-1')!r}: cut off, {end - size} of {length} bytes are missing")
        found.append(Chunk(kind, position, body, min(end, size)))
        position = end + (length & 1)
    return found


def vp8l(data: bytes, body: int) -> tuple[int, int, bool] | None:
    """Return width, height and alpha of a VP8L stream that begins at `body`, or None (RFC 9649, section 3.4)."""
    if body + 5 > len(data) or data[body] != 0x2F:  # noqa: PLR2004 - the signature byte
        return None
    bits = int.from_bytes(data[body + 1 : body + 5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)


def read(data: bytes, found: Findings) -> None:
    """Add to `found` everything the WebP says about itself."""
    kinds: set[bytes] = set()
    for chunk in chunks(data, found):
        kinds.add(chunk.kind)
        if chunk.kind == b"EXIF":
            found.add_exif(read_exif(data[chunk.body : chunk.end], found.note))
        elif chunk.kind == b"XMP ":
            found.add_xmp(data[chunk.body : chunk.end], "'XMP '")
        elif chunk.kind == b"C2PA":
            found.add_manifest_store(data[chunk.body : chunk.end], "'C2PA'")
        elif chunk.kind == b"ANMF":
            for inner in _walk(data, chunk.body + FRAME_HEADER, chunk.end, found):
                kinds.add(inner.kind)
                _read_picture(data, inner, found)
        else:
            _read_picture(data, chunk, found)
    found.lossless = b"VP8L" in kinds and b"VP8 " not in kinds
    if not found.width:
        found.note("no picture header: the size is not known")


def _read_picture(data: bytes, chunk: Chunk, found: Findings) -> None:
    """Take size and alpha from VP8X, VP8 or VP8L; the canvas of VP8X stands first and counts."""
    body = chunk.body
    if chunk.kind == b"VP8X" and chunk.end - body >= 10:  # noqa: PLR2004 - flags and canvas
        found.has_alpha = bool(data[body] & ALPHA_FLAG)
        found.width = int.from_bytes(data[body + 4 : body + 7], "little") + 1
        found.height = int.from_bytes(data[body + 7 : body + 10], "little") + 1
    elif chunk.kind == b"VP8 " and not found.width and data[body + 3 : body + 6] == b"\x9d\x01\x2a":
        sizes = data[body + 6 : body + 10].ljust(4, b"\0")
        found.width, found.height = (value & 0x3FFF for value in struct.unpack("<HH", sizes))
    elif chunk.kind == b"VP8L" and (header := vp8l(data, body)):
        found.has_alpha = found.has_alpha or header[2]
        if not found.width:
            found.width, found.height = header[:2]
    elif chunk.kind == b"ALPH":
        found.has_alpha = True
