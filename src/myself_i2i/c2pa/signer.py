"""Whose key signed a manifest: the leaf certificate out of a manifest store.

The library reports a name and a serial number, which anyone may write into a certificate of their own, and never
the key. So the key is read here, from the same bytes the library judged, and it has to have signed the claim:

1. the store is the one the reading was made from;
2. its active manifest is the one the library reported;
3. its signature is one COSE_Sign1 with one certificate chain;
4. the leaf has the serial number the library reported;
5. the leaf's key signed the claim's bytes;
6. the key id is the digest of that key.

Without 1, a crafted file could show the library one store and us another, and wear somebody else's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from myself_i2i.c2pa import _cbor, _jumbf
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.errors import VerificationError
from myself_i2i.wording import Text

__all__ = ["ClaimSigner", "identify"]

_SIGN1: Final = 18  # RFC 9052 §4.2
_ALG, _X5CHAIN = 1, 33  # RFC 9052 §3.1, RFC 9360 §2
_X5CHAIN_OLD: Final = "x5chain"  # C2PA before 1.3
_SIGNATURE_BYTES: Final = 2**20
_CHAIN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSigner:
    """The key that signed the active manifest's claim."""

    keyid: str
    """Lower-case hex sha256 of the public key (DER SubjectPublicKeyInfo); equal to the key id of statements."""
    certificate_der: bytes
    """The leaf certificate."""
    common_name: str
    """Its common name, "" when it has none; anyone may write any name here."""
    algorithm: int
    """The COSE algorithm: -8 EdDSA, -7 ES256, …"""
    not_before: datetime
    """Start of the certificate's validity."""
    not_after: datetime
    """End of the certificate's validity."""


def identify(store: bytes, reading: ManifestReading) -> ClaimSigner:
    """Return the key that signed; `reading` MUST come from `native.read(…, manifest_store=store)`.

    This says whose key it is. Whether the picture is the signed one stands in `reading.altered`.

    Raises:
        VerificationError: store and reading do not belong together, or the key did not sign the claim.
        InputError: the store or its signature cannot be read.
    """
    # 1. the same bytes
    if reading.store_sha256 != hashlib.sha256(store).hexdigest():
        raise _mismatch(
            Text(en="the store is not the one that was judged", ja="検証したものとは別のC2PAデータです")
        )
    # 2. the same manifest
    manifest = _jumbf.active_manifest(store)
    if manifest.label != reading.label:
        raise _mismatch(Text(en="the active manifest is another one", ja="有効なマニフェストが別のものです"))
    # 3. one signature, one chain
    protected, algorithm, der, signature = _sign1(manifest.signature)
    # 4. the same certificate
    try:
        leaf = x509.load_der_x509_certificate(der)
        serial, key = leaf.serial_number, leaf.public_key()
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        starts, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    except Exception as cause:
        raise _mismatch(Text(en="the certificate cannot be read", ja="証明書を読み取れません")) from cause
    if serial != reading.signer.serial:
        raise _mismatch(Text(en="the certificate is another one", ja="証明書が別のものです"))
    # 5. the key signed the claim
    _verify(algorithm, key, signature, _to_be_signed(protected, manifest.claim))
    # 6. the key id
    return ClaimSigner(
        keyid=hashlib.sha256(spki).hexdigest(),
        certificate_der=der,
        common_name=str(names[0].value) if names else "",
        algorithm=algorithm,
        not_before=starts,
        not_after=ends,
    )


def _mismatch(why: Text) -> VerificationError:
    return VerificationError(
        Text(en=f"the signer's key cannot be told: {why.en}", ja=f"署名者の鍵を特定できません: {why.ja}")
    )


def _sign1(data: bytes) -> tuple[bytes, int, bytes, bytes]:
    if len(data) > _SIGNATURE_BYTES:
        raise _mismatch(Text(en="the signature is too large", ja="署名が大きすぎます"))
    value = _cbor.decode(data)
    if isinstance(value, _cbor.Tagged) and value.tag == _SIGN1:
        value = value.value
    match value:
        case [bytes(protected), dict(unprotected), None, bytes(signature)]:
            header = _cbor.decode(protected) if protected else {}
        case _:
            raise _mismatch(
                Text(en="the signature is no detached cose_sign1", ja="署名がCOSE_Sign1の形式ではありません")
            )
    if not isinstance(header, dict) or not isinstance(header.get(_ALG), int):
        raise _mismatch(Text(en="the signature names no algorithm", ja="署名に方式が書かれていません"))
    return protected, header[_ALG], _leaf(header, unprotected), signature


def _leaf(protected: dict[Any, Any], unprotected: dict[Any, Any]) -> bytes:
    chains = [
        headers[name]
        for headers in (protected, unprotected)
        for name in (_X5CHAIN, _X5CHAIN_OLD)
        if name in headers
    ]
    # Two chains: the library may judge one while we name the other.
    if len(chains) != 1:
        raise _mismatch(
            Text(
                en="the signature needs exactly one certificate chain",
                ja="証明書チェーンが1つになっていません",
            )
        )
    chain = chains[0] if isinstance(chains[0], list) else [chains[0]]
    if not 1 <= len(chain) <= _CHAIN or not all(isinstance(one, bytes) for one in chain):
        raise _mismatch(Text(en="the certificate chain is malformed", ja="証明書チェーンの形式が違います"))
    leaf: bytes = chain[0]
    return leaf


def _to_be_signed(protected: bytes, claim: bytes) -> bytes:
    """RFC 9052 §4.4: Sig_structure of a COSE_Sign1 with the claim as detached payload and no external data."""
    parts = [b"\x84", _cbor.encode_text("Signature1")]
    for part in (protected, b"", claim):
        parts += [_cbor.encode_bytes_header(len(part)), part]
    return b"".join(parts)


def _verify(algorithm: int, key: object, signature: bytes, message: bytes) -> None:
    check = _CHECKS.get(algorithm)
    if check is None:
        raise _mismatch(
            Text(en="the signature's algorithm is not one of c2pa's", ja="C2PAで使わない署名方式です")
        )
    try:
        check(key, signature, message)
    except Exception as cause:
        raise _mismatch(
            Text(en="the certificate's key did not sign this claim", ja="証明書の鍵による署名ではありません")
        ) from cause


def _eddsa(key: Any, signature: bytes, message: bytes) -> None:
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise TypeError
    key.verify(signature, message)


def _ecdsa(digest: hashes.HashAlgorithm) -> Callable[[Any, bytes, bytes], None]:
    def check(key: Any, signature: bytes, message: bytes) -> None:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError
        half = (key.curve.key_size + 7) // 8
        if len(signature) != 2 * half:
            raise ValueError
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))

    return check


def _pss(digest: hashes.HashAlgorithm) -> Callable[[Any, bytes, bytes], None]:
    def check(key: Any, signature: bytes, message: bytes) -> None:
        if not isinstance(key, rsa.RSAPublicKey):
            raise TypeError
        scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
        key.verify(signature, message, scheme, digest)

    return check


# RFC 9053 §2, RFC 8230 §2; C2PA 2.4 §13.2.1 allows these and no others.
_CHECKS: Final[dict[int, Callable[[Any, bytes, bytes], None]]] = {
    -8: _eddsa,
    -7: _ecdsa(hashes.SHA256()),
    -35: _ecdsa(hashes.SHA384()),
    -36: _ecdsa(hashes.SHA512()),
    -37: _pss(hashes.SHA256()),
    -38: _pss(hashes.SHA384()),
    -39: _pss(hashes.SHA512()),
}
