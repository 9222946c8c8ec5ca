"""A log's files as an audit reads them: from a registry's address, or from a folder with a copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from myself_i2i.client.http import Remote
from myself_i2i.errors import InputError, LimitError
from myself_i2i.tlog import ENTRIES, HASH_SIZE, MOST_ENTRY_BYTES, WIDTH, Tile, pack_entries, unpack_entries
from myself_i2i.wording import Text

__all__ = ["MOST_FILE", "FolderLog", "RemoteLog", "Source", "read_tile"]

MOST_FILE: Final = WIDTH * (MOST_ENTRY_BYTES + 2)
"""The largest file of a log: a bundle of 256 entries."""


class Source(Protocol):
    """Where a log's files lie."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of `checkpoint` or a tile, at most `MOST_FILE`; None when there is no such file."""
        ...


def read_tile(source: Source, tile: Tile) -> bytes:
    """Return a tile or a bundle. Raises `InputError` when it is missing, or is no bundle.

    A log that grew since its head was read has the full tile in place of the partial one, which begins with it.
    """
    data = source.read(tile.path)
    if data is None and tile.width < WIDTH:
        data = source.read(Tile(tile.level, tile.index).path)
        if data is not None and tile.level == ENTRIES:
            data = pack_entries(unpack_entries(data, WIDTH)[: tile.width])
        elif data is not None:
            data = data[: tile.width * HASH_SIZE]
    if data is None:
        raise InputError(_MISSING.format(path=tile.path))
    return data


@dataclass(frozen=True, slots=True)
class RemoteLog:
    """The log of a registry."""

    remote: Remote
    """The registry."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None when there is none; raises as `Remote.get`."""
        return self.remote.get(f"/{path}", most=MOST_FILE)


@dataclass(frozen=True, slots=True)
class FolderLog:
    """A log's files in a folder."""

    folder: Path
    """Where they lie."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None when there is none. Raises `InputError` when it cannot be read, or is too large."""
        try:
            with (self.folder / path).open("rb") as file:
                data = file.read(MOST_FILE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(_UNREAD.format(path=path, why=error.strerror or type(error).__name__)) from error
        if len(data) > MOST_FILE:
            raise LimitError(_TOO_LARGE.format(path=path, most=MOST_FILE))
        return data


_MISSING = Text(en="the log's file {path} is missing", ja="ログのファイル {path} がありません")
_UNREAD = Text(
    en="the log's file {path} cannot be read: {why}", ja="ログのファイル {path} を読み込めません：{why}"
)
_TOO_LARGE = Text(
    en="the log's file {path} is larger than {most} bytes",
    ja="ログのファイル {path} が {most} バイトを超えています",
)
