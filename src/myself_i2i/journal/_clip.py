"""CLIP (CLIP STUDIO PAINT): an SQLite database inside a file of chunks, with a small PNG of the whole canvas in it.

The format is not published; this is what its files hold: `CSFCHUNK`, sizes, then chunks (`CHNK` and four letters, length
in 8 bytes big-endian). `CHNKSQLi` is the database; `CanvasPreview.ImageData` the picture. The database is a stranger's:
it is read from a copy in memory, with every statement but the one query refused, and stopped when that takes long.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["picture", "tells"]

_MAGIC: Final = b"CSFCHUNK"
_HEADER: Final = 24
_CHUNKS: Final = 20_000
_DATABASE: Final = 256 * 2**20
_PICTURE: Final = 64 * 2**20
_STEPS: Final = 1_000
"""How many times ten thousand steps of SQLite's machine the query may take; one real file takes less than once."""
_QUERY: Final = "SELECT ImageData FROM CanvasPreview LIMIT 1"
_MAY: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


def tells(head: bytes) -> bool:
    """Return whether a CLIP file begins with `head`."""
    return head.startswith(_MAGIC)


def picture(data: bytes) -> bytes:
    """Return the preview. Raises `InputError` when there is none within the bounds."""
    for name, start, size in _chunks(data):
        if name == b"CHNKSQLi" and size <= _DATABASE:
            try:
                found = _preview(data[start : start + size])
            except (sqlite3.Error, OverflowError, MemoryError, ValueError, AttributeError) as error:
                raise _none() from error  # the last: an SQLite built without `deserialize`
            if isinstance(found, bytes) and found:
                return found
    raise _none()


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    place = _HEADER
    for _ in range(_CHUNKS):
        if data[place : place + 4] != b"CHNK" or place + 16 > len(data):
            return
        (size,) = struct.unpack_from(">Q", data, place + 8)
        yield data[place : place + 8], place + 16, min(size, len(data))
        place += 16 + size


def _preview(database: bytes) -> object:
    left = iter(range(_STEPS))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {setting}").fetchone()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _PICTURE)
        connection.set_progress_handler(lambda: next(left, None) is None, 10_000)
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _MAY else sqlite3.SQLITE_DENY
        )
        row = connection.execute(_QUERY).fetchone()
    return row[0] if row else None


def _none() -> InputError:
    return InputError(
        Text(
            en="the CLIP file holds no preview that can be read",
            ja="CLIP ファイルに、読み取れるプレビューがありません",
        )
    )
