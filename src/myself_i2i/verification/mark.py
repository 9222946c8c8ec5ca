"""The mark inside a manifest: its signed statements, each verified, and tied to the file's key and picture.

1. There is one mark, and the signer vouches for it.
2. The assertion has the shape of spec/mark.md.
3. The pledge verifies with the key that it introduces, and that is the maker's key id.
4. The record of the picture verifies with the same key.
5. Each source statement verifies with the same key; it is about the source named beside it, which went into the picture.
6. A permission is the one that its source statement names; it verifies with its own signer's key.
7. The key is the one that signed the file, and the record names this picture.

A file whose metadata was changed after marking breaks the C2PA hash and may still pass all seven: the statements then
still name its picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PublicKey, Subject
from myself_i2i.c2pa import labels
from myself_i2i.c2pa.reading import ManifestReading
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.image import image_data_digest
from myself_i2i.marking.manifest import MARK_BYTES, SOURCES
from myself_i2i.predicates import Generation, Permission, Pledge, Predicate, Signed, Source, read_signed
from myself_i2i.predicates.generation import Input
from myself_i2i.rights import SourceFile
from myself_i2i.wording import Text

__all__ = ["MarkedSource", "SignedMark", "Verified", "find_mark", "read_mark"]

P = TypeVar("P", bound=Predicate)


@dataclass(frozen=True, slots=True)
class Verified(Generic[P]):
    """A verified statement whose kind is known."""

    signed: Signed
    """The statement."""
    says: P
    """What it says."""


@dataclass(frozen=True, slots=True)
class MarkedSource:
    """One source of the mark."""

    file: SourceFile
    """The source, by the digest under which the record names it and that of its picture data, where it was declared."""
    statement: Verified[Source]
    """The source statement."""
    permission: Verified[Permission] | None
    """The permission that it names, when the mark carries it."""

    def is_(self, item: Input) -> bool:
        """Return whether this is the source behind one input of the record."""
        same_file = item.sha256 is not None and item.sha256 == self.file.sha256
        return same_file or (item.image_data is not None and item.image_data == self.file.image_data)


@dataclass(frozen=True, slots=True)
class SignedMark:
    """The verified statements of one mark, all but permissions by one key."""

    key: PublicKey
    """The maker's key."""
    pledge: Verified[Pledge]
    """The pledge."""
    record: Verified[Generation]
    """The record of this picture."""
    sources: tuple[MarkedSource, ...]
    """The sources."""

    def speaks_for(self, image_data: str) -> bool:
        """Return whether the record names the picture with this image data digest."""
        return image_data in self.record.signed.statement.digests(IMAGE_DATA)


def find_mark(reading: ManifestReading, *, keyid: str | None, picture: bytes) -> SignedMark | None:
    """Return the mark in the manifest of the file `picture`, or None when there is none.

    `keyid` is the key that signed the manifest (`signer.identify`), None when it is not known. Raises
    InputError or VerificationError, saying why, when a mark is there whose statements may not be used.
    """
    # 1. one mark, vouched for
    found = [one for one in reading.assertions if one.label.split("__")[0] == labels.MARK]
    if not found:
        return None
    if len(found) > 1:
        # Each reader would pick one: a file could say one thing to us and another to somebody else.
        raise VerificationError(TWO_MARKS)
    place = f"/{reading.label}/c2pa.assertions/{found[0].label}"
    changed = any(one.url.endswith(place) for one in reading.altered)
    if changed or not found[0].created:
        raise VerificationError(NOT_VOUCHED)
    # 2. to 6. the statements
    mark = read_mark(found[0].data)
    # 7. key and picture; otherwise anyone could carry a maker's statements under a certificate of their own
    if mark.key.keyid != keyid:
        raise VerificationError(OTHER_KEY)
    if not mark.speaks_for(image_data_digest(picture)):
        raise VerificationError(OTHER_PICTURE)
    return mark


def read_mark(data: object) -> SignedMark:
    """Return the mark in the assertion's JSON `data`: steps 2 to 6.

    The caller MUST compare `key` with the key of the certificate, and ask `speaks_for`; `find_mark` does both. Raises
    InputError when it has not the shape of a mark, VerificationError when a statement does not hold.
    """
    # 2. shape
    _check_size(data)
    if not isinstance(data, Mapping) or data.get("version") != labels.MARK_VERSION:
        raise _shape(wanted=f'"version": {labels.MARK_VERSION}')
    maker, sources = data.get("maker"), data.get("sources")
    if not isinstance(maker, Mapping):
        raise _shape(wanted='"maker"')
    if not isinstance(sources, list) or len(sources) > SOURCES:
        raise _shape(wanted=f'"sources": at most {SOURCES}')
    # 3. the pledge
    pledge = _read(data.get("pledge"), Pledge)
    key = pledge.signed.public_key
    if maker.get("keyid") != key.keyid:
        raise VerificationError(KEYS_DIFFER)
    # 4. the record
    record = _read(data.get("generation"), Generation, key)
    mark = SignedMark(key, pledge, record, ())
    if not isinstance(data.get("imageData"), str) or not mark.speaks_for(data["imageData"]):
        raise VerificationError(REPEATED)
    # 5. and 6. the sources
    marked = tuple(_source(one, key, record.says) for one in sources)
    if len({one.file.sha256 for one in marked}) != len(marked):
        raise _shape(wanted='"sources": each file once')
    return SignedMark(key, pledge, record, marked)


def _check_size(data: object) -> None:
    # Before anything is decoded or verified: a store of 64 MiB could hold an hour's worth of signatures.
    try:
        size = len(json.dumps(data, separators=(",", ":")))
    except (RecursionError, TypeError, ValueError):
        raise _shape(wanted="json") from None
    if size > MARK_BYTES:
        raise _shape(wanted=f"at most {MARK_BYTES} bytes")


def _source(data: object, key: PublicKey, record: Generation) -> MarkedSource:
    digest = data.get("sha256") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(digest, str):
        raise _shape(wanted='"sha256" of each source')
    statement = _read(data.get("statement"), Source, key)
    subject = _subject(statement.signed, digest, data.get("imageData"))
    file = SourceFile(name=subject.name, sha256=digest, image_data=subject.digest.get(IMAGE_DATA))
    permission = None
    if data.get("permission") is not None:
        permission = _read(data["permission"], Permission)
        if statement.says.permission != permission.signed.envelope.digest:
            raise VerificationError(OTHER_PERMISSION)
    source = MarkedSource(file, statement, permission)
    roles = [item.role for item in record.inputs if source.is_(item)]
    said = data.get("roles", [])
    # What stands beside the envelopes is for readers who open none; they must not be told something else.
    agrees = (
        data.get("basis") == statement.says.basis and isinstance(said, list) and all(r in roles for r in said)
    )
    if not roles or not agrees:
        raise VerificationError(REPEATED)
    return source


def _subject(statement: Signed, sha256: str, image_data: object) -> Subject:
    """Return the file that a source statement is about, by either digest: a tool may have rewritten its metadata."""
    for subject in statement.statement.subjects:
        if subject.digest.get(SHA256) == sha256 or (
            isinstance(image_data, str) and subject.digest.get(IMAGE_DATA) == image_data
        ):
            return subject
    raise VerificationError(OTHER_SOURCE)


def _read(value: object, kind: type[P], key: PublicKey | None = None) -> Verified[P]:
    if not isinstance(value, Mapping):
        raise _shape(wanted=f"a {kind.__name__.lower()} envelope")
    signed = read_signed(Envelope.from_json(value), key)
    if not isinstance(signed.predicate, kind):
        raise _shape(wanted=f"a {kind.__name__.lower()} statement")
    return Verified(signed, signed.predicate)


def _shape(*, wanted: str) -> InputError:
    message = Text(
        en="the mark cannot be read: wanted {wanted}", ja="目印を読み取れません（必要なもの: {wanted}）"
    )
    return InputError(message.format(wanted=wanted))


TWO_MARKS = Text(
    en="there are two marks in the file: neither is used",
    ja="目印が二つ入っているため、どちらも採用していません",
)
NOT_VOUCHED = Text(
    en="there is a mark in the file, but the file's signature does not stand behind it: it is not used",
    ja="目印はありますが、ファイルの署名はその目印を保証していません。採用していません",
)
OTHER_KEY = Text(
    en="the statements in the mark were signed by another key than the file: they are not used",
    ja="目印の中の申告とファイルの署名は、別の鍵によるものです。申告は採用していません",
)
OTHER_PICTURE = Text(
    en="the statements in the mark are about another picture than this one: they are not used",
    ja="目印の中の申告は、この画像ではない別の画像についてのものです。申告は採用していません",
)
KEYS_DIFFER = Text(
    en="the mark names another key than its pledge", ja="目印に書かれた鍵と、宣言の鍵が異なります"
)
REPEATED = Text(
    en="what the mark repeats beside its statements is not what they say: they are not used",
    ja="目印に写された内容が、署名された申告と一致しません。申告は採用していません",
)
OTHER_SOURCE = Text(
    en="a source statement in the mark is about another file than the source beside it",
    ja="目印の中の元画像の申告が、別のファイルについてのものです",
)
OTHER_PERMISSION = Text(
    en="the permission in the mark is not the one that the source statement names",
    ja="目印の中の許可は、元画像の申告が指しているものではありません",
)
