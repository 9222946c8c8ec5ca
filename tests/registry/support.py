"""A registry in a folder and somebody to publish in it: really marked pictures, with their statements.

For every test that needs something published. Keys come from names, so every run makes the same ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from myself_i2i.attestation import Envelope
from myself_i2i.client.publishing import state_mark
from myself_i2i.declaration import parse_by_hand
from myself_i2i.marking.content_credentials import Marked, mark
from myself_i2i.predicates import Journal, Mark, Profile, Wish
from myself_i2i.predicates.journal import JournalEntry
from myself_i2i.predicates.wish import Scope, WishAnswer
from myself_i2i.recording.looks import fingerprints_of_file
from myself_i2i.registry.facts import Published
from myself_i2i.registry.log import Files
from myself_i2i.registry.service import Registry
from myself_i2i.registry.settings import Settings
from tests.support import marked as making
from tests.support.marked import AT, Person, Picture, person
from tests.support.pictures import png

__all__ = [
    "NOW",
    "PublishedPicture",
    "made",
    "open_registry",
    "painting",
    "person",
    "picture",
    "pledge",
    "profile",
    "publish",
    "published_as",
    "wish",
]

NOW = AT
"""When everything is published; the registry's clock stands there too unless a test sets it."""
SIDE = 96


@dataclass(frozen=True)
class PublishedPicture:
    """A marked picture and what is sent to publish it."""

    maker: Person
    marked: Marked
    """`data` is the marked file, `manifest_store` its manifest."""
    says: Mark
    envelope: Envelope

    @property
    def manifest(self) -> bytes:
        """The manifest's bytes."""
        return self.marked.manifest_store


def painting(seed: int = 0, side: int = SIDE) -> Image.Image:
    """A picture with structure: another `seed` looks altogether different."""
    digest = hashlib.shake_256(f"painting {seed}".encode()).digest(3 * 8 * 8)
    small = Image.frombytes("RGB", (8, 8), digest)
    return small.resize((side, side), Image.Resampling.BICUBIC)


def picture(seed: int = 0, side: int = SIDE, name: str = "out.png") -> Picture:
    """The same as a file, without metadata."""
    return Picture(name, png(image=painting(seed, side)))


def made(
    maker: Person | None = None,
    seed: int = 0,
    *,
    output: Picture | None = None,
    source: Picture | None = None,
    seal: bool = False,
    at: datetime = NOW,
    **changes: Any,
) -> PublishedPicture:
    """A marked picture of the maker (`output`, or a painting), from words or from `source`, with its mark/v1 envelope.

    `changes` go into what the envelope says.
    """
    maker = maker or person("maker")
    output = output or picture(seed)
    key = (maker.keyid, output.sha256, source, seal)
    if key not in _MARKED:
        _MARKED[key] = _marked(maker, output, source, seal=seal)
    return published_as(maker, _MARKED[key], name=output.name, at=at, **changes)


def published_as(
    maker: Person, done: Marked, *, name: str, at: datetime = NOW, **changes: Any
) -> PublishedPicture:
    """A marked file of the maker with its mark/v1 envelope, as `made`."""
    stated = state_mark(done.data, name=name, keyid=maker.keyid, published_at=at)
    says = replace(stated.says, **changes)
    return PublishedPicture(maker, done, says, maker.say(says, *stated.statement.subjects).envelope)


_MARKED: dict[tuple[str, str, Picture | None, bool], Marked] = {}
"""Marking is the slow part, and the same picture is wanted many times."""


def _marked(maker: Person, output: Picture, source: Picture | None, *, seal: bool) -> Marked:
    said = [] if source is None else [maker.declare(source)]
    declared = making.declaration(
        maker,
        output,
        said,
        by_hand=parse_by_hand("t2i" if source is None else "i2i source.png", backslash_escapes=False),
        given=() if source is None else (making.given("init", source),),
    )
    content = making.content(maker, output, declared, said)
    if source is not None:
        looks = {} if seal else fingerprints_of_file(source.data, layout=True)
        (one,) = content.sources
        content = replace(content, sources=(replace(one, fingerprints=looks, sealed=seal),))
    return mark(output.data, content, maker.signing)


def open_registry(
    folder: Path,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    files: Files | None = None,
    **options: Any,
) -> Registry:
    """A registry in a folder; `options` are settings. Close it, or use it in a `with` block."""
    return Registry.open(Settings(home=folder, **options), clock=clock, files=files)


def pledge(registry: Registry, maker: Person) -> Published:
    """Publish the maker's pledge."""
    return registry.publish(maker.pledge().envelope.to_json())


def publish(registry: Registry, one: PublishedPicture) -> Published:
    """Publish the picture's mark; its maker pledges first when the registry does not know them."""
    known = registry.maker(one.maker.keyid)
    if known is None or known.pledge is None:
        pledge(registry, one.maker)
    return registry.publish(one.envelope.to_json(), manifest=one.manifest)


def line(envelope: bytes, manifest: bytes | None = None) -> bytes:
    """A line of a file to import."""
    beside = {} if manifest is None else {"manifest": base64.b64encode(manifest).decode()}
    return json.dumps({"envelope": json.loads(envelope), **beside}).encode() + b"\n"


def lines(who: Person, marks: int = 2, journals: int = 10) -> list[bytes]:
    """A pledge, marks and journals of one person, as lines of a file to import."""
    pictures = [made(who, seed) for seed in range(1, marks + 1)]
    return [
        line(who.pledge().envelope.to_json()),
        *(line(one.envelope.to_json(), one.manifest) for one in pictures),
        *(line(journal(who, number)) for number in range(1, journals + 1)),
    ]


def wish(artist: Person, *pictures: Picture, answer: WishAnswer = WishAnswer.ASK_FIRST) -> bytes:
    """The envelope of a wish: for these pictures, or for the artist's accounts."""
    said = Wish(
        public_key=artist.key.public_key,
        artist=artist.name,
        i2i=answer,
        scope=Scope.SUBJECTS if pictures else Scope.ACCOUNTS,
        wished_at=NOW,
    )
    return artist.say(said, *(one.subject for one in pictures)).envelope.to_json()


def journal(who: Person, number: int = 1) -> bytes:
    """The envelope of a journal of one sealed file."""
    entry = JournalEntry(
        frame=number, kind="png", file=hashlib.sha256(f"sealed {number}".encode()).hexdigest()
    )
    said = Journal(public_key=who.key.public_key, entries=(entry,), noted_at=NOW)
    return who.say(said).envelope.to_json()


def profile(who: Person) -> bytes:
    """The envelope of a profile."""
    said = Profile(public_key=who.key.public_key, display_name=who.name, introduced_at=NOW)
    return who.say(said).envelope.to_json()
