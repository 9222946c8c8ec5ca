"""RFC 3161 time-stamps, with a server of openssl's on this machine."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from myself_i2i.c2pa import native
from myself_i2i.c2pa.reading import ManifestReading, State
from myself_i2i.c2pa.trust import TrustLists, load_anchors, trust_settings
from tests.support.credentials import NOW, TIME_STAMPING, Maker, authority, manifest
from tests.support.pictures import png

OPENSSL = shutil.which("openssl")
TSA = authority("time-stamps")

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

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a time-stamp server."""
    folder = tmp_path_factory.mktemp("tsa")
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
    yield f"http://127.0.0.1:{served.server_port}/"
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


def stamped(someone: Maker, server: str) -> bytes:
    """A picture with a time-stamp."""
    return native.sign(
        png(), "image/png", manifest(), chain_pem=someone.chain, key=someone.pem, tsa_url=server
    ).data


def read(data: bytes, lists: TrustLists) -> ManifestReading:
    """What is read with these lists."""
    reading = native.read(data, "image/png", trust=trust_settings(lists))
    assert reading is not None
    return reading


class TestTimestamp:
    def test_known(self, someone: Maker, server: str) -> None:
        """A time-stamp by an authority on the list gives the time of signing."""
        reading = read(stamped(someone, server), TrustLists(tsa=load_anchors(TSA.pem)))
        assert reading.signer.signed_at_trusted
        assert reading.signer.signed_at is not None
        assert abs(reading.signer.signed_at - NOW) < timedelta(hours=1)

    def test_unknown(self, someone: Maker, server: str) -> None:
        """One by anybody else leaves the file intact and the time a mere claim."""
        reading = read(stamped(someone, server), TrustLists())
        assert () == reading.altered
        assert not reading.signer.signed_at_trusted


class TestExpiry:
    def test_expired(self, someone: Maker, server: str) -> None:
        """A certificate that ended makes a mark Invalid, though unaltered; a known time-stamp keeps it valid."""
        issuer = authority("short-lived")
        end = datetime.now(UTC) + timedelta(seconds=2)
        chain = issuer.issue(someone.private.public_key(), end=end)
        plain = native.sign(png(), "image/png", manifest(), chain_pem=chain, key=someone.pem).data
        stamp = native.sign(
            png(), "image/png", manifest(), chain_pem=chain, key=someone.pem, tsa_url=server
        ).data
        time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()) + 1.1)
        lists = TrustLists(private=load_anchors(issuer.pem), tsa=load_anchors(TSA.pem))
        late = read(plain, lists)
        assert (State.INVALID, ()) == (late.state, late.altered)
        assert "signingCredential.expired" in {one.code for one in late.credential_failures}
        assert State.TRUSTED == read(stamp, lists).state
        assert State.INVALID == read(stamp, TrustLists(private=lists.private)).state
