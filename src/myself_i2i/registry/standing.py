"""Which keys and statements stand: what admission asks, and the answer as a fold over a log. Pure.

`store.standings` answers the same from the tables; a test holds the two to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from myself_i2i.predicates import (
    Journal,
    Mark,
    Permission,
    Pledge,
    Profile,
    Signed,
    Suspension,
    Wish,
    Withdrawal,
)

__all__ = ["KINDS", "REGISTERING", "Fold", "KeyStanding", "Said", "Standings", "kind_of"]

REGISTERING: Final = frozenset({"pledge", "wish", "profile"})
"""What makes a key known here."""
KINDS: Final[Mapping[type, str]] = {
    Pledge: "pledge",
    Wish: "wish",
    Profile: "profile",
    Mark: "mark",
    Permission: "permission",
    Journal: "journal",
    Withdrawal: "withdrawal",
    Suspension: "suspension",
}
"""What may be published, by its short name."""


def kind_of(signed: Signed) -> str | None:
    """Return the short name of what a statement is, None when it is nothing that is published."""
    return KINDS.get(type(signed.predicate))


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """How a key stands."""

    suspended: bool
    """The operator suspended the key."""
    registered: bool
    """A pledge, wish or profile of it stands."""
    pledged: bool
    """A pledge of it stands."""


@dataclass(frozen=True, slots=True)
class Said:
    """One key's statement with certain signed bytes."""

    kind: str
    """What it is, by its short name."""
    withdrawn: bool
    """Its signer took it back."""


class Standings(Protocol):
    """What admission asks of the statements taken in so far."""

    def key(self, keyid: str) -> KeyStanding | None:
        """Return how a key stands, None when it was never heard of."""
        ...

    def said(self, payload: str) -> Mapping[str, Said]:
        """Return who, by keyid, signed the bytes of this sha256 here, and what they are."""
        ...


@dataclass(slots=True)
class _Statement:
    keyid: str
    kind: str
    withdrawn: int | None = None
    suspended: int | None = None


class Fold:
    """`Standings` of the entries given to `add`, in the log's order."""

    def __init__(self) -> None:
        self._keys: dict[str, int | None] = {}
        self._by_payload: dict[str, list[_Statement]] = {}
        self._by_key: dict[str, list[_Statement]] = {}

    def add(self, index: int, signed: Signed) -> None:
        """Take in the next statement; it MUST have been admitted."""
        kind, keyid = kind_of(signed) or "", signed.keyid
        if kind in REGISTERING:
            self._keys.setdefault(keyid, None)
        said = _Statement(keyid, kind)
        self._by_payload.setdefault(signed.envelope.payload_digest, []).append(said)
        self._by_key.setdefault(keyid, []).append(said)
        match signed.predicate:
            case Withdrawal(statement=payload):
                for one in self._by_payload.get(payload, []):
                    if one.keyid == keyid and one.withdrawn is None:
                        one.withdrawn = index
            case Suspension(action=action, keyid=key, statement=named):
                since = index if action == "suspend" else None
                if key is not None:
                    self._keys[key] = since
                for one in self._by_payload.get(named.statement, []) if named else []:
                    one.suspended = since
            case _:
                pass

    def key(self, keyid: str) -> KeyStanding | None:
        """Return how a key stands."""
        if keyid not in self._keys:
            return None
        standing = {
            one.kind for one in self._by_key.get(keyid, []) if one.withdrawn is None and one.suspended is None
        }
        return KeyStanding(
            suspended=self._keys[keyid] is not None,
            registered=bool(standing & REGISTERING),
            pledged="pledge" in standing,
        )

    def said(self, payload: str) -> Mapping[str, Said]:
        """Return who signed these bytes and what they are."""
        return {
            one.keyid: Said(one.kind, withdrawn=one.withdrawn is not None)
            for one in self._by_payload.get(payload, [])
        }
