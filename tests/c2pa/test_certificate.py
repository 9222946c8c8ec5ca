from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey
from myself_i2i.c2pa import certificate
from myself_i2i.errors import UsageError
from tests.support.credentials import seeded

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def issued(handle: str = "someone", seed: str = "a") -> certificate.MakerCertificate:
    return certificate.issue(KEY.public_key(), handle, now=NOW, random=seeded(seed))


def leaf(made: certificate.MakerCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.chain_pem)


class TestIssue:
    def test_key(self) -> None:
        """The certificate carries the maker's own key, and its key id is that of their statements."""
        spki = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert spki == leaf(issued()).public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        assert hashlib.sha256(spki).hexdigest() == issued().keyid
        assert PrivateKey.generate(bytes(range(32))).keyid == issued().keyid

    def test_profile(self) -> None:
        """The leaf has what C2PA asks for: not a CA, digitalSignature alone, emailProtection, both key identifiers."""
        found = leaf(issued()).extensions
        assert not found.get_extension_for_class(x509.BasicConstraints).value.ca
        usage = found.get_extension_for_class(x509.KeyUsage)
        assert usage.critical
        assert (True, False) == (usage.value.digital_signature, usage.value.key_cert_sign)
        purposes = found.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert [ExtendedKeyUsageOID.EMAIL_PROTECTION] == list(purposes)
        assert found.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier

    def test_issuer(self) -> None:
        """The one-time issuer signed the leaf, is a CA for leaves only, and is another one each time."""
        made, again = issued(), issued(seed="b")
        root = x509.load_pem_x509_certificate(made.issuer_pem)
        leaf(made).verify_directly_issued_by(root)
        constraints = root.extensions.get_extension_for_class(x509.BasicConstraints).value
        assert (True, 0) == (constraints.ca, constraints.path_length)
        assert leaf(made).issuer != leaf(again).issuer
        assert leaf(made).serial_number != leaf(again).serial_number

    def test_alone(self) -> None:
        """Only the leaf goes into a file: the issuer is a root."""
        assert 1 == issued().chain_pem.count(b"BEGIN CERTIFICATE")

    def test_validity(self) -> None:
        """It is valid from a little before now for ten years."""
        made = leaf(issued())
        assert NOW - timedelta(hours=1) == made.not_valid_before_utc == issued().not_before
        assert NOW + certificate.VALIDITY == made.not_valid_after_utc == issued().not_after

    def test_repeatable(self) -> None:
        """Time and randomness are arguments: the same ones give the same certificate."""
        assert issued() == issued()


class TestCleanName:
    def test_plain(self) -> None:
        """A handle stays as it is, Japanese included."""
        name = leaf(issued("つくる人 maker")).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert ["つくる人 maker"] == [one.value for one in name]

    def test_directions(self) -> None:
        """Characters that turn or hide text cannot make a name read as another."""
        assert "admin evil" == certificate.clean_name("admin\u202e \u200bev\x00il\n")

    @pytest.mark.parametrize("handle", ["", " \t", "\u202e\u200b", "\x00"])
    def test_nothing_left(self, handle: str) -> None:
        """A name of which nothing readable is left is refused with a hint."""
        with pytest.raises(UsageError) as caught:
            certificate.clean_name(handle)
        assert caught.value.hint is not None

    @given(st.text())
    def test_bounded(self, handle: str) -> None:
        """Whatever the handle, a certificate is made with a bounded name, or the handle is refused."""
        try:
            made = issued(handle)
        except UsageError:
            return
        name = leaf(made).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        assert 1 <= len(str(name).encode()) <= certificate.NAME_BYTES

    def test_long(self) -> None:
        """A long name is cut between characters."""
        assert "作" * 21 == certificate.clean_name("作" * 40)
