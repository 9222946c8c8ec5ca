"""Boxes of the ISO base media file format (ISO/IEC 14496-12, section 4.2)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image.interface import LIMITS
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Box", "Cursor", "boxes", "child", "pack_box", "pack_full_box"]

LARGE_SIZE = 1
TO_THE_END = 0


class Box(NamedTuple):
    """One box as byte positions."""

    kind: bytes
    """The four-character code."""
    start: int
    """Where its size field stands."""
    body: int
    """Where its content begins (for a full box: at version and flags)."""
    end: int
    """Where it ends, never past the end of what holds it."""


def boxes(
    data: bytes, start: int, end: int, note: Callable[[str], None] | None = None, most: int = LIMITS.chunks
) -> list[Box]:
    """Return the boxes side by side in `data[start:end]`; raises `LimitError` past `most` of them."""
    found: list[Box] = []
    position = start
    while position + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, position)
        body = position + 8
        if size == LARGE_SIZE and body + 8 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        elif size == TO_THE_END:
            size = end - position
        stop = position + size
        if stop < body or stop > end:
            if note:
                note(f"box {kind.decode('latin-1')!r}: size {size} does not fit, read as far as it goes")
            stop = end
        if len(found) >= most:
            raise limit_error(Text(en="boxes in the file", ja="ファイル内のボックス数"), f">{most}", most)
        found.append(Box(kind, position, min(body, stop), stop))
        position = stop
    return found


def child(found: list[Box], kind: bytes) -> Box | None:
    """Return the first box of `kind`, or None."""
    return next((box for box in found if box.kind == kind), None)


def pack_box(kind: bytes, body: bytes) -> bytes:
    """Return a box with a 32-bit size."""
    return struct.pack(">I4s", len(body) + 8, kind) + body


def pack_full_box(kind: bytes, version: int, flags: int, body: bytes) -> bytes:
    """Return a full box (section 4.2.2): version and flags stand before the content."""
    return pack_box(kind, struct.pack(">I", version << 24 | flags) + body)


class Cursor:
    """Reads big-endian fields from a part of the file and never past its end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data, self.position, self.end = data, start, end

    def number(self, size: int) -> int:
        """Return the next `size` bytes as a number (0 for no bytes); raises `InputError` past the end."""
        stop = self.position + size
        if stop > self.end:
            raise InputError(
                Text(
                    en=f"a box ends at byte {self.end}, a field was wanted up to {stop}",
                    ja=f"ボックスが{self.end}バイト目で終わっています（{stop}バイト目まで必要です）",
                )
            )
        value = int.from_bytes(self.data[self.position : stop], "big")
        self.position = stop
        return value

    def raw(self, size: int) -> bytes:
        """Return the next `size` bytes; raises `InputError` past the end."""
        start = self.position
        self.position = start + size
        if size > self.end - start:
            self.position = start
            self.number(size)
        return self.data[start : start + size]

    def string(self) -> bytes:
        """Return the bytes up to the next NUL (passed over) or the end."""
        stop = self.data.find(b"\0", self.position, self.end)
        stop = self.end if stop < 0 else stop
        value = self.data[self.position : stop]
        self.position = min(stop + 1, self.end)
        return value

    @property
    def left(self) -> int:
        """How many bytes remain."""
        return self.end - self.position
