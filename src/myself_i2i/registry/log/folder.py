"""A log's files in a folder of this machine, ready to be served by any web server."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from myself_i2i.errors import RegistryError
from myself_i2i.wording import Text

__all__ = ["FolderFiles"]


class FolderFiles:
    """`Files` in a folder; the folder is made when it is missing.

    Survives kill -9 and a full disk: a file appears by renaming one that was written and synced beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Where the files lie."""
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        with _told(self.folder / path):
            try:
                return (self.folder / path).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, path: str, data: bytes) -> None:
        """Store a file, replacing one of this name."""
        target = self.folder / path
        with _told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            # One name for every try: what a crash left behind is overwritten, not collected. `publishing` keeps others out.
            fresh = target.with_name(target.name + ".new")
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
            _sync_folder(target.parent)

    def drop_partials(self, path: str) -> None:
        """Forget the partial tiles of a full one."""
        with _told(self.folder / path):
            shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)

    @contextmanager
    def publishing(self) -> Generator[None, None, None]:
        """Hold off every other publisher by a lock on the folder, which the kernel lets go when a process dies."""
        with _told(self.folder):
            handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with _told(self.folder):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


@contextmanager
def _told(path: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(
            Text(
                en="cannot read or write the log's file {path}: {reason}",
                ja="ログのファイル {path} を読み書きできません：{reason}",
            ).format(path=str(path), reason=error.strerror or type(error).__name__),
            hint=Text(
                en="what was acknowledged is kept; publishing goes on where it was once the place is well",
                ja="受け付け済みのものは残っています。直ったところから公開を続けます",
            ),
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
