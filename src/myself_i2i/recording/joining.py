"""From what went in to what the record says of it: which file it is, why it may be used, which earlier run made it.

1. A file is known by its sha256, and by its picture when a tool rewrote the metadata. Its basis is a declaration about it.
2. Pixels without a file are known by themselves: as those of a declared source, or of an earlier output, whose sha256 the
   record then gives.
3. What an earlier run of the same maker made becomes a parent, found by either digest or by its pixels.
4. A parent that nobody declared is declared as an own generation, when all that went into it has a basis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from myself_i2i.attestation import IMAGE_DATA, SHA256, Statement, Subject
from myself_i2i.errors import RightsError
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Signed, Source, make_statement
from myself_i2i.predicates.generation import Input, Parent, Relation
from myself_i2i.predicates.source import Basis, Origin
from myself_i2i.recording.bases import OwnPicture, basis_of, made_by, require_basis
from myself_i2i.recording.digests import Digests
from myself_i2i.recording.draft import FREE_ROLES
from myself_i2i.recording.known import KnownPictures
from myself_i2i.recording.noted import NotedInput
from myself_i2i.rights import LedgerStatements, SourceFile

__all__ = ["Asked", "Joined", "find_file", "join_inputs"]

UPSCALE = "upscale"


@dataclass(frozen=True, slots=True)
class Asked:
    """What inputs are joined with; without a ledger or a maker, only what this session knows."""

    known: KnownPictures
    """Pictures by pixels."""
    ledger: Ledger | None
    """The open ledger."""
    maker: str | None
    """Under which keyid the person declares sources."""
    own: frozenset[str]
    """All keyids of the person's."""
    used_at: datetime
    """The moment of the record."""

    @property
    def statements(self) -> LedgerStatements | None:
        """The ledger's statements."""
        return None if self.ledger is None else LedgerStatements(self.ledger)


@dataclass(slots=True)
class Joined:
    """What came of it."""

    inputs: list[Input] = field(default_factory=list)
    """Every input, in order."""
    parents: dict[str, Parent] = field(default_factory=dict)
    """Earlier pictures among them, each once, by sha256."""
    envelopes: dict[str, str] = field(default_factory=dict)
    """Own pictures declared on the way: sha256 -> digest of the envelope."""


Sign = Callable[[Statement], str]
"""Signs a declaration for the ledger and returns its envelope's digest."""


def join_inputs(noted: tuple[NotedInput, ...], asked: Asked, *, mode: str, sign: Sign | None) -> Joined:
    """Return the inputs joined with what is known of them. `sign` None: nothing is declared (there is no key)."""
    joined = Joined()
    for one in noted:
        for digests in one.digests or (Digests(),):
            _join_one(one, digests, joined, asked, sign)
    relation = Relation.UPSCALED if mode == UPSCALE else Relation.GENERATED_FROM
    joined.parents = {sha256: Parent(relation=relation, sha256=sha256) for sha256 in joined.parents}
    return joined


def _join_one(one: NotedInput, digests: Digests, joined: Joined, asked: Asked, sign: Sign | None) -> None:
    file, parent = find_file(one, digests, asked)
    if parent is not None:
        joined.parents[parent] = Parent(relation=Relation.GENERATED_FROM, sha256=parent)
    only_pixels = digests.sha256 is None
    joined.inputs.append(
        Input(
            role=one.role,
            name=one.name or (file.name if file and only_pixels else None),
            sha256=file.sha256 if file else None,
            image_data=file.image_data if file else None,
            hashes=digests.pixels if only_pixels else {},
            fingerprints={} if one.role in FREE_ROLES else digests.fingerprints,
            basis=None if file is None else _basis(one, file, joined, asked, sign),
            origin=str(one.origin),
        )
    )


def find_file(one: NotedInput, digests: Digests, asked: Asked) -> tuple[SourceFile | None, str | None]:
    """Return which file an input is, and the sha256 of the earlier output that it is; each None when not known."""
    file = None
    if digests.sha256 is not None:
        file = SourceFile(name=one.name or one.role, sha256=digests.sha256, image_data=digests.image_data)
        if asked.statements is not None:
            record = made_by(asked.statements, file, asked.own)
            if record is not None:
                return file, _sha256_of(record)
    made = asked.known.made_in_session(digests)
    if made is None and digests.pixels and asked.ledger is not None:
        asked.known.read(asked.ledger, asked.own)
        # Pixels of a declared source are that source; only a file has bytes of its own to be known by.
        declared = asked.known.source(digests.pixels)
        made = asked.known.output(digests.pixels)
        file = file or declared
    return file or made, None if made is None else made.sha256


def _basis(one: NotedInput, file: SourceFile, joined: Joined, asked: Asked, sign: Sign | None) -> str | None:
    """Return the digest of the declaration that gives `file` its basis; an own picture is declared on the way."""
    statements = asked.statements
    if statements is None or asked.maker is None:
        return None
    held = basis_of(statements, file, maker=asked.maker, used_at=asked.used_at)
    if held is not None:
        return held.declaration.signed.envelope.digest
    if one.role in FREE_ROLES or sign is None:
        return None
    try:
        own = require_basis(statements, file, maker=asked.maker, used_at=asked.used_at)
    except RightsError:
        return None
    for picture in own:
        sha256 = picture.file.sha256 or ""
        if sha256 not in joined.envelopes:
            joined.envelopes[sha256] = sign(_declaration(picture, asked.used_at))
    return joined.envelopes.get(file.sha256 or "")


def _declaration(picture: OwnPicture, at: datetime) -> Statement:
    said = Source(
        basis=Basis.OWN_GENERATION,
        origin=Origin(generation=picture.record.envelope.digest, sha256=_sha256_of(picture.record)),
        declared_at=at,
    )
    digest = {SHA256: picture.file.sha256, IMAGE_DATA: picture.file.image_data}
    return make_statement(
        said, [Subject(picture.file.name, {name: value for name, value in digest.items() if value})]
    )


def _sha256_of(record: Signed) -> str | None:
    return record.statement.subjects[0].digest.get(SHA256)
