"""A log's files in memory, with switches that make it fail as real places do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from myself_i2i.errors import RegistryError
from myself_i2i.tlog import Tile
from myself_i2i.wording import Text

__all__ = ["MemoryFiles"]

FAILED = Text(en="the place failed, as it was told to", ja="指示どおりに失敗しました")
CHANGED = Text(en="the full tile {path} would change", ja="完全なタイル {path} が変わろうとしています")


def _never(_path: str) -> bool:
    return False


class MemoryFiles:
    """`Files` in a dictionary. Refuses to change a tile: whoever tries has a second view of the log."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        """What is stored."""
        self.fail_write_and_not_persist: Callable[[str], bool] = _never
        """Asked with the path before each write: True fails it, and nothing is stored."""
        self.fail_write_but_persist: Callable[[str], bool] = _never
        """True stores the file and fails all the same, as a connection does that breaks before the answer."""
        self._lock = threading.Lock()

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        return self.files.get(path)

    def write(self, path: str, data: bytes) -> None:
        """Store a file, or fail as the switches say."""
        if self.fail_write_and_not_persist(path):
            raise RegistryError(FAILED)
        if path.startswith("tile/") and self.files.get(Tile.parse(path).path, data) != data:
            raise RegistryError(CHANGED.format(path=path))
        self.files[path] = data
        if self.fail_write_but_persist(path):
            raise RegistryError(FAILED)

    def drop_partials(self, path: str) -> None:
        """Forget the partial tiles of a full one."""
        for name in [name for name in self.files if name.startswith(f"{path}.p/")]:
            del self.files[name]

    @contextmanager
    def publishing(self) -> Generator[None, None, None]:
        """Hold off every other publisher in this process."""
        with self._lock:
            yield
