"""The maker's own certificate: the key of their statements, in the shape that C2PA asks for.

A C2PA claim is signed under an X.509 certificate. Nobody sells one to a person who makes pictures, so the maker
gets one from an issuer that is made for this one certificate and whose key is forgotten at once. It proves
nothing about a name; it carries the public key, so that a verifier can see that mark and statements have the
same signer. Why it looks exactly so: docs/adr/0004-c2pa.md.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from myself_i2i.errors import UsageError
from myself_i2i.wording import Text

__all__ = [
    "NAME_BYTES",
    "REGISTRY_ORGANISATION",
    "VALIDITY",
    "MakerCertificate",
    "clean_name",
    "issue",
    "issue_under",
    "keyid_of",
]

VALIDITY: Final = timedelta(days=3652)
"""Ten years: a mark without a trusted time-stamp turns Invalid everywhere on the day its certificate expires."""

NAME_BYTES: Final = 64
"""Longest common name in UTF-8: X.520 ub-common-name, as `cryptography` counts it; 21 Japanese characters."""

REGISTRY_ORGANISATION: Final = "registry (Myself_i2i)"
"""The organisation in a registry's root certificate: what tells it from a maker's one-time issuer."""

_ORGANISATION: Final = "self-issued (Myself_i2i)"
_PLEDGED: Final = "pledged key (Myself_i2i)"
_ISSUER_NAME: Final = "one-time issuer (Myself_i2i)"
_BACKDATE: Final = timedelta(hours=1)  # a verifier whose clock is a little behind must not see the future


@dataclass(frozen=True, slots=True)
class MakerCertificate:
    """What the maker keeps beside their key."""

    chain_pem: bytes
    """What goes into a claim: the leaf alone. The issuer is a root, and roots are not sent along."""
    issuer_pem: bytes
    """The one-time issuer's certificate: whoever adds it as a private anchor knows exactly this one maker."""
    keyid: str
    """Lower-case hex sha256 of the leaf's public key (DER SubjectPublicKeyInfo)."""
    not_before: datetime
    """Start of validity."""
    not_after: datetime
    """End of validity."""


def keyid_of(public_key: Ed25519PublicKey) -> str:
    """Return the key id: lower-case hex sha256 of the DER SubjectPublicKeyInfo."""
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def clean_name(handle: str) -> str:
    """Return `handle` fit for a certificate: no control or direction characters, at most `NAME_BYTES` long.

    Raises:
        UsageError: nothing readable is left.
    """
    # Cc, Cf, Cs, Co, Cn: a direction override in a name could make "maker" read as somebody else in a viewer.
    kept = "".join(c for c in unicodedata.normalize("NFC", handle) if unicodedata.category(c)[0] != "C")
    name = " ".join(kept.split()).encode()[:NAME_BYTES].decode(errors="ignore").strip()
    if not name:
        raise UsageError(
            Text(
                en="a certificate needs a name of at least one readable character",
                ja="証明書には、読める文字を1字以上ふくむ名前が必要です",
            ),
            hint=Text(en="give the handle you post under", ja="投稿に使っている名前を指定してください"),
        )
    return name


def issue(
    public_key: Ed25519PublicKey, handle: str, *, now: datetime, random: Callable[[int], bytes]
) -> MakerCertificate:
    """Return a certificate for the maker's `public_key`, valid for ten years from `now`.

    The profile is C2PA 2.4 §14.5.1: X.509 v3, not a CA, key usage digitalSignature (critical), extended key usage
    emailProtection, authority key identifier. `random(n)` MUST return n unpredictable bytes (`secrets.token_bytes`);
    `now` MUST be aware of its time zone. The issuer's private key is dropped when this function returns.

    Raises:
        UsageError: the handle has no readable character.
    """
    issuer_key = Ed25519PrivateKey.from_private_bytes(random(32))
    # The issuer's name carries its key, so that two one-time issuers are never taken for the same one.
    issuer_name = _name(f"{_ISSUER_NAME} {keyid_of(issuer_key.public_key())[:16]}", _ORGANISATION)
    start, end = now.replace(microsecond=0) - _BACKDATE, now.replace(microsecond=0) + VALIDITY
    issuer = _issuer(issuer_key, issuer_name, start, end, serial=_serial(random))
    leaf = _leaf(
        public_key, _name(clean_name(handle), _ORGANISATION), issuer_name, start, end, issuer_key, random
    )
    return MakerCertificate(
        chain_pem=leaf.public_bytes(Encoding.PEM),
        issuer_pem=issuer.public_bytes(Encoding.PEM),
        keyid=keyid_of(public_key),
        not_before=start,
        not_after=end,
    )


def issue_under(  # what stands in a certificate, and by whom
    public_key: Ed25519PublicKey,
    handle: str,
    *,
    root: x509.Certificate,
    root_key: Ed25519PrivateKey,
    now: datetime,
    random: Callable[[int], bytes],
) -> x509.Certificate:
    """Return a certificate for `public_key` under a registry's `root`, in the same profile as `issue`.

    Valid for ten years from `now`, or as long as the root is, whichever ends first; the caller MUST see to it that this
    is long enough. `root_key` MUST be the root's. Raises `UsageError` as `issue` does.
    """
    start = max(now.replace(microsecond=0) - _BACKDATE, root.not_valid_before_utc)
    end = min(now.replace(microsecond=0) + VALIDITY, root.not_valid_after_utc)
    return _leaf(public_key, _name(clean_name(handle), _PLEDGED), root.subject, start, end, root_key, random)


def _leaf(  # noqa: PLR0917  # what stands in a certificate
    public_key: Ed25519PublicKey,
    subject: x509.Name,
    issuer: x509.Name,
    start: datetime,
    end: datetime,
    issuer_key: Ed25519PrivateKey,
    random: Callable[[int], bytes],
) -> x509.Certificate:
    return (
        _builder(subject, issuer, start, end)
        .public_key(public_key)
        .serial_number(_serial(random))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, None)
    )


def _issuer(
    key: Ed25519PrivateKey, name: x509.Name, start: datetime, end: datetime, *, serial: int
) -> x509.Certificate:
    public = key.public_key()
    return (
        _builder(name, name, start, end)
        .public_key(public)
        .serial_number(serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, None)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )


def _serial(random: Callable[[int], bytes]) -> int:
    # 159 bits: RFC 5280 §4.1.2.2 allows 20 octets and wants a positive number.
    return (int.from_bytes(random(20), "big") >> 1) or 1


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
