"""Getting a certificate for one's own key from a registry's authority, and looking at what comes back.

The request is PKCS #10 (RFC 2986): it carries the public key, and its signature shows that the asker holds the key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from myself_i2i.attestation import PrivateKey
from myself_i2i.c2pa.certificate import clean_name, keyid_of
from myself_i2i.c2pa.trust import load_anchors
from myself_i2i.client.http import Remote
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.wording import Text

__all__ = ["LEAST", "ask_authority", "ask_certificate", "check_certificate", "make_request"]

LEAST: Final = timedelta(days=365)
"""A certificate that ends sooner is refused: old marks fall with it (spec/mark.md)."""
REQUEST_TYPE: Final = "application/pkcs10"
MOST: Final = 64 * 2**10
_MALFORMED: Final = (
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for certificates beside ValueError."""


def make_request(key: PrivateKey, name: str) -> bytes:
    """Return the request (DER) for a certificate for `key`; the name is for people, the registry takes it from the pledge."""
    private = load_pem_private_key(key.to_pem(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(type(private))  # `PrivateKey` holds nothing else
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, clean_name(name))])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(private, None)
    return request.public_bytes(Encoding.DER)


def ask_certificate(remote: Remote, request: bytes) -> bytes:
    """Send a request and return what comes back, for `check_certificate`; raises as `Remote.post`."""
    return remote.post("/certificates", request, REQUEST_TYPE, most=MOST)


def ask_authority(remote: Remote) -> x509.Certificate:
    """Return the registry's root certificate. Raises as `Remote.get`, `InputError` unless it is exactly one root."""
    data = remote.get("/authority.pem", most=MOST)
    found = load_anchors(data or b"").certificates
    if len(found) != 1:
        raise InputError(_NO_ROOT)
    return found[0]


def check_certificate(
    pem: bytes, key: PrivateKey, root: x509.Certificate, *, now: datetime
) -> x509.Certificate:
    """Return the certificate in `pem`: of this key, by this root, of the profile that C2PA asks for (spec/mark.md).

    Raises `InputError` when it is none, `VerificationError` when it is another's, or a mark under it would not hold.
    """
    try:
        (found,) = x509.load_pem_x509_certificates(pem)
        public = found.public_key()
        fits = isinstance(public, Ed25519PublicKey) and keyid_of(public) == key.keyid
        profile = _has_profile(found)
    except (ValueError, TypeError, UnsupportedAlgorithm, *_MALFORMED) as error:
        raise InputError(_NO_CERTIFICATE) from error
    try:
        found.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise VerificationError(_OTHER_ISSUER) from error
    lasts = found.not_valid_before_utc <= now and found.not_valid_after_utc >= now + LEAST
    if not (fits and profile and lasts):
        raise VerificationError(_UNFIT)
    return found


def _has_profile(found: x509.Certificate) -> bool:
    extensions = found.extensions
    constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    return (
        not constraints.ca
        and usage.digital_signature
        and not usage.key_cert_sign
        and list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    )


_NO_ROOT = Text(
    en="the registry did not give exactly one root certificate",
    ja="登録所のルート証明書がひとつだけ得られませんでした",
)
_NO_CERTIFICATE = Text(
    en="the registry did not give one certificate", ja="登録所から証明書がひとつだけ得られませんでした"
)
_OTHER_ISSUER = Text(
    en="the certificate was not issued by this registry's authority",
    ja="この登録所の認証局が発行した証明書ではありません",
)
_UNFIT = Text(
    en="the certificate is not for your key, or marks under it would not hold",
    ja="あなたの鍵の証明書ではないか、目印に使うと検証が通らない証明書です",
)
