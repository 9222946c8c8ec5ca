"""Writing WebP: the chunks in order, with a VP8X chunk whose flags tell the truth about them (RFC 9649, 2.7.1)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.image import webp
from myself_i2i.image._findings import Findings, limit_error
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["rebuild"]

LARGEST_RIFF = 2**32 - 10
METADATA_FLAGS = {b"ICCP": webp.ICC_FLAG, b"EXIF": webp.EXIF_FLAG, b"XMP ": webp.XMP_FLAG}


def rebuild(data: bytes, parts: Sequence[tuple[bytes, bytes]], *, trailer: bool = True) -> bytes:
    """Return a WebP of `parts` (kind, content), with what followed the RIFF chunk in `data` after it (`trailer`).

    A VP8X chunk is put first when metadata needs one; one that is there keeps its canvas and its other flags.
    Raises `InputError` when `data` has no readable picture header.
    """
    found = Findings()
    webp.read(data, found)
    if not any(kind in {b"VP8 ", b"VP8L", b"ANMF"} for kind, _ in parts) or not found.width:
        raise InputError(
            Text(en="the file holds no coded picture", ja="ファイルに画像のデータが入っていません")
        )
    flags = 0
    for kind, _ in parts:
        flags |= METADATA_FLAGS.get(kind, 0)
    rest = [part for part in parts if part[0] != b"VP8X"]
    old = next((content for kind, content in parts if kind == b"VP8X" and len(content) >= 10), None)  # noqa: PLR2004 - flags and canvas
    if old is not None:
        kept = old[0] & ~(webp.ICC_FLAG | webp.EXIF_FLAG | webp.XMP_FLAG)
        rest.insert(0, (b"VP8X", bytes([kept | flags]) + old[1:]))
    elif flags:
        alpha = webp.ALPHA_FLAG if found.has_alpha else 0
        sizes = (found.width - 1).to_bytes(3, "little") + (found.height - 1).to_bytes(3, "little")
        rest.insert(0, (b"VP8X", bytes([flags | alpha, 0, 0, 0]) + sizes))
    body = b"WEBP" + b"".join(_pack(kind, content) for kind, content in rest)
    if len(body) > LARGEST_RIFF:
        raise limit_error(Text(en="bytes in the WebP", ja="WebPのバイト数"), len(body), LARGEST_RIFF)
    stop = int.from_bytes(data[4:8], "little") + 8
    return b"RIFF" + struct.pack("<I", len(body)) + body + (data[stop:] if trailer else b"")


def _pack(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
