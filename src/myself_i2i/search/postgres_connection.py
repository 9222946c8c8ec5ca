"""Connections to a PostgreSQL server: who has one, how long it is kept, and what happens when it is lost.

The driver is pg8000: pure Python and BSD; psycopg is LGPL (docs/adr/0010).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from myself_i2i.errors import Error
from myself_i2i.search.postgres_address import Address
from myself_i2i.search.postgres_errors import driver, driver_errors, explained, lost

__all__ = ["Connections", "Session"]

_T = TypeVar("_T")
_PATIENCE: Final = 15.0
_KEPT: Final = 4
_TLS_PLEASE: Final = 80877103
"""SSLRequest: https://www.postgresql.org/docs/current/protocol-message-formats.html."""
_NO_TLS: Final = "the server does not speak TLS; sslmode=disable would speak to it in the clear"
_NO_NAME: Final = "this is not the name of a machine"
_NO_POSTGRES: Final = "whoever answers does not answer as PostgreSQL does"
_SETTINGS: Final = (
    "SET client_min_messages = warning",
    "SET default_transaction_isolation = 'read committed'",
    "SET jit = off",  # compiling sixteen conditions takes longer than a look-up
    "SET lock_timeout = '60s'",
    "SET idle_in_transaction_session_timeout = '60s'",  # a writer that hangs must not stop all others for ever
    # "off" would acknowledge what a crash of the server can still lose; all other settings are the keeper's choice.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)


class Session:
    """One connection, used by one thread at a time; remembers the statements it was given before."""

    def __init__(self, address: Address, schema: str) -> None:
        """Connect, and find tables in `schema`. Raises `driver_errors`."""
        self._prepared: dict[str, Any] = {}
        self._connection: Any = None
        self._line = _dial(address)
        try:
            self._connection = _introduced(self._line, address)
            self._line.settimeout(None)  # a rebuild takes as long as it takes
            for setting in (*_SETTINGS, f'SET search_path = "{schema}"'):
                self.command(setting)
        except BaseException:
            self.close()
            raise

    def command(self, sql: str) -> list[list[Any]]:
        """Run a statement without parameters and return its rows."""
        rows: list[list[Any]] | None = self._connection.run(sql)
        return rows or []

    def ask(self, sql: str, **parameters: object) -> list[list[Any]]:
        """Run a statement with `:name` parameters and return its rows; the server plans it when it is first met."""
        if sql not in self._prepared:
            self._prepared[sql] = self._connection.prepare(sql)
        rows: list[list[Any]] | None = self._prepared[sql].run(**parameters)
        return rows or []

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does at its end; any error undoes all of it."""
        self.command("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        try:
            yield
            self.command("COMMIT")
        except BaseException:
            with contextlib.suppress(Exception):  # a lost connection has rolled back by itself
                self.command("ROLLBACK")
            raise

    def close(self) -> None:
        """Let the connection go, also a broken one."""
        with contextlib.suppress(Exception):
            self._connection.close()
        # pg8000 leaves the line of a broken connection to the garbage collector.
        if self._line.fileno() >= 0:
            socket.close(self._line.detach())


class Connections:
    """Connections to one database: a thread has one to itself while it asks, and a few are kept for the next."""

    def __init__(self, address: Address, schema: str) -> None:
        self._address = address
        self._schema = schema
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._errors = driver_errors()

    def run(self, work: Callable[[Session], _T]) -> _T:
        """Return what `work` makes of a connection.

        `work` is done a second time when a kept connection turns out to be gone (the server was started again), so it
        must be such that twice does no more than once. Raises `SearchError` for whatever the server, or the way to it,
        does not allow.
        """
        kept = self._take()
        if kept is not None:
            try:
                return self._use(kept, work)
            except self._errors as error:
                if not lost(error):
                    raise explained(error, self._address) from error
                self.close()  # the others were made before the server went, too
        try:
            return self._use(Session(self._address, self._schema), work)
        except self._errors as error:
            raise explained(error, self._address) from error

    def close(self) -> None:
        """Let go of the connections that nobody uses."""
        while (session := self._take()) is not None:
            session.close()

    def _take(self) -> Session | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _use(self, session: Session, work: Callable[[Session], _T]) -> _T:
        """Do the work and keep the connection, unless it may be in the middle of something."""
        keep = False
        try:
            result = work(session)
            keep = True
        except Error:  # ours: a transaction was rolled back, the connection is as good as before
            keep = True
            raise
        finally:
            with self._lock:
                keep = keep and len(self._idle) < _KEPT
                if keep:
                    self._idle.append(session)
            if not keep:
                session.close()
        return result


def _dial(address: Address) -> socket.socket:
    """Return a line to the server, by TLS where the address says so, that waits `_PATIENCE` for each answer."""
    if address.host.startswith("/"):
        line, place = (
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
            f"{address.host}/.s.PGSQL.{address.port}",
        )
    else:
        try:
            line, place = socket.create_connection((address.host, address.port), _PATIENCE), ""
        except UnicodeError as error:
            raise ConnectionError(_NO_NAME) from error
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        line.settimeout(_PATIENCE)
        if place:
            line.connect(place)
        return line if address.tls is None else _secured(line, address.host, address.tls)
    except BaseException:
        line.close()
        raise


def _secured(line: socket.socket, host: str, tls: ssl.SSLContext) -> ssl.SSLSocket:
    line.sendall(struct.pack("!ii", 8, _TLS_PLEASE))
    if line.recv(1) != b"S":
        raise ConnectionError(_NO_TLS)
    return tls.wrap_socket(line, server_hostname=host)


def _introduced(line: socket.socket, address: Address) -> Any:
    """Return pg8000's connection over the line; raises `driver_errors` whoever it is that answers."""
    try:
        return driver().Connection(
            address.user,
            database=address.database,
            password=address.password or "",  # without one, pg8000 stumbles over SCRAM
            sock=line,
            ssl_context=False,  # what had to be agreed on is: `_dial`
            application_name="myself-i2i",
        )
    except driver_errors():
        raise
    except (
        Exception
    ) as error:  # whatever the bytes of a server that is none, or an impostor, bring about in pg8000
        raise ConnectionError(_NO_POSTGRES) from error
