"""Signed notes: text with signature lines of keys that have a name (c2sp.org/signed-note).

Only what a log needs: Ed25519, signature types 0x01 (the log's own) and 0x04 (a witness's timed cosignature). A
signature by a key that the reader does not know is kept and ignored, as the specification asks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from myself_i2i.errors import InputError, LimitError, VerificationError
from myself_i2i.wording import Text

__all__ = ["MOST_BYTES", "MOST_SIGNATURES", "Note", "NoteKey", "Signature", "SignatureType", "sign_note"]

MOST_BYTES: Final = 1 << 20
MOST_SIGNATURES: Final = 64
"""The specification asks for at least 16."""

DASH: Final = "\u2014"
ID_SIZE: Final = 4
KEY_SIZE: Final = 32


class SignatureType(IntEnum):
    """The byte that tells algorithms apart in a key ID."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with the name it signs under."""

    name: str
    """Not empty, without spaces and plus signs; by custom a URL without its scheme."""
    public: bytes
    """32 bytes (RFC 8032)."""
    type: SignatureType = SignatureType.ED25519
    """What its signatures are."""

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public) != KEY_SIZE:
            raise _malformed_key(self.name)

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        named = self.name.encode() + b"\n" + bytes([self.type])
        return hashlib.sha256(named + self.public).digest()[:ID_SIZE]

    def __str__(self) -> str:
        """Return the verifier key: `name+id+base64(type || key)`."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; raises `InputError` when its parts do not belong together."""
        name, _, rest = text.partition("+")
        written_id, _, encoded = rest.partition("+")
        try:
            packed = _unbase64(encoded)
            key = cls(name, packed[1:], SignatureType(packed[0]))
        except (ValueError, IndexError) as error:
            raise _malformed_key(text) from error
        if key.id.hex() != written_id:
            raise _malformed_key(text)
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    """The name of the key."""
    key_id: bytes
    """Four bytes."""
    value: bytes
    """What the key made, at least one byte."""

    def __str__(self) -> str:
        """Return the line, with its newline."""
        return f"{DASH} {self.name} {_base64(self.key_id + self.value)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one line without its newline; raises `InputError` when it is no signature line."""
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            packed = _unbase64(encoded)
        except ValueError as error:
            raise _malformed(line) from error
        if dash != DASH or not _is_name(name) or len(packed) <= ID_SIZE:
            raise _malformed(line)
        return cls(name, packed[:ID_SIZE], packed[ID_SIZE:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it; nothing is known of either until `verify` says so."""

    text: str
    """Ends in a newline; no control characters but newlines."""
    signatures: tuple[Signature, ...] = field(default=())
    """As they stand, known or not."""

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or any(c < " " and c != "\n" for c in self.text):
            raise _malformed(self.text)

    def to_bytes(self) -> bytes:
        """Return the note as it is sent; `parse` gives the same note back."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note; raises `InputError` unless it would be written as exactly these bytes, and holds a signature."""
        if len(data) > MOST_BYTES:
            raise LimitError(
                Text(
                    en="the note has {size:,} bytes; at most {most:,} are read",
                    ja="ノートが {size:,} バイトあります（上限 {most:,}）",
                ).format(size=len(data), most=MOST_BYTES)
            )
        try:
            whole = data.decode("utf-8", "strict")
        except UnicodeDecodeError as error:
            raise _malformed(repr(data[:40])) from error
        text, blank, lines = whole.rpartition("\n\n")
        # One newline of the blank line ends the text itself.
        signatures = tuple(Signature.parse(line) for line in lines.split("\n")[:-1])
        if not blank or not lines.endswith("\n") or len(signatures) > MOST_SIGNATURES:
            raise _malformed(whole)
        note = cls(text + "\n", signatures)
        if note.to_bytes() != data:
            raise _malformed(whole)
        return note

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """Return the note with these lines added; a line that stands there already is not doubled."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))

    def by(self, key: NoteKey) -> tuple[Signature, ...]:
        """Return the signatures that claim to be by this key; none of them is checked."""
        return tuple(s for s in self.signatures if s.name == key.name and s.key_id == key.id)

    def verify(self, key: NoteKey) -> str:
        """Return the text, signed by `key` with type 0x01.

        Raises `VerificationError` when the key did not sign, or one of its signatures does not hold: a note with a
        false signature by a known key is refused as a whole.
        """
        found = self.by(key)
        if key.type is not SignatureType.ED25519 or not found:
            raise unsigned(key)
        for signature in found:
            check_ed25519(key, signature.value, self.text.encode())
        return self.text


def sign_note(text: str, name: str, private: Ed25519PrivateKey) -> Note:
    """Return the note with one signature of type 0x01."""
    note = Note(text)
    key = NoteKey(name, private.public_key().public_bytes_raw())
    return note.with_signatures([Signature(name, key.id, private.sign(text.encode()))])


def check_ed25519(key: NoteKey, signature: bytes, message: bytes) -> None:
    """Return only if the signature holds; raises `VerificationError` otherwise."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise VerificationError(
            Text(
                en="the signature of {name} does not hold for this text",
                ja="{name} の署名は、この文面と合いません",
            ).format(name=key.name)
        ) from error


def unsigned(key: NoteKey) -> VerificationError:
    """Return the error for a note without this key's signature."""
    return VerificationError(
        Text(
            en="the note carries no signature by {name} ({id})",
            ja="ノートに {name}（{id}）の署名がありません",
        ).format(name=key.name, id=key.id.hex())
    )


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling; ValueError otherwise."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if _base64(data) != text:
        raise binascii.Error(text)
    return data


def _malformed(text: str) -> InputError:
    return InputError(
        Text(
            en="not a signed note: wanted text, a blank line and signature lines, got {text!r}",
            ja="署名付きノートではありません（本文・空行・署名行が必要です）：「{text}」",
        ).format(text=text[:80])
    )


def _malformed_key(text: str) -> InputError:
    return InputError(
        Text(
            en="not a verifier key: wanted name+id+key, got {text!r}",
            ja="検証用の鍵の形ではありません（名前+ID+鍵）：「{text}」",
        ).format(text=text[:120])
    )
