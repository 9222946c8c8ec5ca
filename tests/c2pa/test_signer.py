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

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda _p, u, b, s: [b"", u, b, s], "names no algorithm"),
            (lambda p, u, _b, s: [p, u, b"payload", s], "no detached"),
            (lambda p, u, b, _s: [p, u, b], "no detached"),
            (lambda _p, u, b, s: [cbor2.dumps({1: -8}), u, b, s], "exactly one certificate chain"),
            (lambda _p, u, b, s: [cbor2.dumps({1: -8, 33: []}), u, b, s], "malformed"),
            (lambda _p, u, b, s: [cbor2.dumps({1: -8, 33: 5}), u, b, s], "malformed"),
            (lambda _p, u, b, s: [cbor2.dumps({1: -8, 33: [b"x"] * 17}), u, b, s], "malformed"),
            (lambda _p, u, b, s: [cbor2.dumps({1: -8, 33: b"no certificate"}), u, b, s], "cannot be read"),
            (lambda p, u, b, s: [_with_algorithm(p, -257), u, b, s], "not one of c2pa's"),
            (lambda p, u, b, s: [_with_algorithm(p, -7), u, b, s], "did not sign this claim"),
            (lambda p, u, b, s: [_with_algorithm(p, -37), u, b, s], "did not sign this claim"),
            (lambda p, u, b, s: [p, u, b, s[:-1]], "did not sign this claim"),
            (lambda p, u, b, _s: [p, u, b, bytes(2**20)], "too large"),
        ],
    )
    def test_shapes(self, change: Any, why: str, someone: Maker) -> None:
        """A signature of any other shape names nobody."""
        store, reading = mark(someone)
        with pytest.raises(VerificationError, match=why):
            signer.identify(*rebuilt(store, reading, lambda cose: cbor2.CBORTag(18, change(*cose.value))))

    @pytest.mark.parametrize("size", [96, 3])
    def test_wrong_lengths(self, size: int) -> None:
        """An elliptic curve signature of another length is none, and nor is EdDSA by such a key."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made = mark(maker("x"), chain_pem=authority().issue(key.public_key()), key=pem, alg="es256")
        for change in (
            lambda p, u, b, s: [p, u, b, (s * 2)[:size]],
            lambda p, u, b, s: [_with_algorithm(p, -8), u, b, s],
        ):
            with pytest.raises(VerificationError, match="did not sign"):
                signer.identify(*rebuilt(*made, lambda cose, c=change: cbor2.CBORTag(18, c(*cose.value))))

    def test_untagged(self, someone: Maker) -> None:
        """A COSE_Sign1 without its tag, which C2PA allows, is read the same."""
        store, reading = mark(someone)
        found = signer.identify(*rebuilt(store, reading, lambda cose: list(cose.value)))
        assert someone.keyid == found.keyid

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

    @pytest.mark.parametrize(
        "store",
        [
            lambda: superbox(b"c2pa", "c2pa"),
            lambda: superbox(b"c2pa", "other", superbox(b"c2ma", "a")),
            lambda: superbox(b"xxxx", "c2pa", superbox(b"c2ma", "a")),
            lambda: superbox(b"c2pa", "c2pa", superbox(b"c2ma", "a"), superbox(b"c2ma", "a")),
            lambda: superbox(b"c2pa", "c2pa", superbox(b"c2cm", "a")),
            lambda: superbox(b"c2pa", "c2pa", superbox(b"c2ma", "a")),
            lambda: superbox(b"c2pa", "c2pa", manifest_box(signatures=2)),
            lambda: superbox(b"c2pa", "c2pa", manifest_box(claims=2)),
            lambda: superbox(b"c2pa", "c2pa", manifest_box(content=b"")),
            lambda: superbox(b"c2pa", "c2pa", box(b"cbor", b"x")),
            lambda: box(b"jumb", box(b"free", b"")),
            lambda: box(b"jumb", box(b"jumd", b"short")),
            lambda: box(b"jumb", box(b"jumd", described(b"c2pa", b"no end"))),
            lambda: box(b"jumb", box(b"jumd", described(b"c2pa", b"\xff\0"))),
            lambda: b"\0\0\0\1jumb" + (5).to_bytes(8, "big"),
            lambda: b"\0\0\0\0jumb",
            lambda: superbox(b"c2pa", "c2pa", *[box(b"free", b"")] * 10_001),
        ],
    )
    def test_malformed(self, store: Any) -> None:
        """Whatever two readers could see differently is refused."""
        with pytest.raises(InputError):
            _jumbf.active_manifest(store())

    def test_well_formed(self) -> None:
        """Free space and 64-bit sizes are read."""
        inner = box(b"free", bytes(9)) + manifest_box()
        wide = superbox(b"c2pa", "c2pa", inner)
        wide = b"\0\0\0\1jumb" + (len(wide) + 8).to_bytes(8, "big") + wide[8:]
        found = _jumbf.active_manifest(wide)
        assert ("urn:c2pa:x", b"\xa0", b"\x80") == (found.label, found.claim, found.signature)


def box(kind: bytes, content: bytes) -> bytes:
    """A box."""
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def described(kind: bytes, label: bytes) -> bytes:
    """A description with a label."""
    return kind + bytes.fromhex("00110010800000aa00389b71") + b"\x03" + label


def superbox(kind: bytes, label: str, *content: bytes) -> bytes:
    """A superbox."""
    return box(b"jumb", box(b"jumd", described(kind, label.encode() + b"\0")) + b"".join(content))


def manifest_box(*, claims: int = 1, signatures: int = 1, content: bytes = b"\xa0") -> bytes:
    """A manifest with as many claims and signatures as asked."""
    claim = superbox(b"c2cl", "c2pa.claim.v2", box(b"cbor", content) if content else b"")
    signature = superbox(b"c2cs", "c2pa.signature", box(b"cbor", b"\x80"))
    return superbox(b"c2ma", "urn:c2pa:x", claim * claims, signature * signatures)


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


def _with_algorithm(protected: bytes, algorithm: int) -> bytes:
    return cbor2.dumps({**cbor2.loads(protected), 1: algorithm})


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
