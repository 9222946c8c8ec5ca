"""A PostgreSQL server that is spoken to by TLS. The one from PyPI cannot; Debian's can."""

import ipaddress
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from myself_i2i.errors import SearchError
from myself_i2i.search.interface import Hit
from myself_i2i.search.postgres import PostgresIndex
from tests.search.codes import PLAIN, ask, code, plain
from tests.support import postgres
from tests.support.credentials import NOW

DEBIAN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
pytestmark = pytest.mark.skipif(DEBIAN is None, reason="no PostgreSQL of Debian's is installed")


def certificate() -> tuple[bytes, bytes]:
    """Return a certificate for localhost, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM), key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a database behind TLS, and the certificate to trust."""
    made, key = certificate()
    trusted = tmp_path_factory.mktemp("tls") / "root.pem"
    trusted.write_bytes(made)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"ssl": "on", "listen_addresses": "127.0.0.1", "port": str(port)}
    with postgres.running(settings, files={"server.crt": made, "server.key": key}, programs=DEBIAN):
        yield f"postgresql://postgres@localhost:{port}/postgres", trusted


class TestTls:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [("?sslmode=require", True), ("?sslmode=verify-full&sslrootcert={}", True), ("", False)],
    )
    def test_spoken(self, server: tuple[str, Path], options: str, *, expected: bool) -> None:
        """TLS is spoken with a trusted server, or with any when its certificate is not asked for, and not unasked here."""
        url, trusted = server
        with PostgresIndex.open(f"{url}{options.format(trusted)}", [PLAIN]) as index:
            index.add([plain("a", code(1))])
            assert (Hit("a", 0),) == index.search(PLAIN.name, ask(code(1)), radius=31, limit=1)[0].hits
            encrypted = index._connections.run(
                lambda session: session.command("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            )
        assert [[expected]] == encrypted

    def test_stranger(self, server: tuple[str, Path]) -> None:
        """A server whose certificate nobody here trusts is not spoken to."""
        with pytest.raises(SearchError, match="CERTIFICATE_VERIFY_FAILED"):
            PostgresIndex.open(f"{server[0]}?sslmode=verify-full", [PLAIN])
