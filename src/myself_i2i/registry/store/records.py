"""Writing what the log's entries say into the tables that find it; always in the transaction of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select, update

from myself_i2i.attestation import IMAGE_DATA, SHA256, PublicKey
from myself_i2i.client.entry import Entry
from myself_i2i.marking.short_code import code_of
from myself_i2i.predicates import Mark, Signed, Suspension, Withdrawal, read_signed
from myself_i2i.registry.standing import REGISTERING, kind_of
from myself_i2i.registry.store.schema import DERIVED, KEY, LOG_ENTRY, MARK, STATEMENT, SUBJECT

__all__ = ["CHANGES_STANDING", "Taken", "rebuild", "record"]

CHANGES_STANDING: Final = frozenset({*REGISTERING, "withdrawal", "suspension"})
"""Kinds after which another statement may be admitted, or not any more."""
BATCH: Final = 1_000
"""Entries that are read from the log at once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A verified statement with its place in the log."""

    index: int
    """The place."""
    entry: Entry
    """The entry."""
    signed: Signed
    """What it says."""

    @property
    def kind(self) -> str:
        """Its short name."""
        return kind_of(self.signed) or ""


def record(connection: Connection, taken: Sequence[Taken]) -> None:
    """Enter the statements, which MUST be admitted and in the log's order, after all earlier ones."""
    _insert(connection, STATEMENT, [_statement(one) for one in taken])
    _register(connection, [one for one in taken if one.kind in REGISTERING])
    _insert(connection, SUBJECT, [row for one in taken for row in _subjects(one)])
    _insert(connection, MARK, [_mark(one, one.signed.predicate) for one in taken if one.kind == "mark"])
    # Rows first, then what changes them, in order: what is changed stands earlier in the log.
    for one in taken:
        match one.signed.predicate:
            case Withdrawal():
                _withdraw(connection, one, one.signed.predicate)
            case Suspension():
                _suspend(connection, one.index, one.signed.predicate)
            case _:
                pass


def rebuild(connection: Connection) -> None:
    """Forget what was derived and make it again from the log; the bytes of manifests stay as they are.

    Every signature is checked again. Raises `VerificationError` or `InputError` when an entry does not hold.
    """
    for table in DERIVED:
        connection.execute(delete(table))
    query = select(LOG_ENTRY.c.index, LOG_ENTRY.c.entry).order_by(LOG_ENTRY.c.index).limit(BATCH)
    keys: dict[str, PublicKey] = {}
    last = -1
    while rows := connection.execute(query.where(LOG_ENTRY.c.index > last)).all():
        batch: list[Taken] = []
        for index, data in rows:
            entry = Entry.from_bytes(data)
            signed = read_signed(entry.envelope, keys.get(entry.envelope.keyids[0]))
            keys[signed.keyid] = signed.public_key
            batch.append(Taken(index, entry, signed))
        record(connection, batch)
        last = rows[-1][0]


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _statement(one: Taken) -> dict[str, Any]:
    return {
        "index": one.index,
        "kind": one.kind,
        "keyid": bytes.fromhex(one.signed.keyid),
        "payload": bytes.fromhex(one.entry.envelope.payload_digest),
        "logged_at": int(one.entry.logged_at.timestamp()),
    }


def _register(connection: Connection, taken: Iterable[Taken]) -> None:
    rows = {
        bytes.fromhex(one.signed.keyid): (one.signed.public_key.der, one.index)
        for one in reversed(list(taken))
    }
    if rows:
        known = set(connection.execute(select(KEY.c.keyid).where(KEY.c.keyid.in_(rows))).scalars())
        _insert(
            connection,
            KEY,
            [
                {"keyid": keyid, "der": der, "registered": index}
                for keyid, (der, index) in rows.items()
                if keyid not in known
            ],
        )


def _subjects(one: Taken) -> list[dict[str, Any]]:
    statement = one.signed.statement
    digests = statement.digests(SHA256) | statement.digests(IMAGE_DATA)
    return [{"digest": bytes.fromhex(digest), "index": one.index} for digest in sorted(digests)]


def _mark(one: Taken, says: object) -> dict[str, Any]:
    if not isinstance(says, Mark):
        raise TypeError(type(says))  # `kind` said so
    (image_data,) = one.signed.statement.digests(IMAGE_DATA)
    return {
        "index": one.index,
        "keyid": bytes.fromhex(one.signed.keyid),
        "code": code_of(image_data),
        "manifest_id": says.manifest.id,
        "manifest": bytes.fromhex(says.manifest.sha256),
    }


def _withdraw(connection: Connection, one: Taken, says: Withdrawal) -> None:
    connection.execute(
        update(STATEMENT)
        .where(
            STATEMENT.c.payload == bytes.fromhex(says.statement),
            STATEMENT.c.keyid == bytes.fromhex(one.signed.keyid),
            STATEMENT.c.index < one.index,
            STATEMENT.c.withdrawn.is_(None),
        )
        .values(withdrawn=one.index)
    )


def _suspend(connection: Connection, index: int, says: Suspension) -> None:
    since = index if says.action == "suspend" else None
    if says.keyid is not None:
        connection.execute(
            update(KEY).where(KEY.c.keyid == bytes.fromhex(says.keyid)).values(suspended=since)
        )
    elif says.statement is not None:
        connection.execute(
            update(STATEMENT)
            # Only what was said before: another key may sign the same bytes later.
            .where(STATEMENT.c.payload == bytes.fromhex(says.statement.statement), STATEMENT.c.index < index)
            .values(suspended=since)
        )
