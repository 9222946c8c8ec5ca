"""All statements of one type in a ledger, verified again on the way out."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import read_signed

if TYPE_CHECKING:
    from myself_i2i.predicates import Signed

__all__ = ["statements_of"]


def statements_of(ledger: Ledger, predicate_type: str) -> Iterator[Signed]:
    """Yield every statement of `predicate_type`, oldest first; what this version cannot read is left out.

    Raises `VerificationError` for one that was changed since it entered the ledger.
    """
    # Nearly all are signed by one key: asked for once, not twenty thousand times.
    public_key = functools.cache(ledger.public_key)
    for entry in ledger.by_predicate_type(predicate_type):
        envelope = entry.envelope
        key = next(filter(None, map(public_key, envelope.keyids)), None)
        try:
            yield read_signed(envelope, key)
        except InputError:
            continue
