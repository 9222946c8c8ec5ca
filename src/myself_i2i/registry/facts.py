"""What a registry knows, as values: only what was published, and what became of it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PublicKey, Statement
from myself_i2i.marking.short_code import code_of
from myself_i2i.predicates import Mark, Predicate

__all__ = ["Logged", "Maker", "NearAnswer", "NearHit", "Published", "PublishedMark", "Standing"]


class Standing(StrEnum):
    """What became of a statement or a key."""

    STANDS = "stands"
    """Nothing: it stands as it was said."""
    WITHDRAWN = "withdrawn"
    """Its signer took it back; it stays visible."""
    SUSPENDED = "suspended"
    """The registry's operator suspended it, or the key that signed it; it stays visible. No verdict on anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One statement of the log."""

    index: int
    """Its place."""
    logged_at: datetime
    """When the registry took it in."""
    envelope: Envelope
    """The envelope, whose signature was checked when it was taken in."""
    keyid: str
    """Who signed."""
    statement: Statement
    """What was signed."""
    predicate: Predicate
    """What it says."""
    standing: Standing = Standing.STANDS
    """What became of it."""
    changed_by: int | None = None
    """The entry that withdrew or suspended it; its reason stands there. None while it stands."""

    @property
    def digest(self) -> str:
        """The envelope's digest: the statement's name."""
        return self.envelope.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMark:
    """A published mark, with what is known of its maker now."""

    logged: Logged
    """Its statement."""
    says: Mark
    """What it says: mode, sources, fingerprints, manifest."""
    maker_name: str | None
    """The name in the maker's pledge; nobody vouches for it."""
    maker_standing: Standing
    """What became of the maker's pledge."""

    @property
    def index(self) -> int:
        """Its place in the log."""
        return self.logged.index

    @property
    def digest(self) -> str:
        """Its statement's digest."""
        return self.logged.digest

    @property
    def keyid(self) -> str:
        """The maker's key."""
        return self.logged.keyid

    @property
    def logged_at(self) -> datetime:
        """When it was logged."""
        return self.logged.logged_at

    @property
    def standing(self) -> Standing:
        """What became of this mark."""
        return self.logged.standing

    @property
    def image_data(self) -> str:
        """The picture's `imageData/v1` digest."""
        (digest,) = self.logged.statement.digests(IMAGE_DATA)
        return digest

    @property
    def sha256(self) -> str | None:
        """The sha256 of the marked file, when it was said."""
        return next(iter(self.logged.statement.digests(SHA256)), None)

    @property
    def code(self) -> str:
        """The picture's short code."""
        return code_of(self.image_data)

    @property
    def manifest_id(self) -> str:
        """The active manifest's label."""
        return self.says.manifest.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """A registered key: a maker's, an artist's, or anybody's."""

    keyid: str
    """The key id."""
    public_key: PublicKey
    """The key."""
    name: str | None
    """The name in the newest of pledge, wish and profile that stands, else in the newest."""
    accounts: tuple[str, ...]
    """The profile URLs in the same statement; nothing here proves them."""
    registered_at: datetime
    """When the key was first heard of here."""
    pledge: Logged | None
    """The newest pledge that stands, else the newest; None when the key never pledged."""
    pledged_at: datetime | None
    """When its first pledge was logged."""
    standing: Standing
    """Of the pledge, or of the key when there is no pledge: suspended when the key is."""
    marks: int
    """How many marks it published."""


@dataclass(frozen=True, slots=True)
class NearHit:
    """A published mark whose picture looks near."""

    distance: int
    """Bits that differ, 0..256."""
    mark: PublishedMark
    """The mark."""


@dataclass(frozen=True, slots=True)
class NearAnswer:
    """What was found for some fingerprints."""

    hits: Sequence[NearHit]
    """Nearest first, each mark once; then the one logged first."""
    truncated: bool
    """More were near than were asked for."""
    as_of: int
    """So many entries of the log were looked at."""


@dataclass(frozen=True, slots=True)
class Published:
    """The answer to a write; the same envelope again gives the same answer, all but `new`."""

    index: int
    """Its place in the log."""
    digest: str
    """The envelope's digest."""
    logged_at: datetime
    """When it was taken in."""
    new: bool
    """Whether this call put it there."""
    code: str | None = None
    """The short code of a mark's picture."""
