"""One run over many files: what is unchanged is passed over, what is done is kept, and said only then."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from myself_i2i.errors import Error
from myself_i2i.indexing.catalogue import FileRow
from myself_i2i.indexing.own_index import OwnIndex
from myself_i2i.indexing.spreading import Spread
from myself_i2i.indexing.taking import Taken
from myself_i2i.inspection.files import read_bounded
from myself_i2i.wording import Text

__all__ = ["Indexed", "Outcome", "index_files", "prune"]

STEP: Final = 16
"""Files that are kept together: so many at most are done again after a crash."""

Take = Callable[[Iterable[tuple[FileRow, bytes]]], Iterator[Spread[FileRow]]]
"""Takes fingerprints of files: `spreading.here` or `spreading.spread`."""


class Outcome(StrEnum):
    """What became of one file."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    KNOWN = "known"
    """Its bytes were there under another name, or its time alone had changed."""
    FAILED = "failed"
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Indexed:
    """One file of the run."""

    path: Path
    """Where it lies, absolute."""
    outcome: Outcome
    """What became of it; on disk when this is said."""
    failure: Text | None = None
    """Why, when it failed."""


def index_files(
    index: OwnIndex, paths: Sequence[Path], wanted: Sequence[str], take: Take
) -> Iterator[Indexed]:
    """Yield what became of each file; those passed over first, the others as they are done.

    Files that changed are replaced. A file that cannot be read is an outcome; what made it fail is kept, and told again
    without reading it again, as long as it does not change. Raises what `take` raises when a cluster is lost.
    """
    fresh = []
    for path in paths:
        passed = _unchanged(index, path, wanted)
        if passed is None:
            fresh.append(path)
        else:
            yield passed
    yield from _Run(index, wanted).through(fresh, take)
    index.sweep()


def prune(index: OwnIndex) -> Iterator[Indexed]:
    """Forget every file that is no longer there; yields each."""
    gone = [row.path for row in index.catalogue.all_files() if not row.path.exists()]
    index.forget(gone)
    index.sweep()
    for path in gone:
        yield Indexed(path, Outcome.PRUNED)


class _Run:
    """The part of a run that reads files."""

    def __init__(self, index: OwnIndex, wanted: Sequence[str]) -> None:
        self._index = index
        self._wanted = wanted
        self._passed: list[Indexed] = []
        self._known: list[FileRow] = []

    def through(self, paths: Sequence[Path], take: Take) -> Iterator[Indexed]:
        waiting: list[tuple[FileRow, Taken]] = []
        try:
            for done in take(self._read(paths)):
                waiting.append((done.key, done.taken))
                if len(waiting) >= STEP:
                    step, waiting = waiting, []
                    yield from self._keep(step)
        except BaseException:
            self._keep(waiting)  # what is done is done, whatever ends the run
            raise
        yield from self._keep(waiting)

    def _read(self, paths: Sequence[Path]) -> Iterator[tuple[FileRow, bytes]]:
        """Yield the files whose fingerprints must be taken; what needs none is put aside as done."""
        for path in paths:
            try:
                before = path.stat()
                data = read_bounded(path)
            except Error as error:
                self._passed.append(Indexed(path, Outcome.FAILED, error.message))
                continue
            except OSError as error:
                said = error.strerror or type(error).__name__
                self._passed.append(Indexed(path, Outcome.FAILED, Text(en=said, ja=said)))
                continue
            row = FileRow(
                path=path,
                sha256=hashlib.sha256(data).hexdigest(),
                size=before.st_size,
                modified=before.st_mtime_ns,
            )
            if self._index.has(row.sha256, self._wanted):
                self._known.append(row)
            else:
                yield row, data

    def _keep(self, waiting: Sequence[tuple[FileRow, Taken]]) -> list[Indexed]:
        self._index.keep(waiting)
        self._index.rename(self._known)
        passed = [*self._passed, *(Indexed(row.path, Outcome.KNOWN) for row in self._known)]
        self._passed, self._known = [], []
        return [*passed, *(_indexed(row, taken) for row, taken in waiting)]


def _indexed(row: FileRow, taken: Taken) -> Indexed:
    return Indexed(row.path, Outcome.FAILED if taken.failure else Outcome.ADDED, taken.failure)


def _unchanged(index: OwnIndex, path: Path, wanted: Sequence[str]) -> Indexed | None:
    """Return the outcome of a file that is as it was, None when it must be read."""
    row = index.catalogue.file(path)
    try:
        now = path.stat()
    except OSError:
        return None  # told when it is read
    if row is None or (row.size, row.modified) != (now.st_size, now.st_mtime_ns):
        return None
    if row.failure is not None:
        return Indexed(path, Outcome.FAILED, row.failure)
    return Indexed(path, Outcome.UNCHANGED) if index.has(row.sha256, wanted) else None
