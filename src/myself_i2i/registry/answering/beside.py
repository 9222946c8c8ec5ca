"""What stands beside the hits of an answer: permissions that cover a source, and how marks and pledges stand.

In two passes over few entries: first what is about the hits, then what withdraws or suspends any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from myself_i2i.attestation import IMAGE_DATA, SHA256, Statement
from myself_i2i.errors import InputError
from myself_i2i.predicates import Permission, Pledge, Predicate, Suspension, Withdrawal, read_predicate
from myself_i2i.predicates.hit import MOST_PERMISSIONS, Covering, Standing
from myself_i2i.predicates.mark import MarkedSource
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.suspension import SuspensionAction
from myself_i2i.registry.answering.recorded import OUTPUT, RecordedMark
from myself_i2i.registry.answering.scanning import Found
from myself_i2i.registry.entry import Entry

__all__ = ["Beside", "Wanted"]

HELD: Final = 64
"""Permissions held for one source before it is known which were withdrawn; that which the mark names, and the earliest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer asks for after its hits are known."""

    files: frozenset[str]
    """Digests of near sources, `sha256` and `imageData/v1`."""
    permissions: frozenset[str]
    """Digests of the envelopes of permissions that their marks name."""
    makers: frozenset[str]
    """Keyids whose pledge is told."""

    @classmethod
    def of(cls, found: Sequence[Found], maker: str | None) -> Wanted:
        """Return what is wanted for hits, and for the maker asked about."""
        sources = [one.mark.sources[one.place] for one in found if one.place != OUTPUT]
        files = {digest for source in sources for digest in (source.sha256, source.image_data) if digest}
        makers = {one.mark.maker for one in found} | ({maker} if maker else set())
        named = {source.permission for source in sources if source.permission}
        return cls(frozenset(files), frozenset(named), frozenset(makers))


@dataclass(frozen=True, slots=True)
class _Permitted:
    index: int
    envelope: str
    payload: str
    key: str
    digests: frozenset[str]
    says: Permission


@dataclass(slots=True)
class Beside:
    """Filled by `statements` with what is about the hits, then by `reactions` with what came of that."""

    wanted: Wanted
    operator: str
    """Keyid of the registry's operator: only its suspensions count."""
    _permissions: list[_Permitted] = field(default_factory=list)
    _held: dict[str, int] = field(default_factory=dict)
    _pledges: dict[str, list[str]] = field(default_factory=dict)
    _withdrawn: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _suspended: dict[str, bool] = field(default_factory=dict)

    def statements(self, entries: Iterable[tuple[int, Entry]]) -> None:
        """Take in what is about the hits, in the order of the log."""
        for index, entry in entries:
            match _read(entry, Permission, Pledge):
                case statement, Permission() as says:
                    self._permission(index, entry, statement, says)
                case _, Pledge() if entry.envelope.keyids[0] in self.wanted.makers:
                    self._pledges.setdefault(entry.envelope.keyids[0], []).append(
                        entry.envelope.payload_digest
                    )

    @property
    def keys(self) -> frozenset[str]:
        """Whose withdrawals are wanted in the second pass."""
        return self.wanted.makers | {one.key for one in self._permissions}

    def reactions(self, entries: Iterable[tuple[int, Entry]]) -> None:
        """Take in withdrawals and suspensions, in the order of the log."""
        keys = self.keys
        for _, entry in entries:
            key = entry.envelope.keyids[0]
            match _read(entry, Withdrawal, Suspension):
                case _, Withdrawal() as says if key in keys:
                    # Not before it was logged: nobody takes back in secret what others relied on in public.
                    at = max(says.withdrawn_at, entry.logged_at)
                    known = self._withdrawn.get((key, says.statement), at)
                    self._withdrawn[key, says.statement] = min(known, at)
                case _, Suspension() as says if key == self.operator:
                    target = says.statement.statement if says.statement else says.keyid or ""
                    self._suspended[target] = says.action is SuspensionAction.SUSPEND

    def standing(self, key: str, payload: str) -> Standing:
        """Return how the statement with these signed bytes, by this key, stands."""
        if self._suspended.get(key) or self._suspended.get(payload):
            return Standing.SUSPENDED
        return Standing.WITHDRAWN if (key, payload) in self._withdrawn else Standing.STANDS

    def pledge(self, key: str) -> Standing:
        """Return how the pledge of a key stands: it does when any of them does, else as the newest."""
        made = [self.standing(key, payload) for payload in self._pledges.get(key, [])]
        if Standing.STANDS in made:
            return Standing.STANDS
        return made[-1] if made else Standing.NONE

    def covering(self, mark: RecordedMark, source: MarkedSource) -> tuple[Covering, ...]:
        """Return the permissions that covered a source for its maker when the mark was logged.

        That which the mark itself names comes first, then the earlier ones in the log.
        """
        found = [one for one in self._permissions if self._covers(one, mark, source)]
        found.sort(key=lambda one: (one.envelope != source.permission, one.index))
        return tuple(self._told(one) for one in found[:MOST_PERMISSIONS])

    def _permission(self, index: int, entry: Entry, statement: Statement, says: Permission) -> None:
        digests = statement.digests(SHA256) | statement.digests(IMAGE_DATA)
        about = digests & self.wanted.files
        named = entry.envelope.digest in self.wanted.permissions
        # Anyone can sign permissions for any picture: a flood of them must cost no more than this.
        if not about or not (named or any(self._held.get(one, 0) < HELD for one in about)):
            return
        for one in about:
            self._held[one] = self._held.get(one, 0) + 1
        envelope = entry.envelope
        self._permissions.append(
            _Permitted(index, envelope.digest, envelope.payload_digest, envelope.keyids[0], digests, says)
        )

    def _covers(self, one: _Permitted, mark: RecordedMark, source: MarkedSource) -> bool:
        """As `rights.check_permission`, with the moment at which the mark was logged as that of the use."""
        about = source.sha256 in one.digests or (source.image_data or "") in one.digests
        to = one.says.grantee in {ANYONE, mark.maker} and one.key != mark.maker
        begun = one.says.valid_from <= mark.logged_at
        ended = one.says.until is not None and one.says.until <= mark.logged_at
        taken = self._withdrawn.get((one.key, one.payload))
        return about and to and begun and not ended and (taken is None or taken > mark.logged_at)

    def _told(self, one: _Permitted) -> Covering:
        return Covering(
            index=one.index,
            statement=one.envelope,
            key=one.key,
            grantee=one.says.grantee,
            standing=self.standing(one.key, one.payload),
            until=one.says.until,
            withdrawn_at=self._withdrawn.get((one.key, one.payload)),
        )


def _read(entry: Entry, *kinds: type[Predicate]) -> tuple[Statement, Predicate] | None:
    """What an entry says, when it is of one of these kinds."""
    try:
        statement = Statement.parse(entry.envelope.payload)
        if statement.predicate_type not in {kind.PREDICATE_TYPE for kind in kinds}:
            return None
        return statement, read_predicate(statement)
    except InputError:
        return None
