"""Which declarations there are about a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myself_i2i.predicates import Source, Wish
from myself_i2i.rights.interface import SourceDeclaration
from myself_i2i.rights.statements import withdrawal_of

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed
    from myself_i2i.rights.interface import SourceFile, Statements

__all__ = ["find_declarations", "find_wishes"]


def find_declarations(
    statements: Statements, file: SourceFile, *, maker: str
) -> tuple[SourceDeclaration, ...]:
    """Return what the maker (by keyid) declared about `file`, newest first.

    Found by either digest. A declaration taken back is left out whenever it was: its maker no longer says so.
    """
    found = [
        SourceDeclaration(signed, signed.predicate)
        for signed in _about(statements, file)
        if isinstance(signed.predicate, Source)
        and signed.keyid == maker
        and withdrawal_of(statements, signed) is None
    ]
    return tuple(sorted(found, key=lambda item: item.source.declared_at, reverse=True))


def find_wishes(statements: Statements, file: SourceFile) -> tuple[Wish, ...]:
    """Return the wishes about exactly `file` that were not taken back, newest first; for information."""
    found = [
        signed.predicate
        for signed in _about(statements, file)
        if isinstance(signed.predicate, Wish) and withdrawal_of(statements, signed) is None
    ]
    return tuple(sorted(found, key=lambda wish: wish.wished_at, reverse=True))


def _about(statements: Statements, file: SourceFile) -> tuple[Signed, ...]:
    """Return each statement about `file` once, whichever digest finds it."""
    found = {
        signed.envelope.digest: signed
        for algorithm, digest in file.digests()
        for signed in statements.about(algorithm, digest)
    }
    return tuple(found.values())
