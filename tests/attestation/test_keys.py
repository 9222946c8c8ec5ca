import base64
import contextlib
import hashlib
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey, PublicKey
from myself_i2i.attestation.keys import RANDOM_BYTES, SEED_BYTES
from myself_i2i.errors import InputError, KeyFileError, UsageError

RANDOM = bytes(range(RANDOM_BYTES))


class TestGenerate:
    def test_deterministic(self) -> None:
        """Randomness is an argument: the same bytes give the same key, other bytes another."""
        assert PrivateKey.generate(bytes(32)).keyid == PrivateKey.generate(bytes(32)).keyid
        assert PrivateKey.generate(bytes(32)).keyid != PrivateKey.generate(b"\x01" * 32).keyid

    def test_rfc_8032(self) -> None:
        """The first test vector of RFC 8032 §7.1 gives its public key."""
        seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        assert PrivateKey.generate(seed).public_key.der.hex().endswith(public)

    @pytest.mark.parametrize("size", [0, SEED_BYTES - 1, SEED_BYTES + 1])
    def test_wrong_length(self, size: int) -> None:
        """Too few or too many random bytes are refused."""
        with pytest.raises(UsageError):
            PrivateKey.generate(bytes(size))

    def test_repr(self) -> None:
        """A private key never shows itself when printed."""
        key = PrivateKey.generate(b"\x07" * 32)
        assert f"PrivateKey(keyid='{key.keyid}')" == repr(key)


class TestPem:
    def test_plain(self, key: PrivateKey) -> None:
        """A key without a passphrase reads back."""
        assert key.keyid == PrivateKey.from_pem(key.to_pem()).keyid

    def test_passphrase(self, key: PrivateKey) -> None:
        """A key with a passphrase reads back with it, here and with the library everybody uses."""
        pem = key.to_pem("ひみつ", randomness=RANDOM)
        assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        assert key.keyid == PrivateKey.from_pem(pem, "ひみつ").keyid
        raw = load_pem_private_key(pem, "ひみつ".encode()).private_bytes(
            Encoding.Raw, PrivateFormat.Raw, NoEncryption()
        )
        assert bytes(range(32)) == raw

    def test_rounds(self, key: PrivateKey) -> None:
        """The file itself names 600,000 rounds of derivation, in DER."""
        pem = key.to_pem("x", randomness=RANDOM).decode()
        der = base64.b64decode("".join(pem.splitlines()[1:-1]))
        assert b"\x02\x03" + (600_000).to_bytes(3) in der

    def test_needs_randomness(self, key: PrivateKey) -> None:
        """A passphrase without fresh random bytes is refused, not written with a constant salt."""
        with pytest.raises(UsageError):
            key.to_pem("x")

    @pytest.mark.parametrize(
        ("given_passphrase", "sentence"), [(None, "none was given"), ("wrong", "does not open")]
    )
    def test_passphrase_trouble(self, key: PrivateKey, given_passphrase: str | None, sentence: str) -> None:
        """A missing and a wrong passphrase each have their sentence, with a hint in both languages."""
        pem = key.to_pem("right", randomness=RANDOM)
        with pytest.raises(KeyFileError, match=sentence) as caught:
            PrivateKey.from_pem(pem, given_passphrase)
        assert caught.value.hint is not None
        assert "{" not in caught.value.hint.en + caught.value.hint.ja

    def test_unneeded_passphrase(self, key: PrivateKey) -> None:
        """A passphrase for a file that has none is told, not ignored."""
        with pytest.raises(KeyFileError, match="has none"):
            PrivateKey.from_pem(key.to_pem(), "x")

    def test_other_kind_of_key(self) -> None:
        """A key of another kind is refused with what to do."""
        pem = generate_private_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with pytest.raises(KeyFileError) as caught:
            PrivateKey.from_pem(pem)
        assert caught.value.hint is not None
        assert "keys import" in caught.value.hint.en

    @given(st.binary(max_size=200), st.integers(0, 118), st.none() | st.text(max_size=5))
    def test_damaged(self, noise: bytes, cut: int, passphrase: str | None) -> None:
        """Any damaged file gives KeyFileError, and nothing else."""
        pem = PrivateKey.generate(bytes(32)).to_pem()
        for data in (noise, pem[:cut] + noise):
            with contextlib.suppress(KeyFileError):
                PrivateKey.from_pem(data, passphrase)


class TestPublicKey:
    def test_keyid(self, key: PrivateKey) -> None:
        """The keyid is the hex sha256 of the DER SubjectPublicKeyInfo."""
        assert hashlib.sha256(key.public_key.der).hexdigest() == key.keyid == key.public_key.keyid

    def test_forms(self, key: PrivateKey) -> None:
        """DER, PEM and base64 each read back to the same key."""
        public = key.public_key
        assert (
            public
            == PublicKey.from_der(public.der)
            == PublicKey.from_pem(public.to_pem())
            == PublicKey.from_base64(public.to_base64())
        )

    def test_short_form(self, key: PrivateKey, other_key: PrivateKey) -> None:
        """The short form is four groups of four, without look-alike digits, and differs between keys."""
        assert re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", key.public_key.short_form)
        assert key.public_key.short_form != other_key.public_key.short_form

    def test_other_kind_of_key(self) -> None:
        """A public key of another kind is refused in every form."""
        other = generate_private_key(SECP256R1()).public_key()
        with pytest.raises(InputError):
            PublicKey.from_der(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        with pytest.raises(InputError):
            PublicKey.from_pem(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    @given(st.binary(max_size=100), st.text(max_size=50))
    def test_only_our_errors(self, data: bytes, text: str) -> None:
        """Any bytes and any text either are a key or raise InputError."""
        with contextlib.suppress(InputError):
            PublicKey.from_der(data)
        with contextlib.suppress(InputError):
            PublicKey.from_pem(data)
        with contextlib.suppress(InputError):
            PublicKey.from_base64(text)
