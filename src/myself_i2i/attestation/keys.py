"""Ed25519 keys: the pure part. Files, random bytes and passphrase prompts are the caller's.

The work is `cryptography`'s, and securesystemslib's where DSSE is; this keeps one keyid and one error family.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # public names, not in its __all__

from myself_i2i.attestation._pkcs8 import RANDOM_BYTES, encrypted_pem
from myself_i2i.errors import InputError, KeyFileError, UsageError
from myself_i2i.wording import Text

__all__ = ["RANDOM_BYTES", "SEED_BYTES", "PrivateKey", "PublicKey"]

SEED_BYTES = 32
"""Fresh random bytes that make a new key."""

_SHORT_BYTES = 10
_GROUP = 4
_KEY_FILE_BYTES = 64 * 2**10

_LOST = Text(
    en="restore the key file from a backup (`myself-i2i keys import FILE`); without one, make a new key and "
    "pledge again: old marks stay valid as what they were",
    ja="控えの鍵ファイルがあれば `myself-i2i keys import FILE` で戻せます。ない場合は新しい鍵を作って、もう一度"
    "宣言してください。これまでの目印は、付けたときのまま有効です",
)


@dataclass(frozen=True)
class PublicKey:
    """A signer's public key. It says that two signatures have one signer, never who that is."""

    der: bytes = field(repr=False)
    """The SubjectPublicKeyInfo in DER; make one with `from_der` or `from_pem`, which check it."""

    @classmethod
    def from_der(cls, der: bytes) -> PublicKey:
        """Return the key in `der`. Raises `InputError` unless it is exactly one Ed25519 SubjectPublicKeyInfo."""
        try:
            key = load_der_public_key(der)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise _not_a_public_key() from None
        return cls._of(key)

    @classmethod
    def from_pem(cls, pem: bytes) -> PublicKey:
        """Return the key in `pem` ("BEGIN PUBLIC KEY"). Raises `InputError` unless it is Ed25519."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise _not_a_public_key() from None
        return cls._of(key)

    @classmethod
    def from_base64(cls, text: str) -> PublicKey:
        """Return the key in base64 of its DER, as predicates carry it. Raises `InputError` otherwise."""
        try:
            der = base64.b64decode(text, validate=True)
        except ValueError:
            raise _not_a_public_key() from None
        return cls.from_der(der)

    @classmethod
    def _of(cls, key: object) -> PublicKey:
        if not isinstance(key, Ed25519PublicKey):
            raise _not_a_public_key()
        # Encoded anew: one key has one DER, so one keyid, whatever freedom the reader of DER allowed.
        return cls(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    @cached_property
    def keyid(self) -> str:
        """Lower-case hex sha256 of the DER SubjectPublicKeyInfo."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def short_form(self) -> str:
        """The first 80 bits of the keyid in base32, for people to compare: "mr3k-5x2a-…", four groups of four."""
        text = base64.b32encode(bytes.fromhex(self.keyid)[:_SHORT_BYTES]).decode().lower()
        return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))

    def to_base64(self) -> str:
        """Return base64 of the DER."""
        return base64.b64encode(self.der).decode()

    def to_pem(self) -> bytes:
        """Return the PEM form ("BEGIN PUBLIC KEY")."""
        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def to_sslib(self) -> SSlibKey:
        """Return securesystemslib's key with our keyid."""
        return SSlibKey.from_crypto(self._key(), keyid=self.keyid)

    def _key(self) -> Ed25519PublicKey:
        key = load_der_public_key(self.der)
        if not isinstance(key, Ed25519PublicKey):
            raise _not_a_public_key()
        return key


@dataclass(frozen=True, eq=False)
class PrivateKey:
    """A signing key, in memory. It is never printed: its `repr` shows the keyid only."""

    _key: Ed25519PrivateKey = field(repr=False)
    """`cryptography`'s key."""

    @classmethod
    def generate(cls, randomness: bytes) -> PrivateKey:
        """Return a new key from `SEED_BYTES` random bytes.

        The caller MUST take them from the system (`secrets.token_bytes`) and forget them.
        Raises `UsageError` for another length.
        """
        if len(randomness) != SEED_BYTES:
            raise _wrong_randomness(SEED_BYTES, len(randomness))
        return cls(Ed25519PrivateKey.from_private_bytes(randomness))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: str | None = None) -> PrivateKey:
        """Return the key in PKCS#8 `pem`.

        Raises `KeyFileError`, with a hint, when it is damaged, not Ed25519, or the passphrase is missing or wrong.
        """
        secret = passphrase.encode() if passphrase else None
        try:
            key = load_pem_private_key(pem[:_KEY_FILE_BYTES], secret)
        except TypeError as error:
            raise _passphrase_trouble(given=secret is not None) from error
        except (ValueError, UnsupportedAlgorithm) as error:
            if secret is not None and b"ENCRYPTED" in pem:
                raise _passphrase_wrong() from error
            raise _damaged() from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _damaged()
        return cls(key)

    def to_pem(self, passphrase: str | None = None, *, randomness: bytes = b"") -> bytes:
        """Return the key as PKCS#8 PEM, encrypted when a passphrase is given.

        With a passphrase the caller MUST give `RANDOM_BYTES` fresh random bytes; else `UsageError`.
        """
        if not passphrase:
            return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        if len(randomness) != RANDOM_BYTES:
            raise _wrong_randomness(RANDOM_BYTES, len(randomness))
        der = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return encrypted_pem(der, passphrase.encode(), randomness)

    @cached_property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    @property
    def keyid(self) -> str:
        """The public half's keyid."""
        return self.public_key.keyid

    def to_sslib(self) -> CryptoSigner:
        """Return securesystemslib's signer for this key, with our keyid."""
        return CryptoSigner(self._key, self.public_key.to_sslib())

    def __repr__(self) -> str:
        return f"PrivateKey(keyid={self.keyid!r})"


def _not_a_public_key() -> InputError:
    return InputError(
        Text(
            en="this is not an Ed25519 public key, wanted a SubjectPublicKeyInfo",
            ja="Ed25519 の公開鍵（SubjectPublicKeyInfo）ではありません",
        )
    )


def _wrong_randomness(wanted: int, got: int) -> UsageError:
    return UsageError(
        Text(
            en="got {got} random bytes, wanted {wanted}",
            ja="乱数が {got} バイトです（必要: {wanted} バイト）",
        ).format(got=got, wanted=wanted)
    )


def _damaged() -> KeyFileError:
    return KeyFileError(
        Text(
            en="the key file is damaged or not an Ed25519 private key in PEM",
            ja="鍵ファイルが壊れているか、Ed25519 の秘密鍵（PEM）ではありません",
        ),
        hint=_LOST,
    )


def _passphrase_trouble(*, given: bool) -> KeyFileError:
    if given:
        return KeyFileError(
            Text(
                en="a passphrase was given, but this key file has none",
                ja="パスフレーズが渡されましたが、この鍵ファイルには設定されていません",
            ),
            hint=Text(en="try again without a passphrase", ja="パスフレーズなしで、もう一度お試しください"),
        )
    return KeyFileError(
        Text(
            en="this key file is protected by a passphrase, and none was given",
            ja="この鍵ファイルにはパスフレーズが必要です",
        ),
        hint=Text(en="give the passphrase", ja="パスフレーズを入力してください"),
    )


def _passphrase_wrong() -> KeyFileError:
    return KeyFileError(
        Text(
            en="the passphrase does not open this key file, or the file is damaged",
            ja="パスフレーズが違うか、鍵ファイルが壊れています",
        ),
        hint=Text(
            en="check capital letters and the keyboard layout; if the passphrase is lost, {lost}",
            ja="大文字・小文字とキーボードの配列を確かめてください。思い出せないときは、{lost}",
        ).format(lost=_LOST),
    )
