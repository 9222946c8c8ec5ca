"""Do the settings have their effect? Asked once per process, because the library never says.

1. A file whose manifest lies elsewhere is not fetched, although an address on this machine stands in it.
2. Every assertion of a signed file is "created", and there is no thumbnail.
3. A signer under a list of ours is Trusted, and the report names that list.
4. A signer with the C2PA key usage is judged, not refused for the usage.
5. Every key of the settings is one the library knows: it refuses a value of the wrong kind there.

The key here is public (its bytes stand below), its certificates are on no list, nothing is written to disk.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from myself_i2i.c2pa import labels
from myself_i2i.c2pa._claim import is_all_created
from myself_i2i.c2pa.settings import LISTED_TEST_URI, READ, SIGN, TRUST_CONFIG

__all__ = ["Port", "run"]

# A 1x1 grey PNG, written out so that nothing has to be decoded or compressed here.
_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
_LOOPBACK: Final = (
    "http://127.0.0.1:9/self-test.c2pa"  # the discard port: nothing of value could be sent there
)


@dataclass(frozen=True, slots=True)
class Port:
    """What the test needs of `native`."""

    sign: Callable[[bytes, Mapping[str, Any], bytes, bytes, str | None], tuple[bytes, bytes]]
    """(picture, manifest, chain PEM, key PEM, remote URL) -> (picture, store)."""
    read: Callable[[bytes, str], dict[str, Any] | str]
    """(picture, settings) -> report, or the library's error text."""
    remote: str
    """How the error begins when a remote manifest was seen and left alone."""
    accepts: Callable[[str], bool]
    """Whether the library takes these settings."""


def run(port: Port) -> str | None:
    """Return None when all five hold, otherwise which one does not, in English."""
    chain_pem, key_pem, anchor_pem = _credentials()
    # 1. remote manifests stay where they are
    elsewhere, _ = port.sign(_PNG, _MANIFEST, chain_pem, key_pem, _LOOPBACK)
    answer = port.read(elsewhere, json.dumps(READ))
    if not isinstance(answer, str) or not answer.startswith(port.remote):
        return "verify.remote_manifest_fetch"
    # 2. created assertions, no thumbnail
    signed, store = port.sign(_PNG, _MANIFEST, chain_pem, key_pem, None)
    if not is_all_created(store):
        return "builder.created_assertion_labels"
    if b"c2pa.thumbnail" in store:
        return "builder.thumbnail"
    # 3. a list of ours is believed, by name;  4. for the C2PA key usage as well
    anchor = {"trust_anchors": anchor_pem, "trust_uri": LISTED_TEST_URI, "trust_kind": "manifest"}
    trust = {"anchors": [anchor], "trust_config": TRUST_CONFIG}
    report = port.read(signed, json.dumps({**READ, "trust": trust}))
    if isinstance(report, str) or report.get("validation_state") != "Trusted":
        return "trust.trust_config"
    if report["validation_results"].get("trustListUri") != LISTED_TEST_URI:
        return "trust.anchors"
    # 5. no key is misspelt or outdated
    return next((path for path in _paths(SIGN) if port.accepts(_wrong_kind(path))), None)


def _paths(settings: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The dotted names of all values; settings are our own and two levels deep."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _wrong_kind(path: str) -> str:
    """Settings with a table at `path`, where a known key wants a flag, a number, a text or a list."""
    value: dict[str, Any] = {"not": "a value"}
    for name in reversed(path.split(".")):
        value = {name: value}
    return json.dumps(value)


_MANIFEST: Final[dict[str, Any]] = {
    "claim_generator_info": [{"name": labels.CLAIM_GENERATOR, "version": "0"}],
    "ingredients": [{"relationship": labels.INPUT_TO, "format": "image/png", "label": "s0"}],
    "assertions": [
        {
            "label": labels.ACTIONS,
            "data": {
                "actions": [
                    {
                        "action": labels.ACTION_CREATED,
                        "digitalSourceType": labels.TRAINED_ALGORITHMIC_MEDIA,
                        "parameters": {"ingredientIds": ["s0"]},
                    }
                ]
            },
        },
        {"label": labels.MARK, "kind": "Json", "data": {"version": 0}},
    ],
}


@functools.cache
def _credentials() -> tuple[bytes, bytes, str]:
    """Chain PEM, key PEM and anchor PEM; everything fixed, nothing secret."""
    key = Ed25519PrivateKey.from_private_bytes(b"not a secret: c2pa self-test key")
    issuer = Ed25519PrivateKey.from_private_bytes(b"not a secret: self-test issuer..")
    root = _certificate(issuer, issuer, "self-test issuer", ca=True)
    leaf = _certificate(key, issuer, "self-test", ca=False)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return leaf.public_bytes(Encoding.PEM), pem, root.public_bytes(Encoding.PEM).decode("ascii")


def _certificate(
    key: Ed25519PrivateKey, issuer: Ed25519PrivateKey, name: str, *, ca: bool
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name("self-test issuer"))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    if not ca:
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(labels.EKU_C2PA)])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(issuer, None)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
