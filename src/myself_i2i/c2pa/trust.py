"""Whose certificates are known here: the C2PA trust lists and the person's own anchors, as data.

The library does not keep purposes apart (a root given for time-stamps also makes a claim signer Trusted), takes
garbage in silence, and reports the time-stamp list when a root stands in both. So every certificate is parsed
here before it is handed over, the time-stamp list loses what the manifest lists already have (those vouch for
time-stamps too), and a reading counts only when it names one of our manifest lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from myself_i2i.c2pa.reading import Standing
from myself_i2i.c2pa.settings import READ, TRUST_CONFIG
from myself_i2i.errors import InputError, LimitError
from myself_i2i.wording import Text

__all__ = [
    "C2PA_LIST_URI",
    "C2PA_TRUST_LIST_URL",
    "C2PA_TSA_TRUST_LIST_URL",
    "NO_TRUST",
    "PRIVATE_LIST_URI",
    "Anchors",
    "TrustLists",
    "TrustSettings",
    "fetch",
    "load_anchors",
    "trust_settings",
]

_PUBLIC: Final = "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list/"
C2PA_TRUST_LIST_URL: Final = _PUBLIC + "C2PA-TRUST-LIST.pem"
"""The official C2PA trust list."""
C2PA_TSA_TRUST_LIST_URL: Final = _PUBLIC + "C2PA-TSA-TRUST-LIST.pem"
"""The official list of time-stamp authorities."""

C2PA_LIST_URI: Final = "urn:myself-i2i:trust:c2pa"
PRIVATE_LIST_URI: Final = "urn:myself-i2i:trust:private"
TSA_LIST_URI: Final = "urn:myself-i2i:trust:tsa"

_BYTES: Final = 640 * 1024  # the library refuses settings over 1 MiB; the lists of 2026 are 38 and 29 kB
_CERTIFICATES: Final = 600


@dataclass(frozen=True, slots=True)
class Anchors:
    """Root certificates that were parsed and found to be able to issue others."""

    certificates: tuple[x509.Certificate, ...] = ()
    """The roots, in the order of the bundle, each once."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Lower-case hex sha256 of each certificate's DER, in order."""
        return tuple(_digest(one) for one in self.certificates)

    def to_pem(self) -> bytes:
        """Return the bundle again, only the certificates."""
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.certificates)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLists:
    """What is known on this machine; every part may be empty.

    Makers known by their key are no part of it: the library reports no list for its `allowed_list`, so a verifier compares
    `signer.identify(...).keyid` with the keys it knows.
    """

    manifest: Anchors = field(default_factory=Anchors)
    """The C2PA trust list: whom its members certify to sign claims."""
    tsa: Anchors = field(default_factory=Anchors)
    """The C2PA list of time-stamp authorities."""
    private: Anchors = field(default_factory=Anchors)
    """Issuers that the person added: a registry, a friend's one-time issuer."""


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """The lists in the form the library reads; made by `trust_settings`, cheap to hand around."""

    json: str
    """The library's settings."""
    lists: tuple[tuple[str, Standing], ...]
    """Trust list URI and who that list is, for the manifest lists only."""


def load_anchors(pem: bytes) -> Anchors:
    """Return the root certificates in a PEM bundle; text between them is skipped, repeats are dropped.

    Raises:
        LimitError: the bundle is larger, or has more certificates, than any list of its kind.
        InputError: a certificate cannot be parsed, cannot issue others, or there is none.
    """
    if len(pem) > _BYTES:
        raise LimitError(
            Text(
                en="a trust list of {size} bytes is larger than {limit}",
                ja="トラストリストが{size}バイトあり、上限の{limit}バイトを超えています",
            ).format(size=len(pem), limit=_BYTES)
        )
    try:
        found = x509.load_pem_x509_certificates(pem)
    except (ValueError, x509.InvalidVersion) as cause:
        raise _no_list() from cause
    # A block without its end is passed over by the parser: a list that was cut off would load as a shorter one.
    if len(found) != pem.count(b"-----BEGIN CERTIFICATE-----"):
        raise _no_list()
    if len(found) > _CERTIFICATES:
        raise LimitError(
            Text(
                en="a trust list of {count} certificates has more than {limit}",
                ja="トラストリストに証明書が{count}個あり、上限の{limit}個を超えています",
            ).format(count=len(found), limit=_CERTIFICATES)
        )
    for one in found:
        _check_issuer(one)
    return Anchors(tuple({_digest(one): one for one in found}.values()))


def trust_settings(lists: TrustLists) -> TrustSettings:
    """Return `lists` in the library's form: build it once per run, not once per file."""
    known = set(lists.manifest.digests) | set(lists.private.digests)
    tsa = Anchors(tuple(one for one in lists.tsa.certificates if _digest(one) not in known))
    in_both = set(lists.manifest.digests)
    private = Anchors(tuple(one for one in lists.private.certificates if _digest(one) not in in_both))
    anchors = [
        *_anchor(lists.manifest, C2PA_LIST_URI, "manifest"),
        *_anchor(private, PRIVATE_LIST_URI, "manifest"),
        *_anchor(tsa, TSA_LIST_URI, "tsa"),
    ]
    settings = {**READ, "trust": {"anchors": anchors, "trust_config": TRUST_CONFIG}}
    return TrustSettings(
        json=json.dumps(settings),
        lists=((C2PA_LIST_URI, Standing.C2PA_LIST), (PRIVATE_LIST_URI, Standing.PRIVATE_ANCHOR)),
    )


def fetch(fetcher: Callable[[str], bytes]) -> tuple[Anchors, Anchors]:
    """Return the official C2PA trust list and time-stamp list, brought by `fetcher(url)`.

    `fetcher` MUST use TLS with certificate checks and MUST bound what it reads; the lists are not signed, so
    their place is all that vouches for them.

    Raises:
        InputError: what came is not a list of certificates.
    """
    return load_anchors(fetcher(C2PA_TRUST_LIST_URL)), load_anchors(fetcher(C2PA_TSA_TRUST_LIST_URL))


def _anchor(anchors: Anchors, uri: str, kind: str) -> Iterable[dict[str, Any]]:
    if anchors.certificates:
        yield {"trust_anchors": anchors.to_pem().decode("ascii"), "trust_uri": uri, "trust_kind": kind}


def _digest(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def _check_issuer(certificate: x509.Certificate) -> None:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        subject = certificate.subject.rfc4514_string()
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as cause:
        raise _no_list() from cause
    if not constraints.ca:
        raise InputError(
            Text(
                en="the certificate of {subject} cannot issue others, so it cannot be an anchor",
                ja="{subject} の証明書は発行元の証明書ではないため、信頼の起点にできません",
            ).format(subject=subject),
            hint=Text(
                en="add the issuer's certificate, or pin the maker's key id instead",
                ja="発行元の証明書を追加するか、作り手の鍵IDを登録してください",
            ),
        )


def _no_list() -> InputError:
    return InputError(
        Text(
            en="got something that is not a pem bundle of certificates, wanted a trust list",
            ja="PEM形式の証明書の一覧ではありません。トラストリストを指定してください",
        )
    )


NO_TRUST: Final = trust_settings(TrustLists())
"""No list at all: every intact mark reads as Valid, by a signer that nobody here knows."""
