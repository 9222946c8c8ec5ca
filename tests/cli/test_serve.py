"""`myself-i2i serve` as a person runs it: a process of its own, a real socket, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.registry.api.served import values
from tests.registry.conftest import postgres_server
from tests.registry.support import PublishedPicture, made
from tests.support.postgres import Server

__all__ = ["postgres_server"]

PATIENCE = 60.0
BODY = b'{"alg": "org.myself-i2i.pdq64.v1", "value": "' + b"A" * 43 + b'"}'
COMMAND = (str(Path(sys.executable).with_name("myself-i2i")), "--lang", "en", "serve")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@dataclass
class Running:
    """A registry that runs."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **params: str) -> httpx.Response:
        """Ask it."""
        return httpx.get(self.url + path, params=params, timeout=PATIENCE)

    def publish(self, one: PublishedPicture) -> httpx.Response:
        """Publish the maker's pledge and the picture's mark."""
        where, kind = f"{self.url}/statements", {"content-type": "application/vnd.dsse+json"}
        pledge = one.maker.pledge().envelope.to_json()
        httpx.post(where, content=pledge, headers=kind, timeout=PATIENCE)
        form = {"envelope": one.envelope.to_json(), "manifest": one.manifest}
        return httpx.post(where, files=form, timeout=PATIENCE)

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Send the signal; return the exit code and what was said."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


@contextmanager
def running(folder: Path, *more: str) -> Iterator[Running]:
    """Run a registry over `folder`, from when it answers."""
    port = free_port()
    arguments = [*COMMAND, "--data", str(folder), "--port", str(port), *more]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MYSELF_I2I_")}
    environment |= {"MYSELF_I2I_REGISTRY_PER_ADDRESS_PER_MINUTE": "1000000"}
    process = subprocess.Popen(
        arguments, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder.parent
    )
    one = Running(process, port)
    try:
        _wait(one)
        yield one
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait(one: Running) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and one.process.poll() is None:
        try:
            if one.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    one.process.kill()
    raise AssertionError(one.process.communicate()[1])


class TestServe:
    def test_first_start(self, tmp_path: Path) -> None:
        """The first start makes keys for their owner alone and says where; the address is printed; SIGTERM ends it well."""
        folder = tmp_path / "registry"
        with running(folder) as one:
            code, said = one.end()
        assert (0, True) == (code, f"made this registry's keys in {folder / 'keys'}" in said)
        assert f"the registry listens on {one.url}" in said
        assert {0o600} == {path.stat().st_mode & 0o777 for path in (folder / "keys").glob("*.pem")}
        with running(folder) as one:
            assert "made" not in one.end()[1]

    def test_port_taken(self, tmp_path: Path) -> None:
        """Where another program listens nothing is made, and the way out is told."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            done = subprocess.run(
                [*COMMAND, "--data", str(tmp_path / "registry"), "--port", str(port)],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
        assert (2, False) == (done.returncode, (tmp_path / "registry").exists())
        assert re.search(
            rf"error: cannot listen on 127\.0\.0\.1, port {port}: .*\nhint: .*--port NUMBER", done.stderr
        )

    def test_workers_need_postgres(self, tmp_path: Path) -> None:
        """Several processes on SQLite are refused."""
        done = subprocess.run(
            [*COMMAND, "--data", str(tmp_path), "--workers", "2"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert (2, True) == (done.returncode, "postgresql+pg8000://" in done.stderr)

    def test_settings_file(self, tmp_path: Path) -> None:
        """Settings stand in registry.toml in the folder, and the command line wins."""
        folder = tmp_path / "registry"
        folder.mkdir()
        (folder / "registry.toml").write_text('url = "https://registry.example"\nport = 1\n')
        with running(folder) as one:
            told = one.get("/.well-known/c2pa-soft-binding-resolution").json()
        assert "https://registry.example" == told["apiEndpoint"]

    def test_term_finishes(self, tmp_path: Path) -> None:
        """A request that runs when SIGTERM comes is finished: its answer arrives, and what it said is kept."""
        picture = made()
        with running(tmp_path / "registry") as one:
            one.publish(picture)
            request = _half_sent(one)
            ending = threading.Thread(target=one.end)
            ending.start()
            time.sleep(0.5)
            answer = _other_half(request)
            ending.join()
            assert (0, True) == (one.process.returncode, answer.startswith(b"HTTP/1.1 200 "))

    def test_kill(self, tmp_path: Path) -> None:
        """After kill -9 everything acknowledged is there, and found."""
        picture = made()
        with running(tmp_path / "registry") as one:
            told = one.publish(picture).json()
            assert -signal.SIGKILL == one.end(signal.SIGKILL)[0]
        with running(tmp_path / "registry") as one:
            (alg, value), *_ = values(picture).items()
            found = one.get("/matches/byBinding", alg=alg, value=value).json()["matches"]
            again = one.publish(picture)
        assert [picture.says.manifest.id] == [match["manifestId"] for match in found]
        assert (200, told["index"]) == (again.status_code, again.json()["index"])


class TestWorkers:
    def test_same_answers(self, tmp_path: Path, postgres_server: Server) -> None:
        """Two processes on PostgreSQL give the same answers: what one took in, any of them finds."""
        pictures = [made(seed=seed) for seed in (1, 2)]
        with postgres_server.database() as url:
            place = postgres_server.folder / f".s.PGSQL.{postgres_server.port}"
            database = f"postgresql+pg8000://postgres@/{urlsplit(url).path[1:]}?unix_sock={place}"
            with running(tmp_path / "registry", "--database", database, "--workers", "2") as one:
                assert [201, 201] == [one.publish(picture).status_code for picture in pictures]
                time.sleep(2)  # as long as an index may be behind what another process logged
                asked = [*(path for picture in pictures for path in _asked(picture)), ("/checkpoint", {})]
                answers = [{one.get(path, **params).text for _ in range(8)} for path, params in asked]
                code, _ = one.end()
        assert [1] * len(asked) == [len(texts) for texts in answers]
        assert all(picture.says.manifest.id in str(answers) for picture in pictures)
        assert 0 == code


def _asked(picture: PublishedPicture) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = [
        ("/matches/byBinding", {"alg": alg, "value": value}) for alg, value in values(picture).items()
    ]
    return [*found, (f"/s/{picture.says.manifest.id}", {}), (f"/makers/{picture.maker.keyid}", {})]


def _half_sent(one: Running) -> socket.socket:
    """Begin a request that the service has to wait for."""
    connection = socket.create_connection(("127.0.0.1", one.port), PATIENCE)
    connection.sendall(
        b"POST /matches/byBinding HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n" % len(BODY)
    )
    time.sleep(0.5)
    return connection


def _other_half(connection: socket.socket) -> bytes:
    connection.sendall(BODY)
    with connection:
        return b"".join(iter(lambda: connection.recv(65_536), b""))
