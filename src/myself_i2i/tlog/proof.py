"""Receipts: a proof that something stands in a log, checked without asking anybody (c2sp.org/tlog-proof)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog.checkpoint import Checkpoint, Cosignature, open_checkpoint, verify_cosignatures
from myself_i2i.tlog.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from myself_i2i.tlog.note import MOST_BYTES, NoteKey
from myself_i2i.wording import Text

__all__ = ["MEDIA_SUFFIX", "Logged", "Receipt"]

HEADER: Final = "c2sp.org/tlog-proof@v1"
MEDIA_SUFFIX: Final = ".tlog-proof"
MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class Logged:
    """What a receipt shows once it is verified."""

    index: int
    """The entry's place in the log, from 0."""
    checkpoint: Checkpoint
    """The head under which it stands."""
    cosignatures: tuple[Cosignature, ...]
    """Known witnesses that saw this head. Without any, the log alone says so."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The file: nothing in it is known until `verify` says so."""

    index: int
    """The entry's place in the log, from 0."""
    proof: tuple[bytes, ...]
    """Inclusion proof, from the leaf's sibling up (RFC 6962, 2.1.1)."""
    checkpoint: bytes
    """The signed checkpoint, verbatim."""
    extra: bytes = b""
    """Opaque, and signed by nobody."""

    def to_bytes(self) -> bytes:
        """Return the file; `parse` gives the same receipt back."""
        lines = [HEADER, *([f"extra {_base64(self.extra)}"] if self.extra else []), f"index {self.index}"]
        return (
            "".join(f"{line}\n" for line in (*lines, *map(_base64, self.proof), "")).encode()
            + self.checkpoint
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a receipt; raises `InputError` unless it would be written as exactly these bytes."""
        head, blank, checkpoint = data[:MOST_BYTES].partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
            extra = _unbase64(lines.pop(1)[6:]) if lines[1:] and lines[1].startswith("extra ") else b""
            word, _, number = lines[1].partition(" ")
            if not blank or word != "index" or not number.isdecimal() or len(lines) - 2 > MOST_HASHES:
                raise _malformed(data)
            receipt = cls(int(number[:20]), tuple(map(_unbase64, lines[2:])), checkpoint, extra)
        except (ValueError, IndexError, binascii.Error) as error:
            raise _malformed(data) from error
        if receipt.to_bytes() != data or any(len(one) != HASH_SIZE for one in receipt.proof):
            raise _malformed(data)
        return receipt

    def verify(
        self, entry: bytes, log: NoteKey, *, witnesses: Collection[NoteKey] = (), quorum: int = 0
    ) -> Logged:
        """Return where and under which head `entry` stands in the log of this key.

        At least `quorum` different ones of `witnesses` must have cosigned that head. Raises `InputError` for a
        checkpoint that is none, `VerificationError` when anything does not hold.
        """
        checkpoint, note = open_checkpoint(self.checkpoint, log)
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.proof, checkpoint.root)
        cosignatures = verify_cosignatures(note, witnesses)
        seen = len({cosignature.witness.public for cosignature in cosignatures})
        if seen < quorum:
            raise VerificationError(
                Text(
                    en="{got} of the known witnesses cosigned this head, wanted {wanted}",
                    ja="この先頭に副署した既知の証人は {got} 者です（{wanted} 者が必要です）",
                ).format(got=seen, wanted=quorum)
            )
        return Logged(self.index, checkpoint, cosignatures)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _malformed(data: bytes) -> InputError:
    return InputError(
        Text(
            en="not a log receipt: wanted {header} and an index, got {text!r}",
            ja="ログの受領証ではありません（{header} と index が必要です）：「{text}」",
        ).format(header=HEADER, text=data[:60].decode("utf-8", "replace"))
    )
