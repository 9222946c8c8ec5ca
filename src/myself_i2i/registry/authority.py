"""The registry's authority: a certificate for a pledged key, so that its marks carry a chain the registry's friends know.

A *private* anchor: it is on no C2PA list, other viewers say "unrecognised", and our verifier says which registry it is.
Spec: spec/registry-certificates.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from myself_i2i.c2pa.certificate import clean_name, issue_under, keyid_of
from myself_i2i.errors import InputError, LimitError, RegistryError, UsageError
from myself_i2i.registry.admission import Reason, RefusedError
from myself_i2i.registry.facts import Maker, Standing
from myself_i2i.registry.keys import RegistryKeys
from myself_i2i.wording import Text

__all__ = ["LEAST", "REQUEST_BYTES", "Certifying", "certify", "issue_for", "read_request"]

REQUEST_BYTES: Final = 16 * 2**10
"""Largest request that is read."""
LEAST: Final = timedelta(days=366)
"""A certificate is valid for at least so long, or there is none: old marks fall with it (spec/mark.md)."""


class Certifying(Protocol):
    """What a certificate needs of a registry."""

    @property
    def keys(self) -> RegistryKeys:
        """Its keys."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """Its clock."""
        ...

    def maker(self, keyid: str) -> Maker | None:
        """Return what is known of a key."""
        ...


def certify(registry: Certifying, request: bytes) -> bytes:
    """Return the certificate (PEM) for the key that signed a request (PKCS #10, DER or PEM).

    Nothing is stored: the same key may ask again. Raises `InputError` for what is no such request, `RefusedError` when
    no pledge of the key stands here, `RegistryError` when the authority itself is about to expire.
    """
    key = read_request(request)
    made = issue_for(
        key,
        registry.maker(keyid_of(key)),
        registry.keys,
        now=registry.clock(),
        random=secrets.token_bytes,
    )
    return made.public_bytes(Encoding.PEM)


def read_request(data: bytes) -> Ed25519PublicKey:
    """Return the key in a request, which holds it and signed it; what else the request says is not looked at.

    Raises `InputError` for what is no PKCS #10 request of an Ed25519 key whose signature holds.
    """
    if len(data) > REQUEST_BYTES:
        raise LimitError(_TOO_LARGE.format(size=len(data), limit=REQUEST_BYTES))
    try:
        load = x509.load_pem_x509_csr if data.lstrip().startswith(b"-----") else x509.load_der_x509_csr
        request = load(data)
        key = request.public_key()
        holds = isinstance(key, Ed25519PublicKey) and request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise InputError(_NO_REQUEST) from error
    if not isinstance(key, Ed25519PublicKey) or not holds:
        raise InputError(_NO_REQUEST)
    return key


def issue_for(
    key: Ed25519PublicKey,
    maker: Maker | None,
    keys: RegistryKeys,
    *,
    now: datetime,
    random: Callable[[int], bytes],
) -> x509.Certificate:
    """Return a certificate for a pledged key, under the name in its pledge. Pure.

    `maker` is what the registry knows of the key. Raises `RefusedError` unless a pledge of it stands, `RegistryError` when
    the root does not last `LEAST` any more.
    """
    if maker is None or maker.pledge is None or maker.standing is not Standing.STANDS:
        raise RefusedError(Reason.NOT_STANDING, _NOT_PLEDGED, hint=_PLEDGE)
    if keys.root.not_valid_after_utc < now + LEAST:
        raise RegistryError(_ENDING)
    return issue_under(key, _name(maker), root=keys.root, root_key=keys.authority, now=now, random=random)


def _name(maker: Maker) -> str:
    """The name in the pledge; where there is none that can be read, the key's own."""
    try:
        return clean_name(maker.name or "")
    except UsageError:
        return maker.public_key.short_form


_TOO_LARGE = Text(
    en="the request has {size} bytes, at most {limit} are read",
    ja="申請が {size} バイトあります（上限 {limit} バイト）",
)
_NO_REQUEST = Text(
    en="this is not a certificate request (PKCS #10) signed by its Ed25519 key",
    ja="Ed25519 の鍵が署名した証明書の申請（PKCS #10）ではありません",
)
_NOT_PLEDGED = Text(
    en="certificates are for pledged keys, and no pledge by this key stands here",
    ja="証明書は、宣言した鍵に発行しています。この鍵の有効な宣言がここにありません",
)
_PLEDGE = Text(
    en="publish a pledge first: `myself-i2i pledge`, then `myself-i2i publish`",
    ja="先に宣言を登録してください（`myself-i2i pledge` のあと `myself-i2i publish`）",
)
_ENDING = Text(
    en="the registry's authority expires within a year: no certificate under it would last",
    ja="登録所の認証局の期限が1年以内に切れるため、十分に長い証明書を発行できません",
)
