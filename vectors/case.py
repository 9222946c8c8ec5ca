"""One case of vectors/verify, and whom and what all cases share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.support.credentials import Authority, authority
from tests.support.foreign import VENDORS
from tests.support.marked import (
    content,
    declaration,
    drawing,
    generated,
    mark_data,
    person,
)

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.predicates import Signed

__all__ = [
    "ALICE",
    "ARTIST",
    "AUTHORITIES",
    "EVE",
    "FOREIGN",
    "GOOD",
    "HOUR",
    "PICTURE",
    "REFUSED",
    "SOURCE",
    "Case",
    "data_of",
]

ALICE, EVE, ARTIST = person("alice"), person("eve"), person("artist")
SOURCE = drawing()
PICTURE = generated("png", SOURCE)
HOUR = timedelta(hours=1)
AUTHORITIES: Mapping[str, Authority] = {"vendors": VENDORS, "nobody": authority("nobody")}
"""The certificates under vectors/trust."""

GOOD = {"marked": True, "refused": False, "intact": "intact", "step": "declared", "consistent": True}
REFUSED = {"marked": False, "refused": True, "intact": "intact", "step": "not_recorded", "consistent": False}
FOREIGN = {"marked": False, "refused": False, "intact": "intact", "consistent": True}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One folder."""

    name: str
    """The folder; ends in "_fail" when the check must not end with 0."""
    what: str
    """What was done."""
    why: str
    """Why the answer must be so."""
    make: Callable[[], bytes]
    """Makes the picture."""
    expected: Mapping[str, Any]
    """Fields of the report, those that matter."""
    suffix: str = "png"
    """The picture's suffix."""
    sidecar: Callable[[], bytes] | None = None
    """Makes the store beside it."""
    knowledge: Mapping[str, Any] = field(default_factory=dict)
    """What the reader knows; see vectors/README.md."""
    statements: Callable[[], list[Signed]] | None = None
    """Makes the envelopes in the reader's own ledger."""


def data_of(said: list[Signed] | None = None) -> dict[str, Any]:
    """The assertion of a whole mark of the picture."""
    said = said or [ALICE.declare(SOURCE)]
    made = content(ALICE, PICTURE, declaration(ALICE, PICTURE, said), said)
    return mark_data(made, PICTURE.subject.digest[IMAGE_DATA])
