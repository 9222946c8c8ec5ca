"""Marked pictures for tests: makers, artists, their statements, and marks made with the library's own functions.

Keys come from names, so every run makes the same ones; nothing is read from disk.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from myself_i2i.attestation import IMAGE_DATA, SHA256, PrivateKey, Subject, sign
from myself_i2i.c2pa import labels, native
from myself_i2i.declaration import Declaration, GivenSource, Known, declare
from myself_i2i.image import Format, image_data_digest, sniff
from myself_i2i.marking.content_credentials import Marked, Signing, mark
from myself_i2i.marking.manifest import MarkContent, MarkSource
from myself_i2i.marking.xmp import XmpFacts
from myself_i2i.predicates import (
    Generation,
    Permission,
    Pledge,
    Predicate,
    Signed,
    Source,
    Withdrawal,
    make_statement,
    read_signed,
)
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.source import Basis, Origin
from myself_i2i.predicates.tags import TAG
from myself_i2i.predicates.texts import pledge_text
from myself_i2i.rights import StatementSet
from myself_i2i.verification import inspect_unmarked
from tests.support.credentials import NOW, Maker, maker, manifest
from tests.support.pictures import BUILDERS, png, text_chunk, tiff

if TYPE_CHECKING:
    from collections.abc import Iterable

AT = NOW.replace(microsecond=0)
"""When everything here was made and said."""
EXIF_MAKE = 0x010F
SIDE = 64
"""Width and height of generated pictures: what the graph says must fit the file."""


@dataclass(frozen=True)
class Picture:
    """A picture file with its name."""

    name: str
    data: bytes

    @property
    def mime(self) -> str:
        """Its media type."""
        return sniff(self.data).mime

    @property
    def subject(self) -> Subject:
        """It as a subject of statements."""
        return Subject(self.name, {SHA256: self.sha256, IMAGE_DATA: image_data_digest(self.data)})

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Person:
    """Somebody with a key and a certificate for it."""

    name: str
    held: Maker
    key: PrivateKey

    @property
    def keyid(self) -> str:
        """The key's name."""
        return self.held.keyid

    @property
    def signing(self) -> Signing:
        """With what they sign pictures."""
        return Signing(chain_pem=self.held.chain, key=self.held.pem)

    def say(self, predicate: Predicate, *subjects: Subject) -> Signed:
        """Sign a statement."""
        envelope = sign(make_statement(predicate, subjects), self.key)
        return read_signed(envelope, self.key.public_key)

    def pledge(self) -> Signed:
        """Pledge, in English."""
        text = pledge_text("1.0", "en")
        return self.say(
            Pledge(
                text_version=text.version,
                language=text.language,
                text_sha256=text.sha256,
                public_key=self.key.public_key,
                display_name=self.name,
                accounts=(f"https://example.org/{self.name}",),
                tags=(TAG,),
                pledged_at=AT,
            )
        )

    def declare(self, file: Picture, basis: Basis = Basis.OWN_DRAWING, **needs: Any) -> Signed:
        """Say why a source may be used."""
        if basis is Basis.OWN_GENERATION:
            needs.setdefault("origin", Origin(sha256=file.sha256))
        return self.say(Source(basis=basis, declared_at=AT, **needs), file.subject)

    def permit(
        self,
        *files: Picture,
        to: str = ANYONE,
        since: datetime = AT - timedelta(days=1),
        until: datetime | None = None,
    ) -> Signed:
        """Permit pictures to be used as AI input."""
        said = Permission(
            public_key=self.key.public_key, artist=self.name, grantee=to, valid_from=since, until=until
        )
        return self.say(said, *(file.subject for file in files))

    def withdraw(self, said: Signed, at: datetime = AT) -> Signed:
        """Take a statement back."""
        return self.say(Withdrawal.of(said.envelope, withdrawn_at=at))


def person(name: str) -> Person:
    """Somebody whose key comes from the name."""
    held = maker(name)
    return Person(name, held, PrivateKey.from_pem(held.pem))


def drawing(seed: int = 5, name: str = "drawing.png") -> Picture:
    """A source picture."""
    return Picture(name, png(20, 20, seed=seed))


def graph(source: Picture | None = None, *, strength: float = 0.5) -> dict[str, Any]:
    """A ComfyUI graph: from words, or from `source`, whose digest stands in it as the server writes it."""
    latent = _node("EmptyLatentImage", width=SIDE, height=SIDE, batch_size=1)
    loaded: dict[str, Any] = {}
    if source is not None:
        latent = _node("VAEEncode", pixels=["10", 0], vae=["4", 2])
        load = _node("LoadImage", image=source.name, upload="image")
        loaded = {"10": {**load, "is_changed": [source.sha256]}}
    settings = {"seed": 7, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal"}
    links = {"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}
    denoise = 1.0 if source is None else strength
    return {
        **loaded,
        "3": _node("KSampler", **settings, **links, denoise=denoise),
        "4": _node("CheckpointLoaderSimple", ckpt_name="base.safetensors"),
        "5": latent,
        "6": _node("CLIPTextEncode", text="a fox", clip=["4", 1]),
        "7": _node("CLIPTextEncode", text="blur", clip=["4", 1]),
        "8": _node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": _node("SaveImage", images=["8", 0], filename_prefix="x"),
    }


def _node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def generated(form: str, source: Picture | None = None, *, seed: int = 0, strength: float = 0.5) -> Picture:
    """A picture as ComfyUI saves it, with its graph inside."""
    text = json.dumps(graph(source, strength=strength))
    if form == Format.PNG:
        data = png(SIDE, SIDE, seed=seed, chunks=[text_chunk("prompt", text)])
    else:
        data = BUILDERS[form](SIDE, SIDE, seed=seed, exif=tiff({EXIF_MAKE: f"prompt:{text}"}))
    return Picture(f"out.{form}", data)


def plain(form: str = "png", seed: int = 0) -> Picture:
    """A picture without any metadata."""
    return Picture(f"plain.{form}", BUILDERS[form](SIDE, SIDE, seed=seed))


def declaration(someone: Person, picture: Picture, said: Iterable[Signed] = (), **known: Any) -> Declaration:
    """What `someone` declares of a picture, from its metadata and what they said of their sources."""
    return declare(
        Known(inspection=inspect_unmarked(picture.data), matched={}, **known),
        StatementSet(said),
        maker=someone.keyid,
        writer="myself-i2i test",
        now=AT,
    )


def content(
    someone: Person, picture: Picture, declared: Declaration, said: Iterable[Signed] = ()
) -> MarkContent:
    """What the mark of a declared picture says."""
    held = {signed.envelope.digest: signed for signed in said}
    record = declared.generation
    sources = []
    for basis in declared.bases:
        signed = basis.declaration.signed
        source = signed.predicate
        named = source.permission if isinstance(source, Source) else None
        digest = basis.file.sha256 or ""
        sources.append(
            MarkSource(
                sha256=digest,
                mime="image/png",
                basis=basis.basis.value,
                statement=signed.envelope.to_json(),
                permission=held[named].envelope.to_json() if named in held else None,
                image_data=signed.statement.subjects[0].digest[IMAGE_DATA],
                roles=tuple(dict.fromkeys(item.role for item in record.inputs if item.sha256 == digest)),
            )
        )
    return MarkContent(
        keyid=someone.keyid,
        generator_version="0",
        mode=record.mode,
        image_input=record.image_input,
        pledge=someone.pledge().envelope.to_json(),
        generation=someone.say(record, picture.subject).envelope.to_json(),
        sources=tuple(sources),
    )


def marked(
    someone: Person, picture: Picture, said: Iterable[Signed] = (), *, strip: bool = False, **known: Any
) -> Marked:
    """The picture with a mark, made the way the command makes it."""
    said = tuple(said)
    declared = declaration(someone, picture, said, **known)
    facts = XmpFacts(system=declared.generation.tool)
    made = content(someone, picture, declared, said)
    return mark(picture.data, made, someone.signing, facts=facts, strip=strip)


def i2i(someone: Person, form: str = "png", *, source: Picture | None = None) -> Marked:
    """The usual case: image-to-image from the maker's own drawing, recorded in the file."""
    source = source or drawing()
    return marked(someone, generated(form, source), [someone.declare(source)])


def recorded(generation: Generation, picture: Picture, someone: Person) -> MarkContent:
    """What a mark says when only this record is declared."""
    return content(someone, picture, Declaration(generation, ()))


def given(role: str, picture: Picture) -> GivenSource:
    """A source named by the maker."""
    return GivenSource(role, picture.subject)


def mark_data(made: MarkContent, image_data: str) -> dict[str, Any]:
    """The JSON of the mark's assertion, to be taken apart and put together wrongly."""
    return {
        "version": labels.MARK_VERSION,
        "maker": {"keyid": made.keyid},
        "imageData": image_data,
        "pledge": json.loads(made.pledge),
        "generation": json.loads(made.generation),
        "sources": [
            {
                "ingredient": f"ni:{number}",
                "sha256": one.sha256,
                "basis": one.basis,
                "roles": list(one.roles),
                "statement": json.loads(one.statement),
                **({"permission": json.loads(one.permission)} if one.permission else {}),
                **({"imageData": one.image_data} if one.image_data else {}),
            }
            for number, one in enumerate(made.sources)
        ],
    }


def with_assertions(someone: Person, picture: Picture, *data: object) -> bytes:
    """The picture signed by `someone` with these mark assertions, whatever they are."""
    made = [{"label": labels.MARK, "kind": "Json", "data": one} for one in data]
    held = someone.held
    return native.sign(picture.data, picture.mime, manifest(*made), chain_pem=held.chain, key=held.pem).data


def again(someone: Person, chain_pem: bytes) -> Person:
    """The same person and key under another certificate."""
    held = replace(someone.held, certificate=replace(someone.held.certificate, chain_pem=chain_pem))
    return replace(someone, held=held)
