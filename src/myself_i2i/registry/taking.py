"""From a verified envelope to the log: what is checked before the lock, and what under it.

Before: signature, shape, the mark's manifest; they cost time and depend on nothing that changes. Under the lock, in
the transaction that appends: who stands, and how much a key said today; so two servers never disagree about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from myself_i2i.attestation import Envelope, PublicKey
from myself_i2i.client.entry import Entry
from myself_i2i.predicates import Mark, Signed, Withdrawal, introduced_key, read_signed
from myself_i2i.registry.admission import (
    Reason,
    RefusedError,
    Rules,
    check_standing,
    check_statement,
    refuse_unknown_key,
)
from myself_i2i.registry.log import Candidate, Placed
from myself_i2i.registry.log.appender import Apply
from myself_i2i.registry.manifests import check_fingerprints, check_mark
from myself_i2i.registry.store.records import CHANGES_STANDING, Taken, record
from myself_i2i.registry.store.schema import MANIFEST
from myself_i2i.registry.store.standings import TableStandings, logged_since
from myself_i2i.wording import Text

__all__ = ["Prepared", "keep_manifests", "prepare", "settling"]

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that may be logged as far as can be told without the lock."""

    signed: Signed
    """The verified statement."""
    entry: Entry
    """The entry that it would be."""
    data: bytes
    """The entry's bytes."""
    digest: str
    """The envelope's digest."""
    manifest: bytes | None
    """The mark's manifest store, when it is kept here."""

    @property
    def candidate(self) -> Candidate:
        """Return what goes to the log: the envelope's digest makes a second try the same entry."""
        return Candidate(bytes.fromhex(self.digest), self.data)


def prepare(
    envelope: Envelope,
    key: PublicKey | None,
    manifest: bytes | None,
    *,
    rules: Rules,
    now: datetime,
    held_elsewhere: bool = False,
) -> Prepared:
    """Return the statement ready for the log. `key` is the signer's when the registry knows it.

    `held_elsewhere`: a mark may come without its manifest, because the operator knows that it was held against it before.
    Raises `RefusedError` as `admission` and `manifests` do, `VerificationError` when the signature does not hold,
    `InputError` when the content is not right, `LimitError` when it is too long for the log.
    """
    if key is None and introduced_key(envelope) is None:
        raise refuse_unknown_key()
    signed = read_signed(envelope, key)
    kind = check_statement(signed, rules, now=now)
    entry = Entry(envelope, now.replace(microsecond=0))
    data = entry.to_bytes()
    if kind == "mark":
        _check_mark(signed, manifest, held_elsewhere=held_elsewhere)
    return Prepared(signed, entry, data, envelope.digest, manifest if kind == "mark" else None)


def _check_mark(signed: Signed, manifest: bytes | None, *, held_elsewhere: bool) -> None:
    if manifest is not None:
        check_mark(signed, manifest)
    elif held_elsewhere and isinstance(signed.predicate, Mark):
        check_fingerprints(signed.predicate)
    else:
        raise RefusedError(Reason.MANIFEST, _NO_MANIFEST, hint=_NO_MANIFEST_HINT)


def settling(prepared: Iterable[Prepared], rules: Rules, *, per_day: int | None) -> Apply:
    """Return what `Log.append` calls under its lock: admits each new statement and enters it in the tables.

    `per_day`: most statements of one key in 24 hours, None for no limit. Raises `RefusedError`, and then nothing is logged.
    """
    by_entry = {one.data: one for one in prepared}

    def apply(connection: Connection, placed: Sequence[Placed]) -> None:
        standings = TableStandings(connection)
        waiting: list[Taken] = []
        for place in placed:
            one = by_entry[place.entry]
            check_standing(one.signed, standings, rules)
            waiting.append(Taken(place.index, one.entry, one.signed))
            if per_day is not None:
                _check_share(connection, one, rules, per_day)
            if per_day is not None or waiting[-1].kind in CHANGES_STANDING:
                # What comes next is admitted by what stands then.
                record(connection, waiting)
                waiting.clear()
                standings.forget()
        record(connection, waiting)
        new = [by_entry[place.entry] for place in placed]
        keep_manifests(connection, {_digest(one): one.manifest for one in new if one.manifest is not None})

    return apply


def keep_manifests(connection: Connection, manifests: Mapping[bytes, bytes]) -> None:
    """Keep manifest stores by their sha256; those kept already stay."""
    kept = set(
        connection.execute(select(MANIFEST.c.sha256).where(MANIFEST.c.sha256.in_(manifests))).scalars()
    )
    rows = [{"sha256": name, "data": data} for name, data in manifests.items() if name not in kept]
    if rows:
        connection.execute(insert(MANIFEST), rows)


def _digest(one: Prepared) -> bytes:
    says = one.signed.predicate
    return bytes.fromhex(says.manifest.sha256) if isinstance(says, Mark) else b""


def _check_share(connection: Connection, one: Prepared, rules: Rules, per_day: int) -> None:
    # To take something back must always be possible; there is one withdrawal for each statement at most.
    if isinstance(one.signed.predicate, Withdrawal) or one.signed.keyid == rules.operator:
        return
    since = int((one.entry.logged_at - DAY).timestamp())
    if logged_since(connection, one.signed.keyid, since=since, most=per_day):
        raise RefusedError(Reason.TOO_MANY, _TOO_MANY.format(limit=per_day), hint=_TOO_MANY_HINT)


_NO_MANIFEST = Text(
    en="a mark comes with the bytes of its manifest, and none came",
    ja="目印の登録にはマニフェストが必要ですが、届いていません",
)
_NO_MANIFEST_HINT = Text(
    en="send multipart/form-data with the fields envelope and manifest",
    ja="multipart/form-data で、envelope と manifest の2項目を送ってください",
)
_TOO_MANY = Text(
    en="this key published {limit} statements in 24 hours, which is the most this registry takes",
    ja="この鍵は24時間に {limit} 件を登録しています。これがこの登録所の上限です",
)
_TOO_MANY_HINT = Text(
    en="go on later, or ask the operator", ja="時間をおいて続けるか、運営者にご相談ください"
)
