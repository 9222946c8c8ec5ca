"""May this input be used, and did an earlier run of the same maker make it? Asked of verified statements only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from myself_i2i.errors import RightsError
from myself_i2i.predicates import Generation, Signed, Source
from myself_i2i.predicates.generation import Input
from myself_i2i.recording.draft import FREE_ROLES
from myself_i2i.rights import RightsBasis, SourceFile, Statements, find_basis, withdrawal_of
from myself_i2i.wording import Text

__all__ = ["OwnPicture", "basis_of", "made_by", "require_basis", "spoken_of"]

_STEPS = 16
"""Most own generations one behind the other that are followed; the bound of `rights.find_basis`."""


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A picture that the maker's own recorder saw being made."""

    file: SourceFile
    """The picture."""
    record: Signed
    """How it was made."""


def basis_of(
    statements: Statements, file: SourceFile, *, maker: str, used_at: datetime
) -> RightsBasis | None:
    """Return the declared basis of `file`, or None when there is none that holds."""
    try:
        return find_basis(statements, file, maker=maker, used_at=used_at)
    except RightsError:
        return None


def made_by(statements: Statements, file: SourceFile, own: Iterable[str]) -> Signed | None:
    """Return the newest record, not taken back, that one of the `own` keys signed of how `file` was made."""
    keys = frozenset(own)
    newest: tuple[datetime, Signed] | None = None
    for algorithm, digest in file.digests():
        for signed in statements.about(algorithm, digest):
            said = signed.predicate
            if not isinstance(said, Generation) or signed.keyid not in keys:
                continue
            later = newest is None or said.recorded_at > newest[0]
            if later and withdrawal_of(statements, signed) is None:
                newest = said.recorded_at, signed
    return None if newest is None else newest[1]


def spoken_of(statements: Statements, file: SourceFile, maker: str) -> bool:
    """Return whether `maker` ever declared `file`, taken back or not: then a recorder adds no word of its own."""
    return any(
        isinstance(signed.predicate, Source) and signed.keyid == maker
        for algorithm, digest in file.digests()
        for signed in statements.about(algorithm, digest)
    )


def require_basis(
    statements: Statements, file: SourceFile, *, maker: str, used_at: datetime, depth: int = 0
) -> tuple[OwnPicture, ...]:
    """Make sure that `file` may be used: declared, or made here from pictures that may. Raises RightsError otherwise.

    Returns the own pictures on the way that nobody declared yet, those made first in front. A recorded picture is one's own
    generation without being declared so, but what went into it is followed: otherwise two steps would launder a picture.
    """
    try:
        find_basis(statements, file, maker=maker, used_at=used_at)
    except RightsError:
        record = made_by(statements, file, [maker])
        if record is None or depth >= _STEPS or spoken_of(statements, file, maker):
            raise
        behind: list[OwnPicture] = []
        for item in inputs_of(record):
            inner = SourceFile(name=item.name or item.role, sha256=item.sha256, image_data=item.image_data)
            if not inner.digests():
                raise _unidentified(file, item) from None
            behind += require_basis(statements, inner, maker=maker, used_at=used_at, depth=depth + 1)
        return (*behind, OwnPicture(file, record))
    return ()


def inputs_of(record: Signed) -> tuple[Input, ...]:
    """Return the inputs of a record that need a basis."""
    said = record.predicate
    return tuple(
        item for item in (said.inputs if isinstance(said, Generation) else ()) if item.role not in FREE_ROLES
    )


def _unidentified(file: SourceFile, item: Input) -> RightsError:
    return RightsError(
        Text(
            en="{name} was made from something that could not be identified ({role})",
            ja="{name} の生成に使われた入力（{role}）が、どの画像か特定できていません",
        ).format(name=file.name, role=item.role),
        hint=Text(
            en="make that picture again from files, or leave it out",
            ja="その画像をファイルから作り直すか、使わないでください",
        ),
    )
