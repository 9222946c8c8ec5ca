"""What a witness does with a log's new head (c2sp.org/tlog-witness): the request, and when to cosign it.

Pure: whoever keeps the heads that were cosigned passes the last one in, and MUST store the new one before the cosignature
leaves, in one atomic step with the check.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.errors import InputError, VerificationError
from myself_i2i.tlog.checkpoint import Checkpoint, cosign, open_checkpoint
from myself_i2i.tlog.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from myself_i2i.tlog.note import MOST_BYTES, NoteKey, Signature
from myself_i2i.wording import Text

__all__ = ["Refusal", "RefusedError", "Submission", "consider"]

MOST_HASHES: Final = 63


class Refusal(IntEnum):
    """Why a witness does not cosign, as the HTTP status that the specification gives."""

    SIZES = 400
    SIGNATURE = 403
    BEHIND = 409
    PROOF = 422


class RefusedError(VerificationError):
    """A witness does not cosign this head."""

    def __init__(self, reason: Refusal, message: Text, *, size: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.size = size
        """The size of the last head cosigned: where the log's next proof must begin."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of `add-checkpoint`."""

    old: int
    """The size from which the proof leads."""
    proof: tuple[bytes, ...]
    """Consistency proof to the checkpoint's size (RFC 6962, 2.1.2); empty when `old` is 0."""
    checkpoint: bytes
    """The signed checkpoint, verbatim."""

    def to_bytes(self) -> bytes:
        """Return the body; `parse` gives the same submission back."""
        hashes = (base64.b64encode(one).decode() for one in self.proof)
        return "".join(f"{line}\n" for line in (f"old {self.old}", *hashes, "")).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a body; raises `InputError` unless it would be written as exactly these bytes."""
        head, blank, checkpoint = data[:MOST_BYTES].partition(b"\n\n")
        try:
            first, *hashes = head.decode("ascii").split("\n")
            word, _, number = first.partition(" ")
            if not blank or word != "old" or not number.isdecimal() or len(hashes) > MOST_HASHES:
                raise _malformed(data)
            proof = tuple(base64.b64decode(one, validate=True) for one in hashes)
            submission = cls(int(number[:20]), proof, checkpoint)
        except (ValueError, binascii.Error) as error:
            raise _malformed(data) from error
        if submission.to_bytes() != data or any(len(one) != HASH_SIZE for one in proof):
            raise _malformed(data)
        return submission


def consider(
    submission: Submission,
    *,
    log: NoteKey,
    last: Checkpoint | None,
    name: str,
    private: Ed25519PrivateKey,
    cosigned_at: int,
) -> tuple[Checkpoint, Signature]:
    """Return the new head, verified, and the witness's signature line on it.

    `log` is the key of the log whose origin the submission claims, `last` the head of it that this witness cosigned last.
    Raises `RefusedError` with the status to answer, `InputError` for what is no checkpoint.
    """
    try:
        checkpoint, _ = open_checkpoint(submission.checkpoint, log)
    except VerificationError as error:
        raise RefusedError(Refusal.SIGNATURE, error.message) from error
    size = last.size if last else 0
    if submission.old > checkpoint.size:
        raise RefusedError(
            Refusal.SIZES,
            Text(
                en="the proof begins at {old}, past the head of {size}",
                ja="証明の始まり {old} が、先頭の大きさ {size} を超えています",
            ).format(old=submission.old, size=checkpoint.size),
        )
    root = last.root if last else EMPTY_ROOT
    if submission.old != size or (checkpoint.size == size and checkpoint.root != root):
        raise RefusedError(
            Refusal.BEHIND,
            Text(
                en="the last head cosigned here has {size} entries; the proof begins at {old}",
                ja="ここで最後に副署した先頭は {size} 件です（証明は {old} から始まっています）",
            ).format(size=size, old=submission.old),
            size=size,
        )
    try:
        verify_consistency(size, checkpoint.size, root, checkpoint.root, submission.proof)
    except VerificationError as error:
        raise RefusedError(Refusal.PROOF, error.message) from error
    return checkpoint, cosign(checkpoint, name, private, cosigned_at=cosigned_at)


def _malformed(data: bytes) -> InputError:
    return InputError(
        Text(
            en="not a submission to a witness: wanted an old size, hashes and a checkpoint, got {text!r}",
            ja="証人への提出の形ではありません（old・ハッシュ・チェックポイントが必要です）：「{text}」",
        ).format(text=data[:60].decode("utf-8", "replace"))
    )
