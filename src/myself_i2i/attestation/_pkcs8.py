"""Encrypted PKCS#8 with a slow key derivation.

`cryptography` writes encrypted PKCS#8 with 2,048 rounds of PBKDF2 and takes no other number: a lost key file
with a short passphrase would fall in minutes. This writes the same standard form (RFC 8018 PBES2: PBKDF2 with
HMAC-SHA-256, AES-256-CBC) with the number of rounds OWASP asks for. Reading stays `cryptography`'s.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

__all__ = ["RANDOM_BYTES", "encrypted_pem"]

RANDOM_BYTES = 32
"""Fresh random bytes needed for each file: 16 of salt, 16 of initialisation vector."""

_ROUNDS = 600_000
_BLOCK = 16
_NULL = b"\x05\x00"
_SHORT_LENGTH = 0x80
# Object identifiers in DER, from RFC 8018 appendix C and NIST's AES arc.
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256 = bytes.fromhex("06082a864886f70d0209")
_AES256_CBC = bytes.fromhex("060960864801650304012a")


def encrypted_pem(private_key_info: bytes, passphrase: bytes, randomness: bytes) -> bytes:
    """Return `private_key_info` (PKCS#8 DER) as "ENCRYPTED PRIVATE KEY" PEM.

    The caller MUST give `RANDOM_BYTES` fresh random bytes each time.
    """
    salt, iv = randomness[:_BLOCK], randomness[_BLOCK:RANDOM_BYTES]
    key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, _ROUNDS, dklen=32)
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    pad = _BLOCK - len(private_key_info) % _BLOCK
    data = encryptor.update(private_key_info + bytes([pad]) * pad) + encryptor.finalize()
    derivation = _sequence(
        _PBKDF2,
        _sequence(_tagged(0x04, salt), _tagged(0x02, _ROUNDS.to_bytes(3)), _sequence(_HMAC_SHA256, _NULL)),
    )
    scheme = _sequence(_PBES2, _sequence(derivation, _sequence(_AES256_CBC, _tagged(0x04, iv))))
    body = base64.b64encode(_sequence(scheme, _tagged(0x04, data))).decode()
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{lines}\n-----END ENCRYPTED PRIVATE KEY-----\n".encode()


def _tagged(tag: int, content: bytes) -> bytes:
    """Return one DER value; an Ed25519 key needs no length past one extra byte."""
    size = len(content)
    length = bytes([size]) if size < _SHORT_LENGTH else bytes([0x81, size])
    return bytes([tag]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))
