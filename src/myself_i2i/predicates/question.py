"""What is asked of a registry: is this picture near to what was recorded? Part of spec/predicates/answer.md.

A question carries fingerprints, never a picture; whoever asks takes them on their own machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from myself_i2i.attestation.strict_json import canonical_json, parse_strict
from myself_i2i.errors import InputError
from myself_i2i.predicates._fields import SHA256_HEX, Fields, without_absent
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = ["EVERYONE", "LAYOUT", "QUESTION_BYTES", "SAME", "Question"]

EVERYONE: Final = "everyone"
"""The maker in a question about all makers."""
SAME: Final = "pdq64_v1"
"""The fingerprint that tells a picture saved again."""
LAYOUT: Final = "origin_v1"
"""The fingerprint that tells a kept layout."""
QUESTION_BYTES: Final = 64 * 2**10
"""Most bytes of a question: 8 and 6 fingerprints take less than 6,000."""

_MAKER = re.compile(rf"{EVERYONE}|{SHA256_HEX.pattern}")
# 32 bytes in hex; 512 bytes in base64url without padding, whose last character has two bits to spare.
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], int]]] = {
    SAME: (re.compile(r"[0-9a-f]{64}"), 8),
    LAYOUT: (re.compile(r"[A-Za-z0-9_-]{682}[AEIMQUYcgkosw048]"), 6),
}
_WHERE = Text(en="the question", ja="質問")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is a picture with these fingerprints near to what this maker, or anyone, recorded in this period?"""

    fingerprints: Mapping[str, tuple[str, ...]]
    """By algorithm: `SAME` in up to 8 orientations, `LAYOUT` in up to 6 views, the picture as it is first, in the order
    of `pdq64.ORIENTATIONS` and `origin.variants`. At least one fingerprint."""
    maker: str = EVERYONE
    """A maker's keyid, or `EVERYONE`."""
    since: datetime | None = None
    """Only what was logged at this moment or later."""
    until: datetime | None = None
    """Only what was logged before this moment."""

    @property
    def digest(self) -> str:
        """The sha256 of the canonical JSON: the name of this question in an answer."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of spec/predicates/answer.md."""
        return without_absent(
            fingerprints={name: list(values) for name, values in self.fingerprints.items() if values},
            maker=self.maker,
            since=format_moment(self.since) if self.since else None,
            until=format_moment(self.until) if self.until else None,
        )

    def to_bytes(self) -> bytes:
        """Return the body that is sent to a registry: canonical JSON."""
        return canonical_json(self.to_json())

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Return the question in a body; raises `InputError`, `LimitError` past `QUESTION_BYTES`."""
        return cls.from_json(parse_strict(data, where=_WHERE, limit=QUESTION_BYTES))

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the question in `value`; raises `InputError`."""
        return cls.read(Fields(value, "question"))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Return the question in `fields`; raises `InputError`."""
        given = fields.inner("fingerprints")
        found = {name: given.texts(name, limit=1024) for name in _FORMS}
        for name, (form, most) in _FORMS.items():
            if len(found[name]) > most or not all(map(form.fullmatch, found[name])):
                raise _wrong(name, most)
        if not any(found.values()):
            raise _wrong(SAME, _FORMS[SAME][1])
        return cls(
            fingerprints={name: values for name, values in found.items() if values},
            maker=fields.text("maker", pattern=_MAKER),
            since=fields.optional_moment("since"),
            until=fields.optional_moment("until"),
        )


def _wrong(name: str, most: int) -> InputError:
    return InputError(
        Text(
            en="the question needs 1 to {most} fingerprints of the kind {name}",
            ja="質問には {name} の指紋が 1〜{most} 個必要です",
        ).format(name=name, most=most)
    )
