"""The embedded index's SQLite file: connections, transactions, and what its errors mean to a person.

Settings, and why:

- journal_mode=WAL: many processes read while one writes.
- synchronous=FULL: what `add` acknowledged is on the disk, also after a power cut.
- wal_autocheckpoint: codes land all over their B-tree; one page takes many records before it is copied back.
- trusted_schema=OFF, cell_size_check=ON: an index may come from somebody else.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from myself_i2i.errors import Error, SearchError
from myself_i2i.search.embedded_schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from myself_i2i.wording import Text

__all__ = ["Database", "damaged", "explained"]

_SETTINGS: Final = (
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "synchronous = FULL",
    "wal_autocheckpoint = 16384",  # pages: 64 MiB
)
_FREE = Text(en="free some space and try again", ja="空き容量を増やしてから、もう一度お試しください")
_COPY = Text(
    en="restore it from a copy, or index the pictures again", ja="控えから戻すか、画像を索引し直してください"
)
_PERMISSIONS = Text(
    en="check the permissions of its folder and the files in it",
    ja="フォルダと中のファイルの読み書きの許可を確かめてください",
)
_EXPLANATIONS: Final[dict[str, tuple[Text, Text]]] = {
    "SQLITE_BUSY": (
        Text(
            en="another program is writing to the index and did not finish",
            ja="ほかのプログラムが索引に書き込み中で、終わるのを待ちましたが使えませんでした",
        ),
        Text(
            en="close the other program, or try again",
            ja="ほかのプログラムを閉じるか、もう一度お試しください",
        ),
    ),
    "SQLITE_FULL": (
        Text(en="the disk is full; nothing was changed", ja="ディスクの空きがなく、何も変更していません"),
        _FREE,
    ),
    "SQLITE_IOERR": (
        Text(
            en="the disk refused to read or write the index; nothing was changed",
            ja="ディスクが索引の読み書きを受け付けず、何も変更していません",
        ),
        Text(
            en="check free space and the disk, then try again",
            ja="空き容量とディスクの状態を確かめて、もう一度お試しください",
        ),
    ),
    "SQLITE_READONLY": (
        Text(
            en="the index is read-only; nothing was changed", ja="索引が読み取り専用で、何も変更していません"
        ),
        _PERMISSIONS,
    ),
    "SQLITE_CANTOPEN": (Text(en="the index cannot be opened", ja="索引を開けません"), _PERMISSIONS),
    "SQLITE_NOTADB": (Text(en="this file is not an index", ja="このファイルは索引ではありません"), _COPY),
    "SQLITE_CORRUPT": (Text(en="the index is damaged", ja="索引のファイルが壊れています"), _COPY),
}
_SAME: Final = {
    "SQLITE_LOCKED": "SQLITE_BUSY",
    "SQLITE_PERM": "SQLITE_READONLY",
    "SQLITE_AUTH": "SQLITE_READONLY",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Let our own errors pass, and say as `SearchError` what SQLite's and the system's mean."""
    try:
        yield
    except Error:
        raise
    except sqlite3.Error as error:
        name = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
        fallback = (Text(en="the index could not be used", ja="索引を使えませんでした"), _COPY)
        message, hint = _EXPLANATIONS.get(_SAME.get(name, name), fallback)
        raise _said(message, path, error, hint) from error
    except UnicodeDecodeError as error:  # Python's module, on text or a message with bytes of a damaged page
        raise damaged() from error
    except OSError as error:
        message, hint = _EXPLANATIONS["SQLITE_IOERR"]
        raise _said(message, path, error, hint) from error


def damaged() -> SearchError:
    """Return the error for rows that no program of ours has written."""
    message, hint = _EXPLANATIONS["SQLITE_CORRUPT"]
    return SearchError(message, hint=hint)


def _said(message: Text, path: Path, error: Exception, hint: Text) -> SearchError:
    why = Text(en="{message}: {path} ({error})", ja="{message}: {path}（{error}）")
    return SearchError(why.format(message=message, path=path, error=error), hint=hint)


class Database:
    """Connections to one file, each used by one thread at a time and kept for the next."""

    def __init__(self, path: Path, *, busy_seconds: float, cache: int) -> None:
        """Open the file, made new where there is none; raises `SearchError` when it is damaged or something else.

        `cache`: bytes of the file that each connection may keep in memory.
        """
        self._path = path
        self._cache = cache
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect()
            try:
                _prepare(connection, path)
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the index for the whole block."""
        with self._borrowed() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that holds the write lock; committed, durably, at the block's end, undone by any error."""
        with self._borrowed() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def close(self) -> None:
        """Let all connections go; the database must not be used any more."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        with explained(self._path):
            if self._closed:
                raise SearchError(Text(en="the index was closed", ja="索引はすでに閉じられています"))
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                with self._lock:
                    keep = not self._closed
                    if keep:
                        self._idle.append(connection)
                if not keep:
                    connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            for setting in (*_SETTINGS, f"cache_size = -{self._cache // 1024}"):
                connection.execute(f"PRAGMA {setting}").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some errors (disk full) SQLite has rolled back by itself already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file; refuse what is no index, or a newer one."""
    if _marks(connection) == (0, 0):
        with _transaction(connection, "BEGIN IMMEDIATE"):
            # Another process may have made them while this one waited for the lock.
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if _marks(connection) == (0, 0) and not tables:
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    application, version = _marks(connection)
    if application != APPLICATION_ID:
        raise SearchError(
            Text(
                en="this file is not an index: {path}", ja="このファイルは索引ではありません: {path}"
            ).format(path=path),
            hint=Text(
                en="it is another program's SQLite file; nothing was changed",
                ja="ほかのプログラムの SQLite ファイルです。何も変更していません",
            ),
        )
    if version > SCHEMA_VERSION:
        raise SearchError(
            Text(
                en="the index has version {got}, this program knows up to {known}",
                ja="索引の版は {got} ですが、このプログラムが扱えるのは {known} までです",
            ).format(got=version, known=SCHEMA_VERSION),
            hint=Text(en="update myself-i2i", ja="myself-i2i を更新してください"),
        )
    connection.execute(
        "PRAGMA journal_mode = WAL"
    ).fetchone()  # kept in the file; last, so that no other file is changed


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    return int(application), int(connection.execute("PRAGMA user_version").fetchone()[0])
