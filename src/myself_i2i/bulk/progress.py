"""What is already done, on disk, so that a long run can be taken up again after a crash or Ctrl-C.

One JSON line per finished file. A line cut short by a kill is ignored when read, and the file is simply done again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self, TextIO

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["Journal"]


class Journal:
    """Results of finished files, kept by path, size and modification time.

    A file that changed since, or a run with other `settings`, is not taken from the journal. Use it as a context
    manager, or `close` it.
    """

    def __init__(self, path: Path, settings: str) -> None:
        self._path = path
        self._settings = settings
        self._offsets: dict[str, tuple[int, str]] = {}
        try:
            self._load()
            self._out: TextIO = path.open("a", encoding="utf-8")
            if path.stat().st_size and not self._ends_with_newline():
                self._out.write("\n")
        except OSError as error:
            raise InputError(
                Text(
                    en=f"cannot use {path} to resume: {error.strerror}",
                    ja=f"再開用のファイル {path} を使えません: {error.strerror}",
                ),
                hint=Text(en="give another path to --resume", ja="--resume に別のパスを指定してください"),
            ) from error

    def _ends_with_newline(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"

    def _load(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            offset = 0
            for line in file:
                try:
                    entry = json.loads(line)
                    if entry["settings"] == self._settings:
                        self._offsets[entry["path"]] = (offset, entry["stamp"])
                except (ValueError, KeyError, TypeError):
                    pass  # cut short by a kill, or not ours: that file is done again
                offset += len(line)

    def knows(self, path: Path) -> bool:
        """Return whether a result is kept for `path` and the file is still the same."""
        known = self._offsets.get(str(path))
        return known is not None and known[1] == _stamp(path)

    def get(self, path: Path) -> dict[str, Any] | None:
        """Return the result kept for `path` if the file is still the same, or None."""
        if not self.knows(path):
            return None
        # Results stay on disk: memory holds one offset a file, however many files there are.
        with self._path.open("rb") as file:
            file.seek(self._offsets[str(path)][0])
            result: dict[str, Any] = json.loads(file.readline())["result"]
        return result

    def keep(self, path: Path, result: dict[str, Any]) -> None:
        """Write a finished file's result; it is in the operating system's hands when this returns."""
        line = {"settings": self._settings, "path": str(path), "stamp": _stamp(path), "result": result}
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()

    def close(self) -> None:
        """Close the file."""
        self._out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _stamp(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return "gone"
    return f"{stat.st_size}:{stat.st_mtime_ns}"
