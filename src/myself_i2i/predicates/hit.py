"""One recorded picture that is near to the one asked about, as an answer carries it. Part of spec/predicates/answer.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from myself_i2i.predicates._fields import SHA256_HEX, Fields, without_absent
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.permission import ANYONE

__all__ = ["LARGEST", "MOST_PERMISSIONS", "Closeness", "Covering", "Hit", "Standing", "What"]

LARGEST: Final = 2**53 - 1
"""The largest whole number that is the same in every reader of JSON."""
MOST_PERMISSIONS: Final = 8
"""Most permissions beside one hit."""

_NAME: Final = 80
_GRANTEE = re.compile(rf"{ANYONE}|{SHA256_HEX.pattern}")


class What(StrEnum):
    """What is near: a picture that went into one, or one that came out."""

    SOURCE = "source"
    OUTPUT = "output"


class Standing(StrEnum):
    """How a statement stands at the checkpoint. What does not stand any more is shown all the same."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    NONE = "none"
    """There is no such statement."""


@dataclass(frozen=True, kw_only=True)
class Closeness:
    """One measure of a hit."""

    distance: float
    """Bits of 256 that differ ("same"), or 0..2 with three decimals ("layout")."""
    near: bool
    """Whether the measured table calls that near."""
    view: int
    """Which of the question's fingerprints was nearest, from 0."""

    def to_json(self) -> dict[str, Any]:
        """Return the object `same` or `layout`."""
        return without_absent(distance=self.distance, near=self.near or None, view=self.view)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        return cls(
            distance=fields.number("distance"),
            near=fields.optional_true("near"),
            view=fields.integer("view", most=LARGEST),
        )


@dataclass(frozen=True, kw_only=True)
class Covering:
    """A permission in the log that covers a source, for its maker, at the moment the mark was logged."""

    index: int
    """Its place in the log."""
    statement: str
    """Digest of its envelope."""
    key: str
    """Who signed it: a keyid. Whose key it is, others must know."""
    grantee: str
    """`anyone`, or the maker's keyid."""
    standing: Standing
    """How it stands at the checkpoint; what it covered before it stays covered."""
    until: datetime | None
    """Until when, as it says."""
    withdrawn_at: datetime | None
    """When it was taken back, after the mark was logged: as it says, and not before that was logged itself."""

    def to_json(self) -> dict[str, Any]:
        """Return the item of `permissions`."""
        return without_absent(
            index=self.index,
            statement=self.statement,
            key=self.key,
            grantee=self.grantee,
            standing=self.standing,
            until=format_moment(self.until) if self.until else None,
            withdrawnAt=format_moment(self.withdrawn_at) if self.withdrawn_at else None,
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        return cls(
            index=fields.integer("index", most=LARGEST),
            statement=fields.sha256("statement"),
            key=fields.sha256("key"),
            grantee=fields.text("grantee", pattern=_GRANTEE),
            standing=fields.choice("standing", Standing),
            until=fields.optional_moment("until"),
            withdrawn_at=fields.optional_moment("withdrawnAt"),
        )


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One recorded picture that is near."""

    what: What
    """A source, or an output."""
    index: int
    """The place of its mark in the log."""
    statement: str
    """Digest of the mark's envelope."""
    logged_at: datetime
    """When the mark was logged."""
    maker: str
    """Who signed the mark: a keyid."""
    standing: Standing
    """How the mark stands."""
    pledge: Standing
    """How the maker's pledge stands."""
    sha256: str | None = None
    """The source's file, as the maker names it; None for an output."""
    basis: str | None = None
    """The rights basis that the maker declares for the source."""
    roles: tuple[str, ...] = ()
    """What the source was used for."""
    same: Closeness | None = None
    """Is it the same picture, saved again? None where that could not be measured."""
    layout: Closeness | None = None
    """Is the layout kept, as i2i keeps it? None where that could not be measured."""
    permissions: tuple[Covering, ...] = ()
    """Permissions that cover this source for this maker, at most `MOST_PERMISSIONS`."""

    def to_json(self) -> dict[str, Any]:
        """Return the item of `hits`."""
        return without_absent(
            what=self.what,
            mark={"index": self.index, "statement": self.statement, "loggedAt": format_moment(self.logged_at)}
            | {"maker": self.maker, "standing": self.standing, "pledge": self.pledge},
            sha256=self.sha256,
            basis=self.basis,
            roles=list(self.roles),
            same=self.same.to_json() if self.same else None,
            layout=self.layout.to_json() if self.layout else None,
            permissions=[one.to_json() for one in self.permissions],
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return what is in `fields`; raises `InputError`."""
        mark = fields.inner("mark")
        same, layout = fields.optional_inner("same"), fields.optional_inner("layout")
        return cls(
            what=fields.choice("what", What),
            index=mark.integer("index", most=LARGEST),
            statement=mark.sha256("statement"),
            logged_at=mark.moment("loggedAt"),
            maker=mark.sha256("maker"),
            standing=mark.choice("standing", Standing),
            pledge=mark.choice("pledge", Standing),
            sha256=fields.optional_sha256("sha256"),
            basis=fields.optional_text("basis", limit=_NAME),
            roles=fields.texts("roles", limit=_NAME),
            same=Closeness.read(same) if same else None,
            layout=Closeness.read(layout) if layout else None,
            permissions=fields.items("permissions", Covering.read),
        )
