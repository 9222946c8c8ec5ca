"""Certificates of a registry's authority: who gets one, and what marks under it are worth, by two implementations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import c2pa
import encypher_c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey
from myself_i2i.c2pa.trust import Anchors, TrustLists, trust_settings
from myself_i2i.client.certifying import check_certificate, make_request
from myself_i2i.errors import Error, InputError, RegistryError, VerificationError
from myself_i2i.predicates import Suspension, Withdrawal
from myself_i2i.predicates.suspension import SuspensionAction, SuspensionReason
from myself_i2i.registry.admission import RefusedError
from myself_i2i.registry.authority import REQUEST_BYTES, certify, issue_for, read_request
from myself_i2i.registry.service import Registry
from myself_i2i.verification.report import Integrity, Known
from tests.registry.support import NOW, open_registry, person, pledge
from tests.support.credentials import seeded
from tests.support.marked import Person, again, i2i
from tests.verification.checking import checked

ALICE = person("alice")
NAME = "registry.example"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry where Alice pledged."""
    with open_registry(tmp_path / "registry", name=NAME) as opened:
        pledge(opened, ALICE)
        yield opened


def certified(registry: Registry, maker: Person = ALICE) -> x509.Certificate:
    """What the maker gets."""
    return x509.load_pem_x509_certificate(certify(registry, make_request(maker.key, maker.name)))


class TestWho:
    def test_pledged(self, registry: Registry) -> None:
        """A pledged key gets a certificate under the name in its pledge, whatever name the request has."""
        found = x509.load_pem_x509_certificate(certify(registry, make_request(ALICE.key, "somebody famous")))
        assert ["alice"] == [one.value for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]

    def test_pem(self, registry: Registry) -> None:
        """A request in PEM, as other tools write it, is read like one in DER."""
        request = x509.load_der_x509_csr(make_request(ALICE.key, "alice"))
        assert certify(registry, request.public_bytes(Encoding.PEM)).startswith(b"-----BEGIN CERTIFICATE")

    def test_stranger(self, registry: Registry) -> None:
        """A key that never pledged gets none."""
        with pytest.raises(RefusedError, match="no pledge"):
            certified(registry, person("stranger"))

    def test_withdrawn(self, registry: Registry) -> None:
        """Neither does one whose pledge was withdrawn."""
        said = ALICE.say(Withdrawal.of(ALICE.pledge().envelope, withdrawn_at=NOW))
        registry.publish(said.envelope.to_json())
        with pytest.raises(RefusedError, match="no pledge"):
            certified(registry)

    def test_suspended(self, registry: Registry) -> None:
        """Nor one that the operator suspended."""
        registry.suspend(
            Suspension(
                public_key=registry.keys.operator.public_key,
                action=SuspensionAction.SUSPEND,
                keyid=ALICE.keyid,
                reason=SuspensionReason.KEY_LOST,
                decided_at=NOW,
            )
        )
        with pytest.raises(RefusedError):
            certified(registry)

    def test_not_for_long(self, registry: Registry) -> None:
        """An authority that is about to end issues nothing: marks would fall with it."""
        with pytest.raises(RegistryError, match="within a year"):
            issue_for(
                read_request(make_request(ALICE.key, "alice")),
                registry.maker(ALICE.keyid),
                registry.keys,
                now=registry.keys.root.not_valid_after_utc - timedelta(days=365),
                random=seeded("late"),
            )

    def test_unreadable_name(self, registry: Registry) -> None:
        """A name without one readable character gives way to the key's short form."""
        maker = registry.maker(ALICE.keyid)
        assert maker is not None
        found = issue_for(
            read_request(make_request(ALICE.key, "alice")),
            replace(maker, name="\u202e\u200b"),
            registry.keys,
            now=NOW,
            random=seeded("name"),
        )
        assert ALICE.key.public_key.short_form in found.subject.rfc4514_string()


def _cut(at: int) -> bytes:
    data = bytearray(make_request(ALICE.key, "alice"))
    data[at % len(data)] ^= 0x55
    return bytes(data)


class TestRequest:
    def test_other_key(self) -> None:
        """A request of another kind of key is none."""
        private = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(private, hashes.SHA256())
        with pytest.raises(InputError):
            read_request(request.public_bytes(Encoding.DER))

    def test_unsigned(self) -> None:
        """A request whose signature does not hold shows no key."""
        data = bytearray(make_request(ALICE.key, "alice"))
        data[-1] ^= 1
        with pytest.raises(InputError):
            read_request(bytes(data))

    def test_large(self) -> None:
        """A request that is too large is not read."""
        with pytest.raises(InputError, match="at most"):
            read_request(bytes(REQUEST_BYTES + 1))

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=300) | st.integers(0, 250).map(_cut))
    def test_anything(self, data: bytes) -> None:
        """Of any bytes there comes a key, or one of our errors."""
        try:
            read_request(data)
        except Error:
            return
        assert data == make_request(ALICE.key, "alice")


class TestCertificate:
    def test_profile(self, registry: Registry) -> None:
        """It is what C2PA asks for: no CA, digital signatures, for e-mail protection alone, and lasting years."""
        found = certified(registry)
        extensions = found.extensions
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        assert (False, True, True, [ExtendedKeyUsageOID.EMAIL_PROTECTION]) == (
            extensions.get_extension_for_class(x509.BasicConstraints).value.ca,
            usage.critical,
            usage.value.digital_signature,
            list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value),
        )
        assert found.not_valid_after_utc - NOW >= timedelta(days=3650)

    def test_checked(self, registry: Registry) -> None:
        """Whoever asked takes it only for their own key, by this registry, and long enough."""
        pem = certify(registry, make_request(ALICE.key, "alice"))
        root = registry.keys.root
        assert (
            certified(registry).public_key() == check_certificate(pem, ALICE.key, root, now=NOW).public_key()
        )
        with pytest.raises(VerificationError, match="not for your key"):
            check_certificate(pem, person("other").key, root, now=NOW)
        with pytest.raises(VerificationError, match="not for your key"):
            check_certificate(pem, ALICE.key, root, now=NOW + timedelta(days=3400))
        with pytest.raises(InputError):
            check_certificate(b"words", ALICE.key, root, now=NOW)

    def test_other_registry(self, registry: Registry, tmp_path: Path) -> None:
        """A certificate of another registry's authority is refused."""
        pem = certify(registry, make_request(ALICE.key, "alice"))
        with (
            open_registry(tmp_path / "other", name=NAME) as other,
            pytest.raises(VerificationError, match="not issued"),
        ):
            check_certificate(pem, ALICE.key, other.keys.root, now=NOW)


@pytest.fixture
def marked(registry: Registry) -> bytes:
    """Alice's marked picture, under the registry's certificate."""
    maker = again(ALICE, certified(registry).public_bytes(Encoding.PEM))
    return i2i(maker).data


def known(registry: Registry) -> dict[str, Any]:
    """What somebody knows who added the registry."""
    root = registry.keys.root
    lists = TrustLists(private=Anchors((root,)))
    return {"trust": trust_settings(lists), "registries": (root.public_bytes(Encoding.DER),)}


class TestMarks:
    def test_valid_elsewhere(self, marked: bytes) -> None:
        """The C2PA library and an independent verifier find the mark valid, by a signer on no list."""
        with c2pa.Reader("image/png", io.BytesIO(marked)) as reader:
            assert "Valid" == reader.get_validation_state()
        report = dict(encypher_c2pa.verify(marked, "image/png", telemetry=False, online=False))
        assert ("Valid", "valid", "match", ["signingCredential.untrusted"]) == (
            report["validation_state"],
            report["integrity"],
            report["hard_binding"],
            [one["code"] for one in report["validation_results"]["failure"]],
        )

    def test_known_to_registry(self, registry: Registry, marked: bytes) -> None:
        """Who added the registry reads which one knows the signer, and that this is a private list."""
        report = checked(marked, **known(registry))
        assert (Integrity.INTACT, Known.PINNED) == (report.intact.answer, report.signer.answer)
        assert f"the registry {NAME}" in report.signer.says.en
        assert "private list, not the C2PA trust list" in report.signer.says.en

    def test_stranger_to_others(self, marked: bytes) -> None:
        """Who did not add it reads that the signer is on no list."""
        assert Known.UNKNOWN is checked(marked).signer.answer

    def test_own_issuer_is_no_registry(self, registry: Registry) -> None:
        """A mark under a maker's own certificate is not known to the registry, although the maker pledged there."""
        assert Known.UNKNOWN is checked(i2i(ALICE).data, **known(registry)).signer.answer

    def test_never_c2pa(self, registry: Registry, marked: bytes) -> None:
        """Nothing in a report calls the registry's signer trusted by C2PA."""
        assert Known.C2PA_LIST is not checked(marked, **known(registry)).signer.answer


def test_keys_differ() -> None:
    """Two makers' requests carry two keys."""
    other = PrivateKey.generate(bytes(range(32)))
    assert read_request(make_request(ALICE.key, "a")) != read_request(make_request(other, "a"))
