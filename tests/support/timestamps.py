"""An RFC 3161 time-stamp server of openssl's on this machine."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.credentials import TIME_STAMPING, authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENSSL = shutil.which("openssl")
"""The program, or None where it is not installed."""
TSA = authority("time-stamps")
"""Who vouches for the server."""

CONFIG = """[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
certs = {folder}/root.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
"""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a time-stamp server that keeps its files in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    chain = TSA.issue(key.public_key(), usage=TIME_STAMPING, name="clock", critical_usage=True)
    (folder / "cert.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "root.pem").write_bytes(TSA.pem)
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    served = http.server.HTTPServer(("127.0.0.1", 0), handler(folder))
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}/"
    finally:
        served.shutdown()
        served.server_close()
        thread.join()


def handler(folder: Path) -> type[http.server.BaseHTTPRequestHandler]:
    """Answers each request with openssl."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            command = [
                str(OPENSSL),
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "query",
                "-out",
                "reply",
            ]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            body = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A test's output is not for requests."""

    return Handler
