"""mark/v1: a marked picture is published. Page: spec/predicates/mark.md.

The subject is the marked picture by imageData/v1 and, where it is known, by sha256. What is repeated here from the
mark's manifest is what others look up; the manifest itself travels beside the envelope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from myself_i2i.errors import InputError
from myself_i2i.predicates._fields import Fields, without_absent
from myself_i2i.predicates.generation import MODES, ROLES
from myself_i2i.predicates.interface import predicate_type
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.source import Basis
from myself_i2i.wording import Text

__all__ = ["SOURCES", "Mark", "MarkManifest", "MarkedSource"]

SOURCES = 64
"""Most sources, as in the mark itself."""

_ID = re.compile(r"[!-~]{1,200}")
_MANIFEST_BYTES = 64 * 2**20
_ALGORITHM = re.compile(r"[a-z0-9_]{1,32}")
_FINGERPRINT = re.compile(r"[0-9A-Za-z_-]{1,5462}")
_FINGERPRINTS = 8
_FINGERPRINT_CHARACTERS = 5_462  # 4,096 bytes in base64url: the largest of parts_v1


@dataclass(frozen=True, kw_only=True)
class MarkManifest:
    """Which manifest store holds the mark."""

    id: str
    """The active manifest's label, e.g. "urn:c2pa:…"."""
    sha256: str
    """The sha256 of the store."""
    size: int
    """Its length in bytes."""


@dataclass(frozen=True, kw_only=True)
class MarkedSource:
    """One source of the mark, as published."""

    sha256: str
    """The source file."""
    image_data: str | None = None
    """Its imageData/v1 digest, when the mark has it."""
    basis: Basis
    """The rights basis that the maker declared."""
    permission: str | None = None
    """Digest of the permission/v1 envelope that the source statement names."""
    roles: tuple[str, ...] = ()
    """What it was used for."""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How it looks, by algorithm; empty when `sealed`, or when nobody took any."""
    sealed: bool = False
    """The maker keeps to themselves how it looks."""

    def to_json(self) -> dict[str, Any]:
        """Return one item of `sources`."""
        return without_absent(
            sha256=self.sha256,
            imageData=self.image_data,
            basis=str(self.basis),
            permission=self.permission,
            roles=list(self.roles),
            fingerprints=dict(self.fingerprints),
            sealed=self.sealed or None,
        )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the source in one item of `sources`; raises `InputError`."""
        sealed = fields.optional_true("sealed")
        if sealed and fields.has("fingerprints"):
            raise InputError(_SEALED)
        roles = fields.texts("roles", limit=16)
        if any(role not in ROLES for role in roles):
            raise InputError(_ROLES.format(roles=", ".join(ROLES)))
        return cls(
            sha256=fields.sha256("sha256"),
            image_data=fields.optional_sha256("imageData"),
            basis=fields.choice("basis", Basis),
            permission=fields.optional_sha256("permission"),
            roles=roles,
            fingerprints=_fingerprints(fields),
            sealed=sealed,
        )


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A maker publishes the mark of one picture."""

    PREDICATE_TYPE: ClassVar[str] = predicate_type("mark")

    manifest: MarkManifest
    """The manifest store that holds the mark."""
    mode: str
    """How the picture was made, as the record in the mark says: one of `generation.MODES`."""
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How the marked picture looks, by algorithm. The maker's word: nobody here has the picture."""
    sources: tuple[MarkedSource, ...] = ()
    """The mark's sources, each file once."""
    published_at: datetime
    """When, as the signer says."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/mark.md."""
        manifest = self.manifest
        return without_absent(
            manifest={"id": manifest.id, "sha256": manifest.sha256, "size": manifest.size},
            mode=self.mode,
            fingerprints=dict(self.fingerprints),
            sources=[source.to_json() for source in self.sources],
            publishedAt=format_moment(self.published_at),
        )

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the mark in `value`; raises `InputError`."""
        fields = Fields(value, "mark")
        manifest = fields.inner("manifest")
        sources = fields.items("sources", MarkedSource.read)
        if len(sources) > SOURCES or len({source.sha256 for source in sources}) != len(sources):
            raise InputError(_SOURCES.format(limit=SOURCES))
        return cls(
            manifest=MarkManifest(
                id=manifest.text("id", pattern=_ID),
                sha256=manifest.sha256("sha256"),
                size=manifest.integer("size", most=_MANIFEST_BYTES),
            ),
            mode=fields.one_of("mode", MODES),
            fingerprints=_fingerprints(fields),
            sources=sources,
            published_at=fields.moment("publishedAt"),
        )


def _fingerprints(fields: Fields) -> Mapping[str, str]:
    found = fields.mapping("fingerprints", limit=_FINGERPRINT_CHARACTERS)
    written = all(_ALGORITHM.fullmatch(name) and _FINGERPRINT.fullmatch(text) for name, text in found.items())
    if len(found) > _FINGERPRINTS or not written:
        raise InputError(_FINGERPRINTS_WRONG.format(limit=_FINGERPRINTS))
    return found


_SEALED = Text(
    en="a source of the mark is sealed and shows how it looks all the same",
    ja="見た目を公開しない指定（sealed）の元画像に、見た目の指紋が書かれています",
)
_ROLES = Text(
    en="the roles of a source are not among {roles}",
    ja="元画像の役割（roles）が {roles} のどれでもありません",
)
_SOURCES = Text(
    en="mark.sources is not right, wanted at most {limit}, each file once",
    ja="mark.sources の形が違います（{limit} 枚まで、同じファイルは1回だけ）",
)
_FINGERPRINTS_WRONG = Text(
    en="the fingerprints are not right, wanted at most {limit}, each a name and its text",
    ja="指紋（fingerprints）の形が違います（{limit} 種類まで、名前と文字列の組）",
)
