import ssl
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import UsageError
from myself_i2i.search.postgres_address import Address


class TestAddress:
    def test_whole(self) -> None:
        """Every part of an address is read, signs written as %XX too."""
        address = Address.parse("postgresql://an%40a:p%2Fw@db.example:6543/my%20base?sslmode=disable")
        assert ("db.example", 6543, "my base", "an@a", "p/w", None) == (
            address.host, address.port, address.database, address.user, address.password, address.tls,
        )  # fmt: skip

    def test_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is left out is this machine, the usual port, who runs this, and their password from PGPASSWORD."""
        monkeypatch.setenv("PGPASSWORD", "secret")
        monkeypatch.setenv("LOGNAME", "me")
        address = Address.parse("postgresql://")
        assert ("localhost", 5432, "me", "me", "secret") == (
            address.host, address.port, address.database, address.user, address.password,
        )  # fmt: skip

    def test_socket(self) -> None:
        """The folder of a Unix socket stands in `host`."""
        address = Address.parse("postgresql://me@/base?host=/run/postgresql")
        assert ("/run/postgresql", None) == (address.host, address.tls)

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("postgresql://me@localhost/b", None),
            ("postgresql://me@127.0.0.1/b", None),
            ("postgresql://me@[::1]/b", None),
            ("postgresql://me@db.example/b", (True, ssl.CERT_REQUIRED)),
            ("postgresql://me@db.example/b?sslmode=verify-full", (True, ssl.CERT_REQUIRED)),
            ("postgresql://me@db.example/b?sslmode=require", (False, ssl.CERT_NONE)),
            ("postgresql://me@db.example/b?sslmode=disable", None),
            ("postgresql://me@localhost/b?sslmode=require", (False, ssl.CERT_NONE)),
        ],
    )
    def test_tls(self, url: str, expected: tuple[bool, ssl.VerifyMode] | None) -> None:
        """Another machine is spoken to by TLS with a verified name unless the address says otherwise."""
        tls = Address.parse(url).tls
        assert expected == (None if tls is None else (tls.check_hostname, tls.verify_mode))

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "mysql://me@host/b",
            "postgresql://me@host:port/b",
            "postgresql://me@host:99999/b",
            "postgresql://me@[::1/b",
            "postgresql://me@host/b?sslmode=prefer",
            "postgresql://me@host/b?connect_timeout=3",
            "postgresql://me@host/b?nothing",
        ],
    )
    def test_no_address(self, url: str) -> None:
        """Anything that is not understood whole is refused, with how to write it."""
        with pytest.raises(UsageError) as raised:
            Address.parse(url)
        assert raised.value.hint is not None
        assert "postgresql://" in raised.value.hint.en

    def test_no_certificates(self, tmp_path: Path) -> None:
        """Certificates that cannot be read are said by their path."""
        broken = tmp_path / "root.pem"
        broken.write_text("no certificate")
        for path in (broken, tmp_path / "none.pem"):
            with pytest.raises(UsageError, match=path.name):
                Address.parse(f"postgresql://me@db.example/b?sslrootcert={path}")

    @given(secret=st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "L"]), min_size=6))
    def test_password_is_never_shown(self, secret: str) -> None:
        """Neither the text of an address nor an error about it holds the password."""
        address = Address.parse(f"postgresql://me:{quote(secret, safe='')}@localhost/b")
        assert secret == address.password
        assert secret not in f"{address} {address!r}"
        with pytest.raises(UsageError) as raised:
            Address.parse(f"mysql://me:{quote(secret, safe='')}@localhost/b")
        assert secret not in str(raised.value)
