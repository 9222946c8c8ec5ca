"""Makers, certificates and small marks for tests: everything made here, from fixed seeds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from myself_i2i.c2pa import certificate, labels

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime.now(UTC)
"""Signing asks the machine's clock whether a certificate is valid, so tests cannot choose another day."""


YEARS = timedelta(days=3652)
"""How long issuers last: files made with them are kept under vectors."""


def seeded(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same on every run."""
    count = iter(range(10**6))
    return lambda size: hashlib.shake_256(f"{seed} {next(count)}".encode()).digest(size)


@dataclass(frozen=True)
class Maker:
    """A key and its certificate."""

    private: Ed25519PrivateKey
    certificate: certificate.MakerCertificate

    @property
    def chain(self) -> bytes:
        """What goes into a claim."""
        return self.certificate.chain_pem

    @property
    def keyid(self) -> str:
        """The key's name."""
        return self.certificate.keyid

    @property
    def pem(self) -> bytes:
        """The private key."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def maker(name: str = "maker", *, now: datetime = NOW) -> Maker:
    """A maker whose key comes from the name."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return Maker(private, certificate.issue(private.public_key(), name, now=now, random=seeded(name)))


def manifest(*assertions: dict[str, Any], ingredients: tuple[str, ...] = ()) -> dict[str, Any]:
    """The smallest manifest of a generated picture."""
    action: dict[str, Any] = {
        "action": labels.ACTION_CREATED,
        "digitalSourceType": labels.TRAINED_ALGORITHMIC_MEDIA,
    }
    if ingredients:
        action["parameters"] = {"ingredientIds": list(ingredients)}
    return {
        "claim_generator_info": [{"name": "test", "version": "1", "specVersion": labels.SPEC_VERSION}],
        "assertions": [{"label": labels.ACTIONS, "data": {"actions": [action]}}, *assertions],
    }


@dataclass(frozen=True)
class Authority:
    """An issuer that can issue what our own code never does."""

    private: Ed25519PrivateKey
    root: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The issuer's own certificate."""
        return self.root.public_bytes(Encoding.PEM)

    def issue(
        self,
        key: Any,
        *,
        usage: str = labels.EKU_EMAIL_PROTECTION,
        serial: int = 7,
        name: str = "vendor",
        start: datetime = NOW - timedelta(days=1),
        end: datetime = NOW + timedelta(days=30),
        critical_usage: bool = False,
    ) -> bytes:
        """The PEM of a leaf for `key`."""
        built = (
            _builder((name, self.root.subject), key, serial, (start, end))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage)]), critical=critical_usage)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key()), critical=False
            )
        )
        return built.sign(self.private, None).public_bytes(Encoding.PEM)


def authority(name: str = "authority") -> Authority:
    """An issuer whose key comes from the name."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"ca {name}".encode()).digest())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    root = (
        _builder((name, subject), private.public_key(), 1, (NOW - timedelta(days=900), NOW + YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key()), critical=False
        )
        .sign(private, None)
    )
    return Authority(private, root)


def _builder(
    names: tuple[str, x509.Name], key: Any, serial: int, validity: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(names[1])
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(sign, False, False, False, False, not sign, False, False, False)  # noqa: FBT003 - nine flags


TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING.dotted_string
