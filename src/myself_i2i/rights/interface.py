"""The values of the question "may this source be used?": who says so, on what ground, and what that does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from myself_i2i.attestation import IMAGE_DATA, SHA256

if TYPE_CHECKING:
    from myself_i2i.errors import RightsError
    from myself_i2i.predicates import Signed, Source
    from myself_i2i.predicates.source import Basis
    from myself_i2i.wording import Text

__all__ = ["MissingBasis", "RightsBasis", "SourceDeclaration", "SourceFile", "SourcesReport", "Statements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One source picture in question; at least one digest."""

    name: str
    """What to call it in messages, usually its file name."""
    sha256: str | None = None
    """The sha256 of its bytes."""
    image_data: str | None = None
    """Its imageData/v1 digest: finds it again after a tool rewrote the metadata."""

    def digests(self) -> tuple[tuple[str, str], ...]:
        """Return the digests there are, with their algorithms."""
        both = ((SHA256, self.sha256), (IMAGE_DATA, self.image_data))
        return tuple((algorithm, digest) for algorithm, digest in both if digest)


class Statements(Protocol):
    """Where verified statements are looked up: a ledger, or the envelopes that came with a file."""

    def about(self, algorithm: str, digest: str) -> Sequence[Signed]:
        """Return the statements with a subject of this digest, oldest first; those of unknown type are left out."""
        ...

    def get(self, digest: str) -> Signed | None:
        """Return the statement in the envelope with this digest, or None."""
        ...


@dataclass(frozen=True, slots=True)
class SourceDeclaration:
    """A maker's source/v1 statement about a file, not taken back."""

    signed: Signed
    """The verified statement."""
    source: Source
    """What it says."""


@dataclass(frozen=True, kw_only=True)
class RightsBasis:
    """Why one source may be used, as far as statements say so. It is what people declared, not a finding."""

    file: SourceFile
    """The source."""
    basis: Basis
    """The ground."""
    declaration: SourceDeclaration
    """The maker's statement it rests on."""
    permission: Signed | None = None
    """The artist's permission, with basis PERMISSION."""
    through: tuple[RightsBasis, ...] = ()
    """With OWN_GENERATION: the bases of what went into that generation."""
    evidence: tuple[Text, ...]
    """Who says what, one sentence each; never empty."""
    notes: tuple[Text, ...] = ()
    """What it does not show, and what the maker should still look at."""


@dataclass(frozen=True, slots=True)
class MissingBasis:
    """A source for which no rights basis holds: skipped is a value, with its reason."""

    file: SourceFile
    """The source."""
    error: RightsError
    """Why, and how to add it."""


@dataclass(frozen=True, slots=True)
class SourcesReport:
    """All sources of one picture."""

    held: tuple[RightsBasis, ...]
    """Those with a basis."""
    missing: tuple[MissingBasis, ...]
    """Those without; a mark MUST NOT be made while there are any."""
