"""One SQLite file: how it is opened, and what its errors mean to a person.

Settings, and why (docs/adr/0003-ledger-sqlite.md has the losing options):

- journal_mode=DELETE, not WAL. In WAL mode an acknowledged entry may live in the `-wal` file alone, for as long
  as nobody checkpoints, and after kill -9 that is until the next opening: copying the one file would lose it in
  silence. With a rollback journal the one file is whole whenever no write is under way, and WAL's gain (readers
  beside a writer) is not needed where a write takes milliseconds.
- synchronous=EXTRA, not FULL. In DELETE mode the commit is the deletion of the journal. FULL does not sync the
  folder after it, so after a power cut the journal may stand there again and roll an acknowledged entry back.
- busy_timeout: two processes may write at once; the second waits for the first.
- trusted_schema=OFF, cell_size_check=ON: a ledger file may come from somebody else.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myself_i2i.errors import Error, LedgerError
from myself_i2i.ledger._schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from myself_i2i.wording import Text

__all__ = ["connect", "reading", "writing"]

_RESTORE = Text(
    en="nothing was written; restore the ledger from a copy, or save what can be read with "
    "`myself-i2i ledger export`",
    ja="何も書き込んでいません。控えから戻すか、読める分を `myself-i2i ledger export` で書き出してください",
)
_EXPLANATIONS: dict[str, tuple[Text, Text]] = {
    "SQLITE_BUSY": (
        Text(
            en="the ledger is in use by another program and did not become free",
            ja="帳簿をほかのプログラムが使用中で、空くのを待ちましたが使えませんでした",
        ),
        Text(
            en="close the other program, or try again",
            ja="ほかのプログラムを閉じるか、もう一度お試しください",
        ),
    ),
    "SQLITE_FULL": (
        Text(en="the disk is full; nothing was appended", ja="ディスクの空きがなく、何も追加していません"),
        Text(en="free some space and try again", ja="空き容量を増やしてから、もう一度お試しください"),
    ),
    "SQLITE_READONLY": (
        Text(
            en="the ledger is read-only; nothing was appended",
            ja="帳簿が読み取り専用で、何も追加していません",
        ),
        Text(
            en="check the permissions of the file and of its folder",
            ja="ファイルとフォルダの書き込み許可を確かめてください",
        ),
    ),
    "SQLITE_CANTOPEN": (
        Text(en="the ledger cannot be opened", ja="帳簿を開けません"),
        Text(
            en="check that its folder exists and may be written",
            ja="フォルダがあり、書き込めることを確かめてください",
        ),
    ),
    "SQLITE_IOERR": (
        Text(
            en="the disk refused to read or write the ledger; nothing was appended",
            ja="ディスクが帳簿の読み書きを受け付けず、何も追加していません",
        ),
        Text(
            en="check free space and the disk, then try again",
            ja="空き容量とディスクの状態を確かめて、もう一度お試しください",
        ),
    ),
    "SQLITE_NOTADB": (Text(en="this file is not a ledger", ja="このファイルは帳簿ではありません"), _RESTORE),
    "SQLITE_CORRUPT": (Text(en="the ledger file is damaged", ja="帳簿のファイルが壊れています"), _RESTORE),
}
_SAME = {"SQLITE_LOCKED": "SQLITE_BUSY", "SQLITE_PERM": "SQLITE_READONLY", "SQLITE_AUTH": "SQLITE_READONLY"}


def connect(path: Path, *, busy_seconds: float, create: bool) -> sqlite3.Connection:
    """Return a connection to the ledger at `path`, made new when there is none and `create` says so.

    Raises `LedgerError` when it is missing, damaged, no ledger, or of a newer version.
    """
    if not path.exists():
        if not create:
            raise LedgerError(
                Text(en="there is no ledger at {path}", ja="{path} に帳簿がありません").format(path=path),
                hint=Text(
                    en="`myself-i2i pledge` or `myself-i2i sources add` starts one",
                    ja="`myself-i2i pledge` か `myself-i2i sources add` で作られます",
                ),
            )
        _create_private(path)
    with _explained(path):
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        with _explained(path):
            for setting in (
                "trusted_schema = OFF",
                "cell_size_check = ON",
                "foreign_keys = ON",
                "synchronous = EXTRA",
                "journal_mode = DELETE",
            ):
                connection.execute(f"PRAGMA {setting}").fetchone()
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Hold the write lock for the block and commit at its end; any error undoes the whole block.

    The lock is taken at the start: two writers then never read the same last entry and both append to it.
    """
    with _explained(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # After some errors (disk full) SQLite has rolled back by itself already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what SQLite raises in the block into `LedgerError`."""
    with _explained(path):
        yield


def _create_private(path: Path) -> None:
    """Make the file empty and for its owner only, before SQLite would make it readable to everybody."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        message, hint = _EXPLANATIONS["SQLITE_CANTOPEN"]
        raise LedgerError(
            Text(
                en=f"{message.en}: {path} ({error.strerror})", ja=f"{message.ja}: {path}（{error.strerror}）"
            ),
            hint=hint,
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file; refuse what is no ledger, or a newer one."""
    if _marks(connection) == (0, 0):
        with writing(connection, path):
            # Another process may have made them while this one waited for the lock.
            if _marks(connection) == (0, 0) and not _tables(connection):
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    application, version = _marks(connection)
    if application != APPLICATION_ID:
        message, _ = _EXPLANATIONS["SQLITE_NOTADB"]
        raise LedgerError(
            Text(en=f"{message.en}: {path}", ja=f"{message.ja}: {path}"),
            hint=Text(
                en="it is another program's SQLite file; nothing was changed",
                ja="ほかのプログラムの SQLite ファイルです。何も変更していません",
            ),
        )
    if version > SCHEMA_VERSION:
        raise LedgerError(
            Text(
                en="the ledger has version {got}, this program knows up to {known}",
                ja="帳簿の版は {got} ですが、このプログラムが扱えるのは {known} までです",
            ).format(got=version, known=SCHEMA_VERSION),
            hint=Text(en="update myself-i2i", ja="myself-i2i を更新してください"),
        )


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    return int(application), int(connection.execute("PRAGMA user_version").fetchone()[0])


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Let our own errors pass, and say what SQLite's mean."""
    try:
        yield
    except Error:
        raise
    except (sqlite3.Error, UnicodeDecodeError) as error:  # text of a damaged page may be no UTF-8
        name = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
        fallback = (Text(en="the ledger could not be used", ja="帳簿を使えませんでした"), _RESTORE)
        message, hint = _EXPLANATIONS.get(_SAME.get(name, name), fallback)
        raise LedgerError(
            Text(en=f"{message.en}: {path} ({error})", ja=f"{message.ja}: {path}（{error}）"), hint=hint
        ) from error
