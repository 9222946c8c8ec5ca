"""Where a PostgreSQL database is and who asks, read from one line. Nothing is connected here."""

from __future__ import annotations

import getpass
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

__all__ = ["Address"]

_HERE: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is and who asks; its password is never shown."""

    host: str
    """A name, an IP address, or the folder of a Unix socket."""
    port: int
    database: str
    user: str
    password: str | None
    tls: ssl.SSLContext | None
    """How the server is spoken to; None: in the clear."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read "postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE".

        The host may also stand in `?host=`, there also as the folder of a Unix socket. Without a user it is the one who
        runs this; without a password `PGPASSWORD` is taken. MODE: "verify-full" (a server on another machine, unless
        said otherwise: TLS, its certificate must name it and be signed by `sslrootcert` or somebody this machine
        trusts), "require" (TLS with whoever answers), "disable" (this machine, unless said otherwise). Raises
        `UsageError` for anything else.
        """
        try:
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            host = options.pop("host", None) or parts.hostname or "localhost"
            port = parts.port or 5432
        except ValueError as error:
            raise _no_address() from error
        near = host in _HERE or host.startswith("/")
        mode = options.pop("sslmode", "disable" if near else "verify-full")
        root = options.pop("sslrootcert", None)
        if parts.scheme not in ("postgresql", "postgres") or options or mode not in _TLS:
            raise _no_address()
        user = unquote(parts.username or "") or getpass.getuser()
        password = unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD")
        return cls(host, port, unquote(parts.path[1:]) or user, user, password, _TLS[mode](root))

    def __str__(self) -> str:
        return f"{self.database} @ {self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def _verified(root: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=root)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            Text(
                en="the certificates of sslrootcert cannot be read: {root}",
                ja="sslrootcert の証明書を読めません: {root}",
            ).format(root=root)
        ) from error


def _unverified(_root: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


_TLS: Final[dict[str, Callable[[str | None], ssl.SSLContext | None]]] = {
    "disable": lambda _root: None,
    "require": _unverified,
    "verify-full": _verified,
}


def _no_address() -> UsageError:
    # What was given is not shown: it may hold a password.
    return UsageError(
        Text(
            en="this is not the address of a PostgreSQL database",
            ja="PostgreSQL のデータベースの場所として読めません",
        ),
        hint=Text(
            en="write postgresql://USER@HOST:PORT/DATABASE, with ?sslmode=disable, require or verify-full",
            ja="postgresql://ユーザー@ホスト:ポート/データベース の形で書いてください"
            "（?sslmode= には disable、require、verify-full が使えます）",
        ),
    )
