from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.c2pa import _jumbf, native, signer
from myself_i2i.c2pa.ingredient import Ingredient
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.errors import Error, InputError, VerificationError
from tests.support.credentials import Authority, Maker, authority, maker, manifest
from tests.support.pictures import BUILDERS, png


def mark(who: Maker, form: str = "png", **more: Any) -> tuple[bytes, ManifestReading]:
    """A store and its reading."""
    made = native.sign(
        BUILDERS[form](),
        f"image/{form}",
        manifest(),
        **{"chain_pem": who.chain, "key": who.pem, **more},
    )
    reading = native.read(made.data, f"image/{form}", manifest_store=made.manifest_store)
    assert reading is not None
    return made.manifest_store, reading


class TestIdentify:
    @pytest.mark.parametrize("form", tuple(BUILDERS))
    def test_maker(self, form: str, someone: Maker) -> None:
        """The key is the maker's, in every format."""
        store, reading = mark(someone, form)
        found = signer.identify(store, reading)
        assert (someone.keyid, "someone", -8) == (found.keyid, found.common_name, found.algorithm)
        assert someone.certificate.not_after == found.not_after

    @pytest.mark.parametrize(
        ("alg", "cose", "curve"),
        [("es256", -7, ec.SECP256R1()), ("es384", -35, ec.SECP384R1())],
    )
    def test_ecdsa(self, alg: str, cose: int, curve: ec.EllipticCurve) -> None:
        """Vendors' elliptic curve signatures are checked too."""
        key = ec.generate_private_key(curve)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = authority().issue(key.public_key())
        store, reading = mark(maker("x"), chain_pem=chain, key=pem, alg=alg)
        assert cose == signer.identify(store, reading).algorithm

    def test_rsa(self) -> None:
        """And RSA-PSS."""
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = authority().issue(key.public_key())
        store, reading = mark(maker("x"), chain_pem=chain, key=pem, alg="ps256")
        assert -37 == signer.identify(store, reading).algorithm


class TestAttacks:
    def test_other_store(self, someone: Maker) -> None:
        """A reading of one store does not lend its verdict to another."""
        store, _ = mark(someone)
        _, reading = mark(maker("other"))
        with pytest.raises(VerificationError, match="not the one that was judged"):
            signer.identify(store, reading)

    def test_embedded_reading(self, someone: Maker) -> None:
        """A reading made without the store is refused: two parsers may have found different ones."""
        made = native.sign(png(), "image/png", manifest(), chain_pem=someone.chain, key=someone.pem)
        reading = native.read(made.data, "image/png")
        assert reading is not None
        with pytest.raises(VerificationError):
            signer.identify(made.manifest_store, reading)

    def test_same_serial(self, someone: Maker) -> None:
        """A certificate with the serial number and name of somebody else's has another key id."""
        serial = x509.load_pem_x509_certificate(someone.chain).serial_number
        thief = maker("thief")
        chain = authority().issue(thief.private.public_key(), serial=serial, name="someone")
        store, reading = mark(thief, chain_pem=chain)
        found = signer.identify(store, reading)
        assert ("someone", serial) == (found.common_name, reading.signer.serial)
        assert thief.keyid == found.keyid

    def test_borrowed_certificate(self, someone: Maker) -> None:
        """Somebody else's certificate around one's own signature is refused, whatever the library said of it."""
        serial = x509.load_pem_x509_certificate(someone.chain).serial_number
        thief = maker("thief")
        der = x509.load_pem_x509_certificate(someone.chain).public_bytes(Encoding.DER)
        chain = authority().issue(thief.private.public_key(), serial=serial)
        store, reading = mark(thief, chain_pem=chain)
        own = x509.load_pem_x509_certificate(chain).public_bytes(Encoding.DER)
        with pytest.raises(VerificationError, match="did not sign this claim"):
            signer.identify(*rebuilt(store, reading, lambda cose: swap(cose, own, der)))

    def test_two_chains(self, someone: Maker) -> None:
        """Two certificate chains in one signature are refused, not chosen between."""
        store, reading = mark(someone)

        def both(cose: cbor2.CBORTag) -> cbor2.CBORTag:
            protected, unprotected, *rest = cose.value
            return cbor2.CBORTag(18, [protected, {**unprotected, 33: cbor2.loads(protected)[33]}, *rest])

        with pytest.raises(VerificationError, match="exactly one certificate chain"):
            signer.identify(*rebuilt(store, reading, both))

    def test_other_serial(self, someone: Maker) -> None:
        """A leaf that is not the one the library judged is refused."""
        store, reading = mark(someone)
        other = replace(reading, signer=replace(reading.signer, serial=5))
        with pytest.raises(VerificationError, match="certificate is another"):
            signer.identify(store, other)

    def test_other_manifest(self, someone: Maker) -> None:
        """A store whose active manifest is not the one the library judged is refused."""
        store, reading = mark(someone)
        with pytest.raises(VerificationError, match="active manifest is another"):
            signer.identify(store, replace(reading, label="urn:c2pa:other"))

    def test_claim_changed(self, someone: Maker) -> None:
        """A changed claim is not the maker's."""
        store, reading = mark(someone)
        at = store.index(b"xmp.iid:", store.index(b"c2pa.claim.v2"))
        changed = store[: at + 9] + bytes([store[at + 9] ^ 1]) + store[at + 10 :]
        with pytest.raises(VerificationError, match="did not sign this claim"):
            signer.identify(changed, judged_as(reading, changed))

    @settings(max_examples=150, deadline=1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(choice=st.data())
    def test_fuzz(self, someone: Maker, choice: st.DataObject) -> None:
        """Any change to a store names the maker's key or nobody's, and only our errors come out."""
        store, reading = sample(someone)
        data = bytearray(store)
        for _ in range(choice.draw(st.integers(1, 3))):
            at = choice.draw(st.integers(0, len(data) - 1))
            data[at : at + choice.draw(st.integers(0, 3))] = choice.draw(st.binary(max_size=4))
        try:
            found = signer.identify(bytes(data), judged_as(reading, bytes(data)))
        except Error:
            return
        assert someone.keyid == found.keyid


class TestActiveManifest:
    @given(st.binary(max_size=300))
    def test_fuzz(self, data: bytes) -> None:
        """Any bytes give a manifest or our error."""
        try:
            _jumbf.active_manifest(data)
        except Error:
            return

    def test_last(self, someone: Maker) -> None:
        """The active manifest is the last of the store, as the library says too."""
        first = native.sign(png(), "image/png", manifest(), chain_pem=someone.chain, key=someone.pem)
        one = Ingredient({"format": "image/png", "relationship": "inputTo", "label": "s0"}, first.data)
        made = native.sign(
            png(), "image/png", manifest(ingredients=("s0",)), [one], chain_pem=someone.chain, key=someone.pem
        )
        reading = native.read(made.data, "image/png")
        assert reading is not None
        assert reading.label == _jumbf.active_manifest(made.manifest_store).label
        assert 2 == len(reading.json["manifests"])

    @pytest.mark.parametrize("change", ["twice", "short", "long", "inner", "nothing"])
    def test_refused(self, change: str, someone: Maker) -> None:
        """A store repeated, cut, with bytes after it or inside it, is refused."""
        store, _ = sample(someone)
        changed = {
            "twice": store + store,
            "short": store[:-1],
            "long": store + b"\0",
            "inner": store[:-40] + b"\0" * 3 + store[-40:],
            "nothing": b"",
        }[change]
        with pytest.raises(InputError):
            _jumbf.active_manifest(changed)


_SAMPLE: list[tuple[bytes, ManifestReading]] = []


def sample(someone: Maker) -> tuple[bytes, ManifestReading]:
    """One store, made once."""
    if not _SAMPLE:
        _SAMPLE.append(mark(someone))
    return _SAMPLE[0]


def judged_as(reading: ManifestReading, store: bytes) -> ManifestReading:
    """The reading as if the library had judged `store` the same: the worst it could do."""
    return replace(reading, store_sha256=hashlib.sha256(store).hexdigest())


def swap(cose: cbor2.CBORTag, old: bytes, new: bytes) -> cbor2.CBORTag:
    """The signature with another certificate in its protected header."""
    protected = dict(cbor2.loads(cose.value[0]))
    chain = protected[33]
    protected[33] = new if chain == old else [new if one == old else one for one in chain]
    return cbor2.CBORTag(18, [cbor2.dumps(protected), *cose.value[1:]])


def rebuilt(store: bytes, reading: ManifestReading, change: Any) -> tuple[bytes, ManifestReading]:
    """The store with its COSE changed and all box sizes made right again."""
    old = _jumbf.active_manifest(store).signature
    cose = cbor2.loads(old)
    cose = cbor2.CBORTag(18, list(cose.value))
    new = cbor2.dumps(change(cose))
    at = store.index(old)
    data = bytearray(store[:at] + new + store[at + len(old) :])
    grown = len(new) - len(old)
    for start in _enclosing(store, at):
        size = int.from_bytes(data[start : start + 4], "big") + grown
        data[start : start + 4] = size.to_bytes(4, "big")
    return bytes(data), judged_as(reading, bytes(data))


def _enclosing(store: bytes, at: int) -> list[int]:
    """Where the boxes begin that hold the byte at `at`."""
    starts, start, end = [], 0, len(store)
    while start + 8 <= min(at, end):
        size, kind = int.from_bytes(store[start : start + 4], "big"), store[start + 4 : start + 8]
        if not start <= at < start + size:
            start += size
            continue
        starts.append(start)
        if kind != b"jumb":
            break
        start, end = start + 8, start + size
    return starts


def test_authority_is_used() -> None:
    """The tests' issuer really issues: its root signed the leaf."""
    issuer: Authority = authority()
    chain = x509.load_pem_x509_certificate(issuer.issue(maker("x").private.public_key()))
    chain.verify_directly_issued_by(issuer.root)
