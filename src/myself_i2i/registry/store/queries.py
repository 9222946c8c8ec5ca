"""Reading facts: rows say where something stands, and its entry says what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, case, func, select

from myself_i2i.attestation import PublicKey, Statement
from myself_i2i.client.entry import Entry
from myself_i2i.predicates import Mark, Pledge, Predicate, Profile, Wish, read_predicate
from myself_i2i.registry.facts import Logged, Maker, PublishedMark, Standing
from myself_i2i.registry.standing import REGISTERING
from myself_i2i.registry.store.schema import KEY, LOG_ENTRY, MANIFEST, MARK, STATEMENT, SUBJECT

__all__ = [
    "ReadEntry",
    "logged",
    "maker_of",
    "manifest_bytes",
    "manifest_ids_at",
    "mark_indexes",
    "marks_at",
    "marks_under",
    "read_entry",
    "statement_at",
    "statement_indexes",
    "statements_at",
]

REMEMBERED: Final = 2_048
"""Entries kept read; an entry never changes, and reading one costs as much as finding it."""


class ReadEntry(NamedTuple):
    """An entry of this registry's own log, read."""

    entry: Entry
    """The entry."""
    statement: Statement
    """What was signed."""
    predicate: Predicate
    """What it says."""


@lru_cache(maxsize=REMEMBERED)
def read_entry(data: bytes) -> ReadEntry:
    """Return what an entry of this registry's own log says; the signature was checked when it was taken in."""
    entry = Entry.from_bytes(data)
    statement = Statement.parse(entry.envelope.payload)
    return ReadEntry(entry, statement, read_predicate(statement))


def statements_at(connection: Connection, indexes: Iterable[int]) -> list[Logged]:
    """Return the statements at these places, in this order; places that do not exist are left out."""
    wanted = list(indexes)
    query = (
        select(
            STATEMENT.c.index.label("place"),  # a row's own `index` is a method
            STATEMENT.c.withdrawn,
            STATEMENT.c.suspended,
            KEY.c.suspended.label("key_suspended"),
            LOG_ENTRY.c.entry,
        )
        .join(LOG_ENTRY, LOG_ENTRY.c.index == STATEMENT.c.index)
        .join(KEY, KEY.c.keyid == STATEMENT.c.keyid, isouter=True)
        .where(STATEMENT.c.index.in_(wanted))
    )
    found = {row.place: logged(row) for row in connection.execute(query)} if wanted else {}
    return [found[index] for index in wanted if index in found]


def logged(row: Row[*tuple[Any, ...]]) -> Logged:
    """Return the statement of a row of `statements_at`."""
    entry, statement, predicate = read_entry(row.entry)
    suspended = row.suspended if row.suspended is not None else row.key_suspended
    standing = (
        Standing.SUSPENDED
        if suspended is not None
        else Standing.WITHDRAWN
        if row.withdrawn is not None
        else Standing.STANDS
    )
    return Logged(
        index=row.place,
        logged_at=entry.logged_at,
        envelope=entry.envelope,
        keyid=entry.envelope.keyids[0],
        statement=statement,
        predicate=predicate,
        standing=standing,
        changed_by=row.withdrawn if suspended is None else suspended,
    )


def statement_at(connection: Connection, digest: str) -> Logged | None:
    """Return the statement whose envelope has this digest."""
    index = connection.execute(
        select(LOG_ENTRY.c.index).where(LOG_ENTRY.c.key == bytes.fromhex(digest))
    ).scalar()
    return None if index is None else next(iter(statements_at(connection, [index])), None)


def statement_indexes(
    connection: Connection, *, about: str | None, keyid: str | None, before: int | None, limit: int
) -> Sequence[int]:
    """Return the places of the newest statements about a digest, by a key, before a place: newest first."""
    query: Select[int] = select(STATEMENT.c.index)
    if about is not None:
        query = query.join(SUBJECT, SUBJECT.c.index == STATEMENT.c.index).where(
            SUBJECT.c.digest == bytes.fromhex(about)
        )
    if keyid is not None:
        query = query.where(STATEMENT.c.keyid == bytes.fromhex(keyid))
    if before is not None:
        query = query.where(STATEMENT.c.index < before)
    return connection.execute(query.order_by(STATEMENT.c.index.desc()).limit(limit)).scalars().all()


def mark_indexes(
    connection: Connection, *, keyid: str | None, before: int | None, limit: int
) -> Sequence[int]:
    """Return the places of the newest marks, of one key or of all: newest first."""
    query: Select[int] = select(MARK.c.index)
    if keyid is not None:
        query = query.where(MARK.c.keyid == bytes.fromhex(keyid))
    if before is not None:
        query = query.where(MARK.c.index < before)
    return connection.execute(query.order_by(MARK.c.index.desc()).limit(limit)).scalars().all()


def marks_at(connection: Connection, indexes: Iterable[int]) -> list[PublishedMark]:
    """Return the marks at these places, in this order."""
    found = statements_at(connection, indexes)
    said = _introductions(connection, {one.keyid for one in found}, {"pledge"})
    makers = {keyid: _first_standing(pledges) for keyid, pledges in said.items()}
    return [
        PublishedMark(
            logged=one,
            says=one.predicate,
            maker_name=_name(makers[one.keyid]),
            maker_standing=_standing(makers[one.keyid]),
        )
        for one in found
        if isinstance(one.predicate, Mark)
    ]


def marks_under(
    connection: Connection, *, code: str | None = None, manifest_id: str | None = None
) -> list[int]:
    """Return the places of the marks with a short code or a manifest id: first logged first, those that stand before."""
    query = (
        select(MARK.c.index)
        .join(STATEMENT, STATEMENT.c.index == MARK.c.index)
        .join(KEY, KEY.c.keyid == MARK.c.keyid)
        # Somebody may publish another's picture or manifest id under a key of their own; the operator can suspend that.
        .order_by(
            STATEMENT.c.suspended.is_not(None) | KEY.c.suspended.is_not(None),
            STATEMENT.c.withdrawn.is_not(None),
            MARK.c.index,
        )
        .limit(100)
    )
    named = MARK.c.code == code if code is not None else MARK.c.manifest_id == manifest_id
    return list(connection.execute(query.where(named)).scalars())


def manifest_ids_at(connection: Connection, indexes: Sequence[int]) -> dict[int, str]:
    """Return the manifest id of each mark at these places."""
    rows = connection.execute(_MANIFEST_IDS, {"places": indexes})
    return {place: name for place, name in rows}  # noqa: C416 - rows are no tuples to the type checker


def manifest_bytes(connection: Connection, manifest_id: str) -> bytes | None:
    """Return the manifest store under this id: of the mark that comes first in `marks_under`."""
    indexes = marks_under(connection, manifest_id=manifest_id)
    if not indexes:
        return None
    query = select(MANIFEST.c.data).join(MARK, MARK.c.manifest == MANIFEST.c.sha256)
    return connection.execute(query.where(MARK.c.index == indexes[0])).scalar()


def maker_of(connection: Connection, keyid: str) -> Maker | None:
    """Return what is known of a key."""
    raw = bytes.fromhex(keyid)
    row = connection.execute(select(KEY).where(KEY.c.keyid == raw)).first()
    if row is None:
        return None
    said = _introductions(connection, {keyid}, REGISTERING)[keyid]
    pledges = [one for one in said if isinstance(one.predicate, Pledge)]
    shown = _first_standing(said)
    pledge = _first_standing(pledges)
    first = connection.execute(
        select(func.min(STATEMENT.c.logged_at)).where(STATEMENT.c.keyid == raw, STATEMENT.c.kind == "pledge")
    ).scalar()
    registered = connection.execute(
        select(STATEMENT.c.logged_at).where(STATEMENT.c.index == row.registered)
    ).scalar_one()
    return Maker(
        keyid=keyid,
        public_key=PublicKey(row.der),
        name=_name(shown),
        accounts=_accounts(shown),
        registered_at=datetime.fromtimestamp(registered, UTC),
        pledge=pledge,
        pledged_at=None if first is None else datetime.fromtimestamp(first, UTC),
        standing=_standing(pledge or shown),
        marks=connection.execute(select(func.count()).where(MARK.c.keyid == raw)).scalar_one(),
    )


def _introductions(
    connection: Connection, keyids: Collection[str], kinds: Collection[str]
) -> dict[str, list[Logged]]:
    """Return what each key said of itself, newest first: of each kind the newest, and the newest that stands."""
    stands = STATEMENT.c.withdrawn.is_(None) & STATEMENT.c.suspended.is_(None)
    query = (
        select(func.max(STATEMENT.c.index), func.max(case((stands, STATEMENT.c.index))))
        .where(STATEMENT.c.keyid.in_(list(map(bytes.fromhex, keyids))), STATEMENT.c.kind.in_(list(kinds)))
        .group_by(STATEMENT.c.keyid, STATEMENT.c.kind)
    )
    indexes = {index for row in connection.execute(query) for index in row if index is not None}
    said: dict[str, list[Logged]] = {keyid: [] for keyid in keyids}
    for one in statements_at(connection, sorted(indexes, reverse=True)):
        said[one.keyid].append(one)
    return said


def _first_standing(said: Sequence[Logged]) -> Logged | None:
    return next((one for one in said if one.standing is Standing.STANDS), next(iter(said), None))


def _standing(said: Logged | None) -> Standing:
    return Standing.STANDS if said is None else said.standing


def _name(said: Logged | None) -> str | None:
    match said.predicate if said else None:
        case Pledge(display_name=name) | Profile(display_name=name) | Wish(artist=name):
            return name
        case _:
            return None


def _accounts(said: Logged | None) -> tuple[str, ...]:
    match said.predicate if said else None:
        case Pledge(accounts=accounts) | Profile(accounts=accounts) | Wish(accounts=accounts):
            return accounts
        case _:
            return ()


_MANIFEST_IDS: Final = select(MARK.c.index, MARK.c.manifest_id).where(
    MARK.c.index.in_(bindparam("places", expanding=True))
)
"""Made once: making a query costs as much as asking it."""
