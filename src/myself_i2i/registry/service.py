"""The registry: everything that the service does, without a protocol around it.

Safe in threads, and in any number of processes on one database and one place for the log's files.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from myself_i2i.attestation import IMAGE_DATA, Envelope, Statement, sign
from myself_i2i.client.entry import Entry
from myself_i2i.client.publishing import PublicKeys
from myself_i2i.errors import InputError, LimitError, RegistryError, SearchError
from myself_i2i.marking.short_code import code_of
from myself_i2i.predicates import Mark, Suspension, make_statement
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.admission import Rules
from myself_i2i.registry.facts import Published
from myself_i2i.registry.following import FollowingIndex, open_index
from myself_i2i.registry.keys import RegistryKeys, open_keys
from myself_i2i.registry.log import Files, FolderFiles, Log
from myself_i2i.registry.lookup import Lookup
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.store import open_database, queries, reading
from myself_i2i.registry.store.database import storing
from myself_i2i.registry.store.records import rebuild
from myself_i2i.registry.store.schema import LOG_ENTRY, LOG_HEAD
from myself_i2i.registry.store.standings import known_key
from myself_i2i.registry.taking import Prepared, keep_manifests, prepare, settling
from myself_i2i.wording import Text

__all__ = ["Registry"]


def _now() -> datetime:
    return datetime.now(UTC)


class Registry(Lookup):
    """One registry; `close` it, or use it in a `with` block. What it looks up is `Lookup`'s."""

    def __init__(
        self,
        settings: Settings,
        *,
        engine: Engine,
        log: Log,
        files: Files,
        keys: RegistryKeys,
        index: FollowingIndex,
        clock: Callable[[], datetime],
    ) -> None:
        """Use `open`."""
        super().__init__(engine, index, follow_seconds=settings.follow_seconds)
        self.settings = settings
        """Its settings."""
        self.log = log
        """Its log."""
        self.files = files
        """The log's public files."""
        self.keys = keys
        """Its keys."""
        self.clock = clock
        """Its clock."""
        self.rules = Rules(
            operator=keys.operator.public_key.keyid,
            clock_skew=timedelta(seconds=settings.clock_skew_seconds),
        )
        """What it asks of statements."""

    @classmethod
    def open(
        cls, settings: Settings, *, clock: Callable[[], datetime] = _now, files: Files | None = None
    ) -> Self:
        """Return the registry, made new where there is none, with everything published and indexed that was logged.

        `files`: where the log is published, a folder of this machine otherwise.
        Raises `UsageError` for settings that cannot be, `RegistryError`, `KeyFileError` or `SearchError` when
        something cannot be opened or belongs to another registry.
        """
        settings.home.mkdir(parents=True, exist_ok=True)
        keys = open_keys(
            settings.keys_folder,
            origin=settings.log_origin,
            name=settings.title,
            now=clock(),
            random=secrets.token_bytes,
        )
        engine = open_database(settings.database_url)
        try:
            files = files or FolderFiles(settings.log_folder)
            log = Log.open(engine, files, origin=keys.origin, private=keys.log)
            index = FollowingIndex(engine, open_index(settings.database_url, settings.index_folder))
        except BaseException:
            engine.dispose()
            raise
        made = cls(settings, engine=engine, log=log, files=files, keys=keys, index=index, clock=clock)
        try:
            index.follow()
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Let go of the database and the index; everything acknowledged is stored already."""
        self._index.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- writing ------------------------------------------------------------------------------------------------

    def publish(self, envelope: bytes, *, manifest: bytes | None = None) -> Published:
        """Take in one statement and return its place: published, and found, when this returns.

        The same envelope again has the same answer, whatever changed since. Raises `RefusedError` with a reason,
        `VerificationError` or `InputError` when the envelope does not hold or is none, `LimitError` when it is too
        large, `RegistryError` when the registry cannot do it now: then a second try finds out whether it did.
        """
        if manifest is not None and len(manifest) > self.settings.manifest_bytes:
            raise _too_large(len(manifest), self.settings.manifest_bytes)
        read = Envelope.from_json(envelope)
        known = self._known(read, manifest)
        if known is not None:
            return known
        return self.append([self.prepare(read, manifest)], per_day=self.settings.per_key_per_day)[0]

    def prepare(self, envelope: Envelope, manifest: bytes | None = None) -> Prepared:
        """Return the statement checked as far as that goes without the lock; raises as `publish`."""
        with reading(self.engine) as connection:
            key = known_key(connection, envelope.keyids[0])
        return prepare(envelope, key, manifest, rules=self.rules, now=self.clock())

    def append(self, prepared: Sequence[Prepared], *, per_day: int | None = None) -> list[Published]:
        """Log all of what was prepared, or nothing of it; raises as `publish`."""
        apply = settling(prepared, self.rules, per_day=per_day)
        placed = self.log.append([one.candidate for one in prepared], apply)
        pairs = list(zip(prepared, placed, strict=True))
        with suppress(
            SearchError, RegistryError
        ):  # it is logged, which is what counts: the index follows when it can
            self._index.follow({place.index: one.signed.predicate for one, place in pairs if place.new})
        return [
            _published(place.index, one.digest, one.entry.logged_at, one.signed.statement, new=True)
            if place.new
            else _found(place.index, place.entry)
            for one, place in pairs
        ]

    def suspend(self, suspension: Suspension) -> Published:
        """Say a suspension as this registry's operator; its `public_key` MUST be the operator's. Raises as `publish`."""
        return self.publish(sign(make_statement(suspension), self.keys.operator).to_json())

    def rebuild(self) -> None:
        """Make all tables again from the log, all but the bytes of manifests; nobody writes meanwhile."""
        with storing(), self.engine.begin() as connection:
            connection.execute(select(LOG_HEAD.c.size).with_for_update())
            rebuild(connection)

    # -- reading ------------------------------------------------------------------------------------------------

    def receipt(self, index: int) -> bytes:
        """Return the proof that entry `index` is in the log (C2SP tlog-proof); raises `InputError` when it is not.

        Its `extra` says when the entry was logged, so that whoever has the envelope can make the entry.
        """
        logged_at = format_moment(self.entry(index).logged_at).encode()
        return replace(self.log.receipt(index), extra=logged_at).to_bytes()

    def checkpoint(self) -> bytes:
        """Return the published head of the log (C2SP checkpoint, a signed note)."""
        return self.files.read("checkpoint") or b""

    def public_keys(self) -> PublicKeys:
        """Return what checks this registry's words: the log's key and the operator's."""
        return PublicKeys(self.log.key, self.keys.operator.public_key)

    def entry(self, index: int) -> Entry:
        """Return the entry at a place of the log; raises `InputError` when there is none."""
        for data in self.log.entries(index, index + 1) if 0 <= index < 2**62 else ():
            return Entry.from_bytes(data)
        raise InputError(
            Text(en="the log has no entry {index}", ja="ログに {index} 番はありません").format(index=index)
        )

    # -- steps --------------------------------------------------------------------------------------------------

    def _known(self, envelope: Envelope, manifest: bytes | None) -> Published | None:
        """Return the answer to an envelope that is here already, before any rule is asked."""
        with reading(self.engine) as connection:
            query = select(LOG_ENTRY.c.index.label("place"), LOG_ENTRY.c.entry)
            row = connection.execute(query.where(LOG_ENTRY.c.key == bytes.fromhex(envelope.digest))).first()
        if row is None:
            return None
        self.log.publish()  # an earlier try may have been logged and not shown: a full disk
        self._restore_manifest(row.entry, manifest)
        return _found(row.place, row.entry)

    def _restore_manifest(self, entry: bytes, manifest: bytes | None) -> None:
        """Keep the manifest of a mark whose bytes were lost: no log brings them back."""
        says = queries.read_entry(entry).predicate
        if manifest is None or not isinstance(says, Mark):
            return
        name = hashlib.sha256(manifest).digest()
        if name.hex() != says.manifest.sha256:
            return
        with storing(), suppress(IntegrityError), self.engine.begin() as connection:
            keep_manifests(connection, {name: manifest})


def _found(index: int, data: bytes) -> Published:
    entry, statement, _ = queries.read_entry(data)
    return _published(index, entry.envelope.digest, entry.logged_at, statement, new=False)


def _published(index: int, digest: str, logged_at: datetime, says: Statement, *, new: bool) -> Published:
    code = None
    if says.predicate_type == Mark.PREDICATE_TYPE:
        (image_data,) = says.digests(IMAGE_DATA)
        code = code_of(image_data)
    return Published(index, digest, logged_at, new, code)


def _too_large(size: int, limit: int) -> LimitError:
    return LimitError(
        Text(
            en="the manifest has {size} bytes, at most {limit} are taken",
            ja="マニフェストが {size} バイトあります（上限 {limit} バイト）",
        ).format(size=size, limit=limit)
    )
