"""One signed sentence about files: in-toto Statement v1.

The bytes that were signed are kept and never re-encoded: a statement read from an envelope keeps its
`payload`, fields unknown to this version included.
Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and spec/statements.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from myself_i2i.attestation.strict_json import canonical_json, parse_strict
from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["IMAGE_DATA", "SHA256", "STATEMENT_TYPE", "Statement", "Subject"]

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
SHA256 = "sha256"
"""Digest of the file's bytes, lower-case hex."""
IMAGE_DATA = "imageData/v1"
"""Digest of the picture's data without its metadata, lower-case hex (spec/image-data-digest.md)."""

_SUBJECTS = 4_096
_TEXT = 1_024
_HEX_256 = re.compile(r"[0-9a-f]{64}")
_WHERE = Text(en="the statement", ja="声明")


@dataclass(frozen=True)
class Subject:
    """One file a statement is about, known by digest; its name is only a convenience."""

    name: str
    """A name for people, "_" when there is none. It is never used to match."""
    digest: Mapping[str, str] = field(hash=False)
    """Digest by algorithm, at least one; "sha256" and "imageData/v1" are 64 lower-case hex digits."""

    def to_json(self) -> dict[str, Any]:
        """Return the in-toto ResourceDescriptor."""
        return {"name": self.name, "digest": dict(self.digest)}


@dataclass(frozen=True)
class Statement:
    """What somebody says about some files. Two statements are equal when their signed bytes are.

    Make one with `make` or `parse`; the constructor trusts its caller. Treat `predicate` as read-only.
    """

    subjects: tuple[Subject, ...] = field(compare=False)
    """The files spoken of, at least one, in the order given."""
    predicate_type: str = field(compare=False)
    """The URI that says how to read `predicate`, its version included."""
    predicate: Mapping[str, Any] = field(compare=False)
    """The content; fields unknown here are kept as they are."""
    payload: bytes = field(repr=False)
    """The exact bytes that are, or will be, signed."""

    @classmethod
    def make(
        cls, subjects: Iterable[Subject], predicate_type: str, predicate: Mapping[str, Any]
    ) -> Statement:
        """Return a new statement in canonical JSON (RFC 8785).

        Raises `InputError` when it would not be read back by `parse`.
        """
        return cls.parse(
            canonical_json(
                {
                    "_type": STATEMENT_TYPE,
                    "subject": [subject.to_json() for subject in subjects],
                    "predicateType": predicate_type,
                    "predicate": dict(predicate),
                }
            )
        )

    @classmethod
    def parse(cls, payload: bytes) -> Statement:
        """Return the statement in `payload`, keeping the bytes.

        Parsing checks the shape only. The caller MUST have verified the signature before believing it
        (`Envelope.verify` does both). Raises `InputError` for anything that is not a Statement v1.
        """
        value = parse_strict(payload, where=_WHERE)
        if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
            raise _wrong(wanted=f'"_type": "{STATEMENT_TYPE}"')
        predicate_type = value.get("predicateType")
        if not isinstance(predicate_type, str) or not 0 < len(predicate_type) <= _TEXT:
            raise _wrong(wanted='"predicateType": a URI')
        predicate = value.get("predicate", {})
        if not isinstance(predicate, dict):
            raise _wrong(wanted='"predicate": an object')
        return cls(_subjects(value.get("subject")), predicate_type, predicate, payload)

    @property
    def digest(self) -> str:
        """The sha256 of the signed bytes: the same whoever signs, and however often."""
        return hashlib.sha256(self.payload).hexdigest()

    def digests(self, algorithm: str) -> frozenset[str]:
        """Return the digests of all subjects under `algorithm`."""
        return frozenset(
            subject.digest[algorithm] for subject in self.subjects if algorithm in subject.digest
        )


def _subjects(value: Any) -> tuple[Subject, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= _SUBJECTS:
        raise _wrong(wanted=f'"subject": 1 to {_SUBJECTS} files')
    return tuple(_subject(item) for item in value)


def _subject(value: Any) -> Subject:
    if not isinstance(value, dict):
        raise _wrong(wanted='in "subject": objects')
    name, digest = value.get("name", "_"), value.get("digest")
    if not isinstance(name, str) or len(name) > _TEXT:
        raise _wrong(wanted=f'"name": a string of at most {_TEXT} characters')
    if not isinstance(digest, dict) or not digest:
        raise _wrong(wanted='"digest": at least one digest for each subject')
    for algorithm, text in digest.items():
        if not isinstance(text, str) or not 0 < len(text) <= _TEXT or not 0 < len(algorithm) <= _TEXT:
            raise _wrong(wanted='"digest": names and values as short strings')
        # Upper case, or a shortened digest, would let one file be known under two names in every look-up.
        if algorithm in {SHA256, IMAGE_DATA} and not _HEX_256.fullmatch(text):
            raise _wrong(wanted=f'"{algorithm}": 64 lower-case hex digits')
    return Subject(name, digest)


def _wrong(*, wanted: str) -> InputError:
    return InputError(
        Text(
            en="this is not an in-toto Statement v1: wanted {wanted}",
            ja="in-toto Statement v1 ではありません（必要なもの: {wanted}）",
        ).format(wanted=wanted)
    )
