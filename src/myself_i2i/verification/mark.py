"""The mark inside a manifest: its signed statements, each verified, and what ties them to picture and key.

1. The assertion has the shape of spec/mark.md.
2. The pledge verifies with the key that it introduces, and that is the maker's key id.
3. The generation verifies with the same key.
4. Each source statement verifies with the same key and is about the source named beside it.
5. A permission is the one that its source statement names; it verifies with its own signer's key.

Whether statements and picture belong together is a value, not an error (`speaks_for`): a file whose metadata was
changed after marking breaks the C2PA hash, but the statements still name its picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PublicKey
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates import Generation, Permission, Pledge, Signed, Source, read_signed
from myself_i2i.wording import Text

__all__ = ["MarkedSource", "SignedMark", "read_mark"]

VERSION = 1
MOST_SOURCES = 64


@dataclass(frozen=True, slots=True)
class MarkedSource:
    """One source of the mark."""

    sha256: str
    """Its file digest."""
    image_data: str | None
    """Its image data digest, from the signed statement."""
    name: str
    """Its name, from the signed statement."""
    statement: Signed
    """The source statement."""
    permission: Signed | None
    """The permission that it names, when the mark carries it."""


@dataclass(frozen=True, slots=True)
class SignedMark:
    """The verified statements of one mark, all but permissions by one key."""

    key: PublicKey
    """The maker's key."""
    pledge: Signed
    """The pledge."""
    generation: Signed
    """The record of this picture."""
    sources: tuple[MarkedSource, ...]
    """The sources."""

    def speaks_for(self, image_data: str) -> bool:
        """Return whether the record names the picture with this image data digest."""
        return image_data in self.generation.statement.digests(IMAGE_DATA)


def read_mark(data: object) -> SignedMark:
    """Return the mark in the assertion's JSON `data`, every signature verified.

    The caller MUST compare `key` with the key of the certificate, and ask `speaks_for`. Raises InputError when it
    has not the shape of a mark, VerificationError when a statement does not hold.
    """
    # 1. shape
    if (
        not isinstance(data, Mapping)
        or data.get("version") != VERSION
        or not isinstance(data.get("maker"), Mapping)
    ):
        raise _shape(wanted="version and maker")
    sources = data.get("sources", [])
    if not isinstance(sources, list) or len(sources) > MOST_SOURCES:
        raise _shape(wanted="sources")
    # 2. the pledge
    pledge = _read(data.get("pledge"), Pledge)
    if data["maker"].get("keyid") != pledge.keyid:
        raise VerificationError(
            Text(
                en="the mark names another key than its pledge", ja="目印に書かれた鍵と、宣言の鍵が異なります"
            )
        )
    # 3. the generation
    generation = _read(data.get("generation"), Generation, pledge.public_key)
    # 4. and 5. the sources
    marked = tuple(_source(one, pledge.public_key) for one in sources)
    return SignedMark(pledge.public_key, pledge, generation, marked)


def _source(data: object, key: PublicKey) -> MarkedSource:
    if not isinstance(data, Mapping) or not isinstance(data.get("sha256"), str):
        raise _shape(wanted="a source's sha256")
    digest: str = data["sha256"]
    signed = _read(data.get("statement"), Source, key)
    image_data = data.get("imageData")
    # Found by its picture data where a tool rewrote the source's metadata after it was declared.
    subject = next(
        (
            one
            for one in signed.statement.subjects
            if one.digest.get(SHA256) == digest or (image_data and one.digest.get(IMAGE_DATA) == image_data)
        ),
        None,
    )
    if subject is None:
        raise VerificationError(
            Text(
                en="a source statement in the mark is about another file than the source beside it",
                ja="目印の中の元画像の申告が、別のファイルについてのものです",
            )
        )
    permission = None
    if data.get("permission") is not None:
        permission = _read(data["permission"], Permission)
        source = signed.predicate
        if isinstance(source, Source) and source.permission != permission.envelope.digest:
            raise VerificationError(
                Text(
                    en="the permission in the mark is not the one that the source statement names",
                    ja="目印の中の許可は、元画像の申告が指しているものではありません",
                )
            )
    return MarkedSource(digest, subject.digest.get(IMAGE_DATA), subject.name, signed, permission)


def _read(value: object, kind: type[Any], key: PublicKey | None = None) -> Signed:
    if not isinstance(value, Mapping):
        raise _shape(wanted=f"a {kind.__name__.lower()} envelope")
    signed = read_signed(Envelope.from_json(value), key)
    if not isinstance(signed.predicate, kind):
        raise _shape(wanted=f"a {kind.__name__.lower()} statement")
    return signed


def _shape(*, wanted: str) -> InputError:
    return InputError(
        Text(
            en="the mark cannot be read: wanted {wanted}", ja="目印を読み取れません（必要なもの: {wanted}）"
        ).format(wanted=wanted)
    )
