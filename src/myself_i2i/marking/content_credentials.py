"""Write the mark into a picture: XMP first, C2PA last, and not one coded pixel touched.

1. What the file carries now: its XMP, its manifest.
2. Generator metadata out, if the maker wants that.
3. XMP in; any later change would break the signature.
4. How it looks, to be found by.
5. The manifest: statements, sources, and the file's own earlier manifest as parent.
6. Sign.
7. The coded picture is the one we were given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myself_i2i.c2pa import labels, native
from myself_i2i.c2pa.ingredient import Ingredient
from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import (
    Container,
    Xmp,
    image_data_digest,
    insert_xmp,
    merge_xmp,
    read_container,
    read_xmp,
    strip_generation_metadata,
    write_xmp,
)
from myself_i2i.image.digest import require_same_picture
from myself_i2i.marking import manifest
from myself_i2i.marking.looks import looks_of
from myself_i2i.marking.manifest import MarkContent
from myself_i2i.marking.short_code import code_of
from myself_i2i.marking.xmp import XmpFacts, properties
from myself_i2i.wording import Text

__all__ = ["Marked", "Signing", "mark"]

_NO_FACTS: Final = XmpFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """With what to sign; the key belongs to the certificate."""

    chain_pem: bytes
    """The maker's certificate, `certificate.issue(…).chain_pem`."""
    key: bytes | Callable[[bytes], bytes]
    """The maker's Ed25519 key as PKCS 8 PEM, or a function that signs (10 kB more in every file)."""
    tsa_url: str | None = None
    """RFC 3161 time-stamp server to ask, or None: then nothing leaves this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A marked picture."""

    data: bytes
    """The file with XMP and mark."""
    manifest_store: bytes
    """The C2PA store alone, for a `.c2pa` file beside the picture. Beside this very file it validates; beside a copy
    that a site stripped, the library finds the bytes changed, and the mark's `imageData` digest tells whether the
    coded picture is still the same (`ManifestReading.claim_holds`)."""
    image_data: str
    """The picture's `imageData/v1` digest, the same before and after."""
    code: str
    """The picture's short code."""
    notes: tuple[Text, ...] = ()
    """What could not be kept, for the maker to know."""


def mark(
    data: bytes,
    content: MarkContent,
    signing: Signing,
    *,
    facts: XmpFacts = _NO_FACTS,
    strip: bool = False,
    container: Container | None = None,
    image_data: str | None = None,
) -> Marked:
    """Return `data` marked with `content`; a mark that is already there stays beneath as `parentOf`.

    `container` and `image_data` MUST be those of `data`, when the caller has them already: they save a second
    pass over the file. `strip` takes prompts and other generator metadata out, but not what an earlier manifest says.

    Raises:
        InputError: the picture, its XMP or its earlier manifest cannot be read.
        UsageError, LimitError: the content does not make a mark, `manifest.build`.
        KeyFileError, SigningError: `native.sign`.
    """
    # 1. what the file carries
    found = read_container(data) if container is None else container
    digest = image_data_digest(data) if image_data is None else image_data
    # 2. generator metadata out
    plain = strip_generation_metadata(data) if strip else data
    # 3. XMP in
    packet, notes = _packet(None if strip else found.xmp, content, facts)
    prepared = plain if packet is None else insert_xmp(plain, packet)
    # 4. how it looks
    looks, untold = looks_of(data)
    # 5. the manifest
    parent = None if found.manifest_store is None else _parent(data, found.format.mime)
    plan = manifest.build(
        content, image_data=digest, looks=looks, parent=parent, metadata_edited=prepared is not data
    )
    # 6. sign
    signed = native.sign(
        prepared,
        found.format.mime,
        plan.manifest,
        [_slim(one) for one in plan.ingredients],
        chain_pem=signing.chain_pem,
        key=signing.key,
        tsa_url=signing.tsa_url,
    )
    # 7. the same picture, compared byte for byte: hashing it again would cost more than writing the mark
    require_same_picture(data, signed.data)
    return Marked(
        data=signed.data,
        manifest_store=signed.manifest_store,
        image_data=digest,
        code=code_of(digest),
        notes=(*notes, *untold),
    )


def _packet(
    existing: str | None, content: MarkContent, facts: XmpFacts
) -> tuple[bytes | None, tuple[Text, ...]]:
    """The packet to insert, None when the file's own says all of it already."""
    if existing is None:
        return write_xmp(properties(content, facts, Xmp())), ()
    try:
        said = properties(content, facts, read_xmp(existing))
        return (merge_xmp(existing, said) if said else None), ()
    except LimitError:
        raise
    except InputError:
        note = Text(
            en="the file's own XMP could not be read and was replaced",
            ja="ファイルにあったXMPは読み取れなかったため、書きかえました",
        )
        return write_xmp(properties(content, facts, Xmp())), (note,)


def _parent(data: bytes, mime: str) -> Ingredient:
    definition = {"relationship": labels.PARENT_OF, "label": manifest.PARENT_LABEL, "format": mime}
    return Ingredient(definition, data)


def _slim(one: Ingredient) -> Ingredient:
    # Reading a source costs milliseconds; without these four letters it cannot hold a manifest (JUMBF, C2PA 2.4 §11.1).
    return one if one.data is None or b"jumb" in one.data else Ingredient(one.definition)
