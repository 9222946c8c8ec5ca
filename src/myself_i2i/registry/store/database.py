"""Opening the database so that what is committed stays, and one writer at a time decides."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from myself_i2i.errors import RegistryError, UsageError
from myself_i2i.search.postgres_address import Address
from myself_i2i.wording import Text

__all__ = ["open_database", "plain_address", "reading", "storing"]

_TLS_OPTIONS: Final = ("sslmode", "sslrootcert")
PATIENCE: Final = 30.0
"""Seconds for which a writer waits for another one."""
MIGRATIONS: Final = Path(__file__).with_name("migrations")


def open_database(url: str) -> Engine:
    """Return the database at a URL (`sqlite:///FILE` or `postgresql+pg8000://…`), brought to the newest schema.

    On SQLite every transaction takes the write lock when it begins, unless it runs under `reading`: two writers then
    wait for each other and never fail half-way. PostgreSQL on another machine is spoken to in TLS (`?sslmode=`, as
    `search.postgres_address` reads it). Raises `UsageError` for a URL of another database, `RegistryError`
    when it cannot be opened or was made by a newer version.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unknown(url) from error
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+pg8000"}:
        raise _unknown(parsed.render_as_string())
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # Over a network in TLS unless the address says otherwise, by the same rules as the index in the same database.
        tls = Address.parse(plain_address(parsed)).tls
        connect = {} if tls is None else {"ssl_context": tls}
        engine = create_engine(
            parsed.difference_update_query(_TLS_OPTIONS), connect_args=connect, pool_pre_ping=True
        )
    with storing():
        _migrate(engine)
    return engine


def plain_address(url: URL) -> str:
    """Return SQLAlchemy's address of a PostgreSQL database as `search` reads it: "postgresql://…"."""
    options = dict(url.query)
    socket = options.pop("unix_sock", None)
    host, port = url.host or "", url.port
    if isinstance(socket, str):  # …/.s.PGSQL.5432
        host, port = "", int(socket.rpartition(".")[2])
        options["host"] = str(Path(socket).parent)
    who = quote(url.username or "", safe="")
    who += f":{quote(url.password, safe='')}" if url.password else ""
    place = (f"{who}@" if who else "") + (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    asked = f"?{urlencode(options, doseq=True)}" if options else ""
    return f"postgresql://{place}/{quote(url.database or '', safe='')}{asked}"


@contextmanager
def reading(engine: Engine) -> Generator[Connection, None, None]:
    """Give a connection that only reads, and sees one state of the database throughout."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        storing(),
        engine.connect().execution_options(reading=True, **level) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def storing() -> Generator[None, None, None]:
    """Turn the database's own errors into ours: a full disk, a lost server, a damaged file."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise RegistryError(
            Text(
                en="the registry's database refused: {reason}",
                ja="登録所のデータベースが受け付けませんでした：{reason}",
            ).format(reason=reason),
            hint=Text(
                en="what was acknowledged is kept; try again when the database is well",
                ja="受け付け済みのものは残っています。データベースが直ってから、もう一度お試しください",
            ),
        ) from error


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: see _begin_sqlite
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote between; so take the lock first.
    only_reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _unknown(url: str) -> UsageError:
    return UsageError(
        Text(
            en="no database of this kind is known: {url}",
            ja="この種類のデータベースは使えません：{url}",
        ).format(url=url[:120]),
        hint=Text(
            en="give sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME",
            ja="sqlite:///ファイル または postgresql+pg8000://ユーザー@ホスト/名前 の形で指定してください",
        ),
    )
