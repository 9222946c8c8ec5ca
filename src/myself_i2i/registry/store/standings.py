"""Which keys and statements stand, asked of the tables: `standing.Standings` for admission."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from myself_i2i.attestation import PublicKey
from myself_i2i.registry.standing import REGISTERING, KeyStanding, Said
from myself_i2i.registry.store.schema import KEY, STATEMENT

__all__ = ["TableStandings", "known_key", "logged_since"]


class TableStandings:
    """`standing.Standings` as one transaction sees it; remembers keys until told to forget."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: dict[str, KeyStanding | None] = {}

    def forget(self) -> None:
        """Ask the tables anew: they changed."""
        self._keys.clear()

    def key(self, keyid: str) -> KeyStanding | None:
        """Return how a key stands, None when it was never heard of."""
        if keyid not in self._keys:
            self._keys[keyid] = self._key(bytes.fromhex(keyid))
        return self._keys[keyid]

    def said(self, payload: str) -> Mapping[str, Said]:
        """Return who, by keyid, signed the bytes of this sha256 here, and what they are."""
        query = select(STATEMENT.c.keyid, STATEMENT.c.kind, STATEMENT.c.withdrawn)
        rows = self._connection.execute(query.where(STATEMENT.c.payload == bytes.fromhex(payload)))
        return {keyid.hex(): Said(kind, withdrawn=withdrawn is not None) for keyid, kind, withdrawn in rows}

    def _key(self, keyid: bytes) -> KeyStanding | None:
        row = self._connection.execute(select(KEY.c.suspended).where(KEY.c.keyid == keyid)).first()
        if row is None:
            return None
        standing = set(
            self._connection.execute(
                select(STATEMENT.c.kind)
                .where(
                    STATEMENT.c.keyid == keyid,
                    STATEMENT.c.kind.in_(REGISTERING),
                    STATEMENT.c.withdrawn.is_(None),
                    STATEMENT.c.suspended.is_(None),
                )
                .distinct()
            ).scalars()
        )
        return KeyStanding(
            suspended=row.suspended is not None, registered=bool(standing), pledged="pledge" in standing
        )


def known_key(connection: Connection, keyid: str) -> PublicKey | None:
    """Return the key registered under this keyid."""
    der = connection.execute(select(KEY.c.der).where(KEY.c.keyid == bytes.fromhex(keyid))).scalar()
    return None if der is None else PublicKey(der)


def logged_since(connection: Connection, keyid: str, *, since: int, most: int) -> bool:
    """Return whether a key said `most` things or more since a moment (seconds since 1970)."""
    nth = (
        select(STATEMENT.c.logged_at)
        .where(STATEMENT.c.keyid == bytes.fromhex(keyid))
        .order_by(STATEMENT.c.index.desc())
        .offset(most - 1)
        .limit(1)
    )
    last = connection.execute(nth).scalar()
    return last is not None and last > since
