"""Which registry issued a signer's certificate, among those whose root the person added."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from myself_i2i.c2pa.certificate import REGISTRY_ORGANISATION

__all__ = ["is_registry", "name_of", "registry_behind"]


def is_registry(root: x509.Certificate) -> bool:
    """Return whether a root certificate calls itself a registry's; that it is one, whoever added it MUST know."""
    found = root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return [one.value for one in found] == [REGISTRY_ORGANISATION]


def name_of(root: x509.Certificate) -> str:
    """Return the name in a root certificate, "" when it has none."""
    found = root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def registry_behind(certificate_der: bytes, roots: Iterable[bytes]) -> str | None:
    """Return the name of the registry whose root issued a certificate, None when none of `roots` (DER) did.

    The caller MUST have had the C2PA library validate the chain: only issuer and signature are looked at here.
    """
    leaf = x509.load_der_x509_certificate(certificate_der)
    for der in roots:
        root = x509.load_der_x509_certificate(der)
        try:
            leaf.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        return name_of(root)
    return None
