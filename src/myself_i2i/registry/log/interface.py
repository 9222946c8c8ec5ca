"""Where a log's files lie: a folder that a web server shows, or an object store."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["Files"]


class Files(Protocol):
    """Named files; names are `checkpoint`, `checkpoint.cosigned` and the paths of tiles (c2sp.org/tlog-tiles).

    All methods raise `RegistryError` when the place cannot be read or written.
    """

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Store a file, replacing one of this name: durable once this returns, and whole or not at all for readers."""
        ...

    def drop_partials(self, path: str) -> None:
        """Forget the partial tiles of a full one (`path` is the full one's); those that are not there are no error."""
        ...

    def publishing(self) -> AbstractContextManager[None]:
        """Hold off every other publisher of these files, in this process or another, until the block ends.

        MUST be let go when the holder dies.
        """
        ...
