"""Which file holds which picture: paths, digests, sizes and times, and all that was taken of them.

One SQLite file beside the index of codes, which could be made from it again. A file's row is the acknowledgement: it is written last, when everything
that a search needs is on disk. A picture's row is written first, so that whatever a crash leaves half done is known
by a picture that no file holds, and is swept away.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from myself_i2i.errors import SearchError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.wording import Text

__all__ = ["Catalogue", "FileRow", "PictureRow"]

SCHEMA: Final = (
    """CREATE TABLE pictures (
        sha256 TEXT PRIMARY KEY, height INTEGER NOT NULL, width INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE fingerprints (
        sha256 TEXT NOT NULL REFERENCES pictures ON DELETE CASCADE, algorithm TEXT NOT NULL,
        quality INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (sha256, algorithm)
    ) WITHOUT ROWID""",
    """CREATE TABLE files (
        path BLOB PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, failure TEXT
    ) WITHOUT ROWID""",
    "CREATE INDEX files_by_picture ON files (sha256)",
)
APPLICATION_ID: Final = 0x4D693269  # "Mi2i"
VERSION: Final = 1
BUSY_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file, as it was when it was indexed."""

    path: Path
    """Where it lies, absolute."""
    sha256: str
    """Of its bytes."""
    size: int
    """In bytes."""
    modified: int
    """Its modification time in nanoseconds."""
    failure: Text | None = None
    """Why it has no fingerprints; None when it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """One picture, however many files hold it."""

    sha256: str
    """Of the files' bytes; its name in the index of codes."""
    shape: tuple[int, int]
    """Its proportions: height and width as it was read."""
    fingerprints: tuple[Fingerprint, ...]
    """What was taken of it."""


class Catalogue:
    """The open file. One writer at a time, any number of readers."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Self:
        """Open the catalogue; raises SearchError when it is missing (and not to be made), damaged or newer."""
        if not path.exists() and not create:
            raise SearchError(
                Text(en="there is no index yet", ja="索引がまだありません"),
                hint=Text(en="make one: myself-i2i index FOLDER", ja="作るには: myself-i2i index フォルダ"),
            )
        with _explained(path):
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        made = cls(connection, path)
        try:
            with _explained(path):
                made._prepare()
        except BaseException:
            connection.close()
            raise
        return made

    def file(self, path: Path) -> FileRow | None:
        """Return what is known of the file at `path`."""
        with _explained(self._path):
            row = self._connection.execute(
                "SELECT path, sha256, size, modified, failure FROM files WHERE path = ?", (os.fsencode(path),)
            ).fetchone()
        return None if row is None else _file(row)

    def files(self, sha256: str) -> list[Path]:
        """Return where the picture lies, in order of name."""
        with _explained(self._path):
            rows = self._connection.execute(
                "SELECT path FROM files WHERE sha256 = ? AND failure IS NULL ORDER BY path", (sha256,)
            ).fetchall()
        return [_path(row[0]) for row in rows]

    def all_files(self) -> Iterator[FileRow]:
        """Yield every file, in order of path."""
        last = b""
        while True:
            with _explained(self._path):
                rows = self._connection.execute(
                    "SELECT path, sha256, size, modified, failure FROM files WHERE path > ? ORDER BY path LIMIT 1000",
                    (last,),
                ).fetchall()
            if not rows:
                return
            yield from map(_file, rows)
            last = rows[-1][0]

    def picture(self, sha256: str) -> PictureRow | None:
        """Return what is known of a picture."""
        with _explained(self._path):
            row = self._connection.execute(
                "SELECT height, width FROM pictures WHERE sha256 = ?", (sha256,)
            ).fetchone()
            taken = self._connection.execute(
                "SELECT algorithm, value, quality FROM fingerprints WHERE sha256 = ? ORDER BY algorithm",
                (sha256,),
            ).fetchall()
        if row is None:
            return None
        return PictureRow(sha256=sha256, shape=row, fingerprints=tuple(Fingerprint(*one) for one in taken))

    def algorithms(self, sha256: str) -> frozenset[str]:
        """Return what was taken of a picture; empty when it is not known."""
        with _explained(self._path):
            rows = self._connection.execute(
                "SELECT algorithm FROM fingerprints WHERE sha256 = ?", (sha256,)
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def counts(self) -> tuple[int, int]:
        """Return how many files and how many different pictures are findable."""
        with _explained(self._path):
            found = self._connection.execute(
                "SELECT count(*), count(DISTINCT sha256) FROM files WHERE failure IS NULL"
            ).fetchone()
        return found[0], found[1]

    def put_pictures(self, rows: Sequence[PictureRow]) -> None:
        """Write pictures, in place of what was there."""
        pictures = [(row.sha256, *row.shape) for row in rows]
        fingerprints = [
            (row.sha256, one.algorithm, one.quality, one.value) for row in rows for one in row.fingerprints
        ]
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)", pictures)
            self._connection.executemany(
                "INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?)", fingerprints
            )

    def put_files(self, rows: Iterable[FileRow], *, forget: Iterable[Path] = ()) -> None:
        """Write files, in place of what was there, and forget others: all of it or nothing."""
        values = [
            (os.fsencode(row.path), row.sha256, row.size, row.modified, _failure_json(row.failure))
            for row in rows
        ]
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", values)
            self._connection.executemany(
                "DELETE FROM files WHERE path = ?", [(os.fsencode(path),) for path in forget]
            )

    def unheld(self) -> list[str]:
        """Return the pictures that no file holds: left by a crash, or by files that changed or went."""
        with _explained(self._path):
            rows = self._connection.execute(
                "SELECT sha256 FROM pictures WHERE sha256 NOT IN (SELECT sha256 FROM files WHERE failure IS NULL)"
            ).fetchall()
        return [row[0] for row in rows]

    def forget_pictures(self, sha256s: Sequence[str]) -> None:
        """Forget these pictures; their codes MUST be gone from the index before."""
        with self._writing():
            self._connection.executemany("DELETE FROM pictures WHERE sha256 = ?", [(one,) for one in sha256s])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        for setting in (
            "trusted_schema = OFF",
            "foreign_keys = ON",
            "journal_mode = WAL",
            "synchronous = FULL",
        ):
            self._connection.execute(f"PRAGMA {setting}").fetchone()
        application, version = self._mark("application_id"), self._mark("user_version")
        if (application, version) == (0, 0):
            with self._writing():
                if self._mark("application_id") == 0:  # another process may have made it meanwhile
                    for statement in SCHEMA:
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {VERSION}")
        elif application != APPLICATION_ID or version > VERSION:
            raise SearchError(
                Text(
                    en="{path} is not an index that this version knows",
                    ja="{path} は、この版で扱える索引ではありません",
                ).format(path=self._path),
                hint=Text(en="update myself-i2i", ja="myself-i2i を更新してください"),
            )

    def _mark(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _explained(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _file(row: tuple[bytes, str, int, int, str | None]) -> FileRow:
    failure = None if row[4] is None else Text(**json.loads(row[4]))
    return FileRow(path=_path(row[0]), sha256=row[1], size=row[2], modified=row[3], failure=failure)


def _path(raw: bytes) -> Path:
    return Path(os.fsdecode(raw))


def _failure_json(failure: Text | None) -> str | None:
    return None if failure is None else json.dumps({"en": failure.en, "ja": failure.ja})


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise SearchError(
            Text(en="the index at {path} cannot be used: {why}", ja="索引 {path} を使えません: {why}").format(
                path=path, why=str(error)
            ),
            hint=Text(
                en="what was added before is untouched; check the disk and its free space",
                ja="それまでに追加した分はそのままです。ディスクと空き容量を確かめてください",
            ),
        ) from error
