"""Which files of a folder were saved since the last look, and are whole by now.

A file counts when its size, its time of change and its place on the disk stayed the same for `SETTLED` seconds: paint
programs take that long to write a large file, and a half-written one is nobody's work. The clock is the caller's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myself_i2i.errors import InputError, LimitError
from myself_i2i.journal.reading import SUFFIXES
from myself_i2i.journal.sealing import WorkFile
from myself_i2i.wording import Text

__all__ = ["SETTLED", "Watcher"]

SETTLED: Final = 2.0
"""Seconds for which a file must not have changed."""
MOST: Final = 50_000
"""Most work files in one watched folder."""

_NANO: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _State:
    """What changes when a file is saved."""

    size: int
    modified: int
    inode: int


class Watcher:
    """One folder and what lies in it, folders inside included; hidden names and links to folders are left out."""

    def __init__(self, folder: Path, *, settled: float = SETTLED) -> None:
        self._folder = folder
        self._settled = settled
        self._given: dict[str, _State] = {}
        self._waiting: dict[str, tuple[_State, float]] = {}

    def saved(self, now: float) -> list[Path]:
        """Return the files saved and settled since they were last returned, oldest first; `now` is in seconds since 1970.

        A file that has not changed for long is returned by the first look; one that is being written, by a later one.
        Raises `InputError` when the folder cannot be read, `LimitError` when it holds more than `MOST` work files.
        """
        found: list[tuple[int, str]] = []
        waiting: dict[str, tuple[_State, float]] = {}
        for path, state in self._look():
            if self._given.get(path) == state:
                continue
            before, since = self._waiting.get(path, (state, now))
            since = since if before == state else now
            # A time of change in the future (another machine's clock) is no sign of rest.
            rested = max(now - since, now - state.modified / _NANO)
            if rested >= self._settled and state.size:
                self._given[path] = state
                found.append((state.modified, path))
            else:
                waiting[path] = (state, since)
        self._waiting = waiting
        return [Path(path) for _, path in sorted(found)]

    @property
    def unsettled(self) -> bool:
        """Whether the last look found files that are still being written."""
        return any(state.size for state, _ in self._waiting.values())

    def unchanged(self, file: WorkFile) -> bool:
        """Return whether `file`, as it was read, is in the state in which it was last returned."""
        state = self._given.get(file.path)
        return state is not None and (state.size, state.modified) == (file.size, file.modified)

    def again(self, path: Path) -> None:
        """Have `path` returned again: it could not be noted this time."""
        self._given.pop(str(path), None)

    def _look(self) -> Iterator[tuple[str, _State]]:
        pending, count = [str(self._folder)], 0
        while pending:
            here = pending.pop()
            try:
                with os.scandir(here) as entries:
                    inside = [entry for entry in entries if not entry.name.startswith(".")]
            except OSError as error:
                if here == str(self._folder):
                    raise _unreadable(self._folder, error) from error
                continue  # a folder that may not be read is like an empty one
            for entry in inside:
                state = _state(entry, pending)
                if state is not None:
                    count += 1
                    yield entry.path, state
            if count > MOST:
                raise LimitError(
                    Text(
                        en="{folder} holds more than {most} work files",
                        ja="{folder} に作業ファイルが {most} 個を超えてあります",
                    ).format(folder=self._folder, most=MOST),
                    hint=Text(en="watch the folder of one work", ja="作品1つ分のフォルダを指定してください"),
                )


def _state(entry: os.DirEntry[str], pending: list[str]) -> _State | None:
    """Return the state of a work file; a folder goes to `pending`; None for all else."""
    try:
        if entry.is_dir(follow_symlinks=False):
            pending.append(entry.path)
        elif Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file():
            found = entry.stat()
            return _State(found.st_size, found.st_mtime_ns, found.st_ino)
    except OSError:
        return None  # gone since the folder was listed
    return None


def _unreadable(folder: Path, error: OSError) -> InputError:
    return InputError(
        Text(en="cannot read {folder}: {why}", ja="{folder} を読めません: {why}").format(
            folder=folder, why=error.strerror or type(error).__name__
        )
    )
