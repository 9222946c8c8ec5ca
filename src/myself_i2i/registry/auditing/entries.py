"""Every entry of a log on its own: it can be read, and its signature holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from myself_i2i.attestation import Envelope, PublicKey, Statement
from myself_i2i.errors import Error, VerificationError
from myself_i2i.predicates import PREDICATES, introduced_key, read_signed
from myself_i2i.registry.entry import Entry
from myself_i2i.wording import Text

__all__ = ["MOST_TROUBLES", "Entries", "Trouble"]

MOST_TROUBLES: Final = 20
"""Most troubles that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An entry that does not hold."""

    index: int
    """Its place."""
    why: Text
    """What is wrong with it."""


@dataclass(slots=True)
class Entries:
    """What was found of the entries so far; `check` adds the next one."""

    kinds: Counter[str] = field(default_factory=Counter)
    """How many of which predicate type."""
    troubles: list[Trouble] = field(default_factory=list)
    """The first that do not hold."""
    wrong: int = 0
    """How many do not hold."""
    unknown: int = 0
    """How many are of a kind that this version cannot read; their signature holds."""
    backwards: int = 0
    """How many say that they were logged before the one before them: clocks of several servers differ a little."""
    first: datetime | None = None
    """When the first was logged, as the registry says."""
    last: datetime | None = None
    """When the last was logged."""
    _keys: dict[str, bytes] = field(default_factory=dict)
    """Keys that an entry introduced, by keyid."""

    def check(self, index: int, data: bytes) -> None:
        """Look at the next entry."""
        try:
            entry = Entry.from_bytes(data)
            self._signed(entry.envelope)
        except Error as error:
            self.wrong += 1
            if len(self.troubles) < MOST_TROUBLES:
                self.troubles.append(Trouble(index, error.message))
            return
        self.first = self.first or entry.logged_at
        self.backwards += self.last is not None and entry.logged_at < self.last
        self.last = entry.logged_at

    def _signed(self, envelope: Envelope) -> None:
        if len(envelope.signatures) != 1:
            raise VerificationError(_SIGNATURES)
        kind = Statement.parse(envelope.payload).predicate_type
        key = introduced_key(envelope)
        if key is None and envelope.keyids[0] in self._keys:
            key = PublicKey(self._keys[envelope.keyids[0]])
        if kind in PREDICATES:
            signed = read_signed(envelope, key)
            self._keys[signed.keyid] = signed.public_key.der
        elif key is None:
            raise VerificationError(_NO_KEY)
        else:
            envelope.verify(key)
            self.unknown += 1
        self.kinds[kind] += 1


_SIGNATURES = Text(en="an entry has exactly one signature", ja="記載の署名はひとつだけのはずです")
_NO_KEY = Text(
    en="the signer's key was introduced by no entry before", ja="署名した鍵が、それまでの記載にありません"
)
