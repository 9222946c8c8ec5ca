"""A log's head at one size, signed (c2sp.org/tlog-checkpoint), and witnesses' words on it (c2sp.org/tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog.merkle import HASH_SIZE
from myself_i2i.tlog.note import Note, NoteKey, Signature, SignatureType, check_ed25519, sign_note
from myself_i2i.wording import Text

__all__ = ["Checkpoint", "Cosignature", "cosign", "open_checkpoint", "sign_checkpoint", "verify_cosignatures"]

LATEST: Final = (1 << 63) - 1
"""Largest time a cosignature may carry, in seconds since 1970."""
MOST_ENTRIES: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log says of itself at one size."""

    origin: str
    """Which log: a line, by custom its URL without the scheme."""
    size: int
    """Number of entries."""
    root: bytes
    """Root hash of the tree of these entries, 32 bytes (RFC 6962)."""
    extensions: tuple[str, ...] = ()
    """Further lines, opaque; our logs write none."""

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        fits = 0 <= self.size <= MOST_ENTRIES and len(self.root) == HASH_SIZE
        if not fits or any(not line or any(c < " " for c in line) for line in lines):
            raise _malformed(self.origin)

    @property
    def text(self) -> str:
        """The note text; `parse` gives the same checkpoint back."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text; raises `InputError` unless `text` would be written so again. Says nothing of signatures."""
        origin, _, rest = text.partition("\n")
        size, _, rest = rest.partition("\n")
        root, _, rest = rest.partition("\n")
        try:
            if not size.isdecimal() or not size.isascii():
                raise _malformed(text)
            checkpoint = cls(origin, int(size[:20]), base64.b64decode(root), tuple(rest.split("\n")[:-1]))
        except (ValueError, binascii.Error) as error:
            raise _malformed(text) from error
        if checkpoint.text != text:
            raise _malformed(text)
        return checkpoint


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's word: at this time, this was the largest consistent head of the log that it had seen."""

    witness: NoteKey
    """Who says so."""
    cosigned_at: int
    """When, by the witness's clock: seconds since 1970."""


def sign_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> Note:
    """Return the checkpoint signed under the log's origin.

    The caller MUST never sign two heads that are not consistent: that is the one promise of a log.
    """
    return sign_note(checkpoint.text, checkpoint.origin, private)


def open_checkpoint(data: bytes, key: NoteKey) -> tuple[Checkpoint, Note]:
    """Return the checkpoint in `data` and its note, signed by `key`.

    Raises `InputError` for what is no checkpoint, `VerificationError` for another log's, or one whose signature does
    not hold. A log signs under its origin, so a key cannot speak for another log.
    """
    note = Note.parse(data)
    checkpoint = Checkpoint.parse(note.verify(key))
    if checkpoint.origin != key.name:
        raise VerificationError(
            Text(
                en="the checkpoint is of the log {got}, wanted {wanted}",
                ja="チェックポイントはログ {got} のものです（求めたのは {wanted}）",
            ).format(got=checkpoint.origin, wanted=key.name)
        )
    return checkpoint, note


def cosign(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey, *, cosigned_at: int) -> Signature:
    """Return a witness's signature line.

    The caller MUST have verified that the checkpoint is consistent with all it cosigned before (c2sp.org/tlog-witness).
    """
    key = NoteKey(name, private.public_key().public_bytes_raw(), SignatureType.COSIGNATURE)
    signed = private.sign(_cosigned(checkpoint.text, cosigned_at))
    return Signature(name, key.id, struct.pack(">Q", cosigned_at) + signed)


def verify_cosignatures(note: Note, witnesses: Iterable[NoteKey]) -> tuple[Cosignature, ...]:
    """Return the cosignatures by these witnesses, in their order; witnesses that did not sign are left out.

    Raises `VerificationError` when a known witness's line does not hold, for then somebody made it up.
    """
    found = []
    for witness in witnesses:
        for line in note.by(witness) if witness.type is SignatureType.COSIGNATURE else ():
            cosigned_at = int.from_bytes(line.value[:8], "big")
            check_ed25519(witness, line.value[8:], _cosigned(note.text, min(cosigned_at, LATEST)))
            found.append(Cosignature(witness, cosigned_at))
    return tuple(found)


def _cosigned(text: str, cosigned_at: int) -> bytes:
    if not 0 <= cosigned_at <= LATEST:
        raise InputError(
            Text(
                en="a cosignature cannot carry the time {time}",
                ja="副署の時刻として {time} は使えません",
            ).format(time=cosigned_at)
        )
    return f"cosignature/v1\ntime {cosigned_at}\n{text}".encode()


def _malformed(text: str) -> InputError:
    return InputError(
        Text(
            en="not a checkpoint: wanted lines with origin, size and root hash, got {text!r}",
            ja="チェックポイントではありません（起点・大きさ・根のハッシュの行が必要です）：「{text}」",
        ).format(text=text[:80])
    )
