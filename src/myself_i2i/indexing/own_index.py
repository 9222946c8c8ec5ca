"""A person's own index: which pictures they have, and their fingerprints, in one folder.

What is kept where: codes in an index of `search`, the rest in the `Catalogue`. What a run does with a file:

1. The same size and time as before: nothing.
2. The same bytes as before, or as another file: only the file's row.
3. Otherwise its fingerprints are taken, and written in steps of a few files:
   a. the pictures' rows, which no file holds yet;
   b. the codes;
   c. the files' rows. Only now it is said to be done.
4. Pictures that no file holds any more are swept away, codes first.

A crash between any two steps leaves pictures that no file holds; a search does not show them, the next run sweeps them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from myself_i2i.errors import InputError, SearchError, UsageError
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64
from myself_i2i.fingerprint.origin import DIMENSIONS, SIGN_BITS, sign_code
from myself_i2i.fingerprint.parts import WORD_BITS, WORD_RADIUS, words
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY
from myself_i2i.indexing.catalogue import Catalogue, FileRow, PictureRow
from myself_i2i.indexing.taking import Taken
from myself_i2i.search.embedded import EmbeddedIndex
from myself_i2i.search.interface import Index, Kind, Record
from myself_i2i.wording import Text

__all__ = ["KINDS", "WORDS", "WORDS_RADIUS", "OwnIndex", "picture_of", "records_of", "word_id"]

WORDS: Final = "parts_v1.words"
"""The kind of single features' codes."""
WORDS_RADIUS: Final = WORD_RADIUS
MOST_WORDS: Final = 160
"""So many features of a picture can be looked up, the strongest and best spread; all are kept for the comparison."""
SWEPT: Final = 100
KINDS: Final = (
    Kind(PDQ64, bits=256, radius=31),
    Kind(ORIGIN, bits=SIGN_BITS, radius=31, payload=DIMENSIONS),
    Kind(WORDS, bits=WORD_BITS, radius=WORDS_RADIUS),
)
"""What the index of codes holds of each picture: two codes under its sha256, and its features under `word_id`."""

_CATALOGUE, _CODES, _LOCK = "catalogue.sqlite", "codes", "writing.lock"


class OwnIndex:
    """The open index; `catalogue` and `codes` may be read by anyone, written only through the methods here."""

    def __init__(self, catalogue: Catalogue, codes: Index, stack: ExitStack) -> None:
        self.catalogue = catalogue
        self.codes = codes
        self._stack = stack

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Self:
        """Open the index in `folder`, to be read or to be written; with `write` it is made when there is none.

        Raises UsageError when another process is writing it, SearchError when it is missing or cannot be used.
        """
        with ExitStack() as stack:
            if write:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                stack.callback(_lock(folder / _LOCK).close)
            catalogue = stack.enter_context(Catalogue.open(folder / _CATALOGUE, create=write))
            codes = EmbeddedIndex.open(folder / _CODES, KINDS)
            stack.callback(codes.close)
            made = cls(catalogue, codes, stack.pop_all())
        if write:
            made.sweep()
        return made

    def has(self, sha256: str, wanted: Sequence[str]) -> bool:
        """Return whether the picture is there with all the `wanted` algorithms."""
        return self.catalogue.algorithms(sha256).issuperset(wanted)

    def keep(self, done: Sequence[tuple[FileRow, Taken]]) -> None:
        """Keep what was taken of these files, on disk when this returns; a failure is kept where it is lasting."""
        good = [(row, taken) for row, taken in done if taken.failure is None]
        pictures = {row.sha256: taken for row, taken in good}
        self.catalogue.put_pictures(
            [
                PictureRow(sha256=sha256, shape=taken.shape, fingerprints=taken.fingerprints)
                for sha256, taken in pictures.items()
            ]
        )
        self._add([one for sha256, taken in pictures.items() for one in records_of(sha256, taken)])
        told = [
            row if taken.failure is None else replace(row, failure=taken.failure)
            for row, taken in done
            if taken.failure is None or taken.lasting
        ]
        # What failed for the machine's sake is tried again, and what was known of the file before is of other bytes.
        again = [row.path for row, taken in done if taken.failure is not None and not taken.lasting]
        self.catalogue.put_files(told, forget=again)

    def rename(self, rows: Sequence[FileRow]) -> None:
        """Keep files whose pictures are there already."""
        self.catalogue.put_files(rows)

    def forget(self, paths: Sequence[Path]) -> None:
        """Forget these files; their pictures go with `sweep`."""
        self.catalogue.put_files((), forget=paths)

    def sweep(self) -> int:
        """Drop the pictures that no file holds; return how many went."""
        unheld = self.catalogue.unheld()
        for start in range(0, len(unheld), SWEPT):
            some = unheld[start : start + SWEPT]
            self.codes.delete(
                [*some, *(word_id(one, number) for one in some for number in range(MOST_WORDS))]
            )
            self.catalogue.forget_pictures(some)
        return len(unheld)

    def close(self) -> None:
        """Close everything."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _add(self, records: Sequence[Record]) -> None:
        try:
            self.codes.add(records)
        except InputError:
            # Half done before a crash, and other libraries were installed since: the newer codes count.
            self.codes.delete({record.id for record in records})
            self.codes.add(records)


def records_of(sha256: str, taken: Taken) -> list[Record]:
    """Return what the index of codes holds of one picture: none of a picture too flat to be told from others."""
    records = []
    same, layout = taken.of(PDQ64), taken.of(ORIGIN)
    if same is not None and same.quality >= LEAST_QUALITY:
        records.append(Record(sha256, PDQ64, same.value))
    if layout is not None and layout.quality:
        records.append(Record(sha256, ORIGIN, sign_code(layout), layout.value))
    kept = taken.of(PARTS)
    if kept is not None:
        codes = words(kept)[:MOST_WORDS]
        records += [Record(word_id(sha256, number), WORDS, code) for number, code in enumerate(codes)]
    return records


def word_id(sha256: str, number: int) -> str:
    """Return the id of one feature of a picture."""
    return f"{sha256}/{number}"


def picture_of(id_: str) -> str:
    """Return the picture that an id belongs to."""
    return id_.partition("/")[0]


def _lock(path: Path) -> sqlite3.Connection:
    """Return a connection that holds the file's lock until it is closed, or its process ends, on every system."""
    connection = None
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if connection is not None:
            connection.close()
        if error.sqlite_errorname == "SQLITE_BUSY":
            raise UsageError(
                Text(en="another run is writing this index", ja="別の実行がこの索引に書き込み中です"),
                hint=Text(en="wait until it is done", ja="終わるまで待ってください"),
            ) from error
        raise SearchError(
            Text(en="the index at {path} cannot be written", ja="索引 {path} に書き込めません").format(
                path=path.parent
            )
        ) from error
    return connection
