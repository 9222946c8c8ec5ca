"""journal/v1: "these work-in-progress files existed now". Page: spec/predicates/journal.md.

Nothing of a file is told: not its digest, its size, its name or its looks, only commitments to them. Each can be opened
later, on its own, by showing its salt; `commitment` is how anyone checks that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar, Final, Self

from myself_i2i.attestation.keys import PublicKey
from myself_i2i.attestation.statement import Subject
from myself_i2i.errors import InputError, UsageError
from myself_i2i.predicates._fields import SHA256_HEX, Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = [
    "ALGORITHM",
    "COMMITMENT_DOMAIN",
    "ENTRIES",
    "FILE",
    "FRAMES",
    "SALTED_FILE",
    "SALT_BYTES",
    "WORK",
    "Journal",
    "JournalEntry",
    "commitment",
]

SALTED_FILE: Final = "saltedFile/v1"
"""The digest algorithm of a subject: the commitment to the file. Not `sha256`, which is that of the bytes themselves."""
COMMITMENT_DOMAIN: Final = "https://myself-i2i.org/journal/v1/"
"""How the first line of what is hashed begins; what is committed to follows."""
FILE: Final = "file"
"""What is committed to: a file's sha256 in hex."""
WORK: Final = "work"
"""What is committed to: the name of a work."""
SALT_BYTES: Final = 32
"""Fresh random bytes for each commitment."""
ENTRIES: Final = 256
"""Most files in one statement."""
FRAMES: Final = 1_000_000
"""The highest number a frame can have."""
ALGORITHM: Final = re.compile(r"[a-z0-9]{1,24}_v[0-9]{1,3}")
"""The name of a fingerprint's algorithm, its version in it."""

_FINGERPRINTS = 16
_KIND = re.compile(r"[a-z0-9]{1,16}")


def commitment(what: str, value: str, *, keyid: str, salt: bytes) -> str:
    """Return the sha256, in hex, that commits the signer `keyid` to `value`; `what` is FILE, WORK or an algorithm's name.

    What is hashed is four lines of text, so that anyone can check it with `printf` and `sha256sum`. `salt` MUST be
    `SALT_BYTES` random bytes, used for nothing else, and kept: without it the commitment can never be opened. The
    signer stands in it so that nobody can copy a commitment into a statement of their own and open it there later.
    Raises `UsageError` for a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise UsageError(
            Text(
                en="got a salt of {got} bytes, wanted {wanted}",
                ja="ソルトが {got} バイトです（必要: {wanted} バイト）",
            ).format(got=len(salt), wanted=SALT_BYTES)
        )
    return hashlib.sha256(f"{COMMITMENT_DOMAIN}{what}\n{keyid}\n{salt.hex()}\n{value}\n".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class JournalEntry:
    """One file, sealed."""

    frame: int
    """Its number in the work, from 1; larger than that of the entry before."""
    kind: str
    """What kind of file, by its usual suffix ("png", "psd", "clip"); "other" where that is not told."""
    file: str
    """The commitment to its sha256."""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The commitments to its fingerprints, by algorithm; none where its picture could not be read."""

    def to_json(self) -> dict[str, Any]:
        """Return the item of `entries`."""
        return without_absent(
            frame=self.frame, kind=self.kind, file=self.file, fingerprints=dict(self.fingerprints)
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the entry in `fields`; raises `InputError`."""
        frame = fields.optional_number("frame")
        if frame is None or not frame.is_integer() or not 1 <= frame <= FRAMES:
            raise _wrong(Text(en="a frame has no number", ja="番号のないコマがあります"))
        sealed = fields.mapping("fingerprints")
        names, values = all(map(ALGORITHM.fullmatch, sealed)), all(map(SHA256_HEX.fullmatch, sealed.values()))
        if not names or not values or len(sealed) > _FINGERPRINTS:
            raise _wrong(
                Text(en="a sealed fingerprint is not a sha256", ja="封をした指紋が sha256 ではありません")
            )
        return cls(
            frame=int(frame),
            kind=fields.text("kind", pattern=_KIND),
            file=fields.sha256("file"),
            fingerprints=sealed,
        )


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Files of one work existed when this was signed. It does not show who made them."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("journal")

    public_key: PublicKey
    """The artist's key; its keyid MUST be the envelope's. Whose it is, others must know."""
    entries: tuple[JournalEntry, ...]
    """The files, 1 to `ENTRIES`, in the order of their numbers; no commitment stands twice."""
    work: str | None = None
    """The commitment to the work's name: the same in every statement about that work."""
    previous: str | None = None
    """The digest of the envelope before in the same work; None for its first."""
    noted_at: datetime
    """When, by the signer's own clock."""

    def subjects(self) -> tuple[Subject, ...]:
        """Return the statement's subjects: the files, by the commitments to them. They have no name."""
        return tuple(Subject("_", {SALTED_FILE: entry.file}) for entry in self.entries)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/journal.md."""
        return without_absent(
            publicKey=self.public_key.to_base64(),
            entries=[entry.to_json() for entry in self.entries],
            work=self.work,
            previous=self.previous,
            notedAt=format_moment(self.noted_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the journal in `value`; raises `InputError`."""
        fields = Fields(value, "journal")
        entries = fields.items("entries", JournalEntry.read)
        if not 0 < len(entries) <= ENTRIES:
            raise _wrong(
                Text(en="wanted 1 to {most} entries", ja="entries は 1〜{most} 件です").format(most=ENTRIES)
            )
        if any(one.frame >= after.frame for one, after in pairwise(entries)):
            raise _wrong(Text(en="the frames are not in order", ja="コマが番号の順になっていません"))
        sealed = list(_commitments(entries))
        # Two things under one commitment, and so under one salt, could not be opened one without the other.
        if len(set(sealed)) != len(sealed):
            raise _wrong(Text(en="a commitment stands twice", ja="同じコミットメントが2回出てきます"))
        return cls(
            public_key=PublicKey.from_base64(fields.text("publicKey")),
            entries=entries,
            work=fields.optional_sha256("work"),
            previous=fields.optional_sha256("previous"),
            noted_at=fields.moment("notedAt"),
        )


def _commitments(entries: tuple[JournalEntry, ...]) -> Iterator[str]:
    for entry in entries:
        yield entry.file
        yield from entry.fingerprints.values()


def _wrong(why: Text) -> InputError:
    return InputError(
        Text(
            en="the journal's entries are not right: {why}", ja="制作記録の項目が正しくありません: {why}"
        ).format(why=why)
    )
