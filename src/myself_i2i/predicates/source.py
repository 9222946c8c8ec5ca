"""source/v1: the rights basis of one source picture, as its user declares it. Page: spec/predicates/source.md.

The subject is the source file by sha256 and, where it can be had, by imageData/v1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from myself_i2i.errors import InputError
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = ["Basis", "Licence", "Origin", "Source"]


class Basis(StrEnum):
    """Why a source may be used (PREMIS "rights basis"); the campaign's allowed sources and no more."""

    OWN_DRAWING = "own-drawing"
    OWN_PHOTO = "own-photo"
    OWN_GENERATION = "own-generation"
    PERMISSION = "permission"
    OPEN_LICENCE = "open-licence"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an own generation came from; at least one of the two."""

    generation: str | None = None
    """Digest of the envelope of the generation/v1 statement."""
    sha256: str | None = None
    """The sha256 of the maker's own earlier file."""


@dataclass(frozen=True, kw_only=True)
class Licence:
    """The open licence a source stands under."""

    spdx: str
    """The SPDX identifier, e.g. "CC-BY-4.0", or a LicenseRef-."""
    attribution: str | None = None
    """Whom to name, as the licence asks."""
    url: str | None = None
    """Where the picture and its licence were found."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One maker's declaration of why they may use one picture. Declared is all that it is."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("source")

    basis: Basis
    """The rights basis."""
    origin: Origin | None = None
    """Only and always with OWN_GENERATION."""
    permission: str | None = None
    """Only and always with PERMISSION: digest of the permission/v1 envelope."""
    licence: Licence | None = None
    """Only and always with OPEN_LICENCE."""
    note: str | None = None
    """The maker's own words."""
    declared_at: datetime
    """When, as the signer says."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/source.md."""
        origin, licence = self.origin, self.licence
        return without_absent(
            basis=str(self.basis),
            origin=without_absent(generation=origin.generation, sha256=origin.sha256) if origin else None,
            permission=self.permission,
            licence=without_absent(spdx=licence.spdx, attribution=licence.attribution, url=licence.url)
            if licence
            else None,
            note=self.note,
            declaredAt=format_moment(self.declared_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the declaration in `value`; raises `InputError`, also when the basis lacks what it needs."""
        fields = Fields(value, "source")
        basis = fields.choice("basis", Basis)
        return cls(
            basis=basis,
            origin=_origin(fields) if basis is Basis.OWN_GENERATION else None,
            permission=fields.sha256("permission") if basis is Basis.PERMISSION else None,
            licence=_licence(fields) if basis is Basis.OPEN_LICENCE else None,
            note=fields.optional_text("note"),
            declared_at=fields.moment("declaredAt"),
        )


def _origin(fields: Fields) -> Origin:
    inner = fields.inner("origin")
    origin = Origin(generation=inner.optional_sha256("generation"), sha256=inner.optional_sha256("sha256"))
    if origin.generation is None and origin.sha256 is None:
        raise InputError(
            Text(
                en="source.origin is empty, wanted the digest of the generation or of the earlier file",
                ja="source.origin が空です（生成の記録か、元になったファイルのハッシュ値が必要です）",
            )
        )
    return origin


def _licence(fields: Fields) -> Licence:
    inner = fields.inner("licence")
    return Licence(
        spdx=inner.text("spdx", limit=128),
        attribution=inner.optional_text("attribution"),
        url=inner.optional_text("url"),
    )
