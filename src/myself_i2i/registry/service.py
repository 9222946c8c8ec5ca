"""The registry: everything that the service does, without a protocol around it.

Safe in threads, and in any number of processes on one database and one place for the log's files.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from myself_i2i.attestation import IMAGE_DATA, Envelope, Statement, sign
from myself_i2i.client.entry import Entry
from myself_i2i.client.publishing import PublicKeys
from myself_i2i.errors import InputError, LimitError, RegistryError, SearchError
from myself_i2i.marking.short_code import code_of, read_code
from myself_i2i.predicates import Mark, Suspension, make_statement
from myself_i2i.predicates.moments import format_moment
from myself_i2i.registry.admission import Rules
from myself_i2i.registry.facts import Logged, Maker, NearAnswer, NearHit, Published, PublishedMark
from myself_i2i.registry.following import FollowingIndex, open_index
from myself_i2i.registry.keys import RegistryKeys, open_keys
from myself_i2i.registry.log import Files, FolderFiles, Log
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.store import open_database, queries, reading
from myself_i2i.registry.store.database import storing
from myself_i2i.registry.store.records import rebuild
from myself_i2i.registry.store.schema import LOG_ENTRY, LOG_HEAD
from myself_i2i.registry.store.standings import known_key
from myself_i2i.registry.taking import Prepared, keep_manifests, prepare, settling
from myself_i2i.wording import Text

__all__ = ["Registry"]

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"(?=.*:)[!-~]{1,200}")
"""A manifest's id; no short code has a colon."""
_MOST: Final = 1_000
"""Most facts in one answer."""


def _now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """One registry; `close` it, or use it in a `with` block."""

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
        self.settings = settings
        """Its settings."""
        self.log = log
        """Its log."""
        self.files = files
        """The log's public files."""
        self.keys = keys
        """Its keys."""
        self.engine = engine
        """Its database."""
        self.clock = clock
        """Its clock."""
        self.rules = Rules(
            operator=keys.operator.public_key.keyid,
            clock_skew=timedelta(seconds=settings.clock_skew_seconds),
        )
        """What it asks of statements."""
        self._index = index
        self._followed = 0.0

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
            _published(place.index, one.entry, one.signed.statement, new=True)
            if place.new
            else _published(place.index, *queries.read_entry(place.entry)[:2], new=False)
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

    def statement(self, digest: str) -> Logged | None:
        """Return the statement whose envelope has this digest, None when it is not here."""
        if not _HEX.fullmatch(digest):
            return None
        with reading(self.engine) as connection:
            return queries.statement_at(connection, digest)

    def statements(
        self,
        *,
        about: str | None = None,
        keyid: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[Logged]:
        """Return the newest statements, newest first: about a file (sha256 or imageData/v1), by a key, before a place."""
        if not _are_digests(about, keyid):
            return ()
        with reading(self.engine) as connection:
            indexes = queries.statement_indexes(
                connection, about=about, keyid=keyid, before=before, limit=min(limit, _MOST)
            )
            return queries.statements_at(connection, indexes)

    def marks(
        self, keyid: str | None = None, *, before: int | None = None, limit: int = 100
    ) -> Sequence[PublishedMark]:
        """Return the newest marks, of one maker or of all, before a place of the log: newest first."""
        if not _are_digests(keyid):
            return ()
        with reading(self.engine) as connection:
            indexes = queries.mark_indexes(connection, keyid=keyid, before=before, limit=min(limit, _MOST))
            return queries.marks_at(connection, indexes)

    def mark(self, name: str) -> PublishedMark | None:
        """Return the mark under a short code, a manifest id or a statement's digest; None when there is none.

        Of several under one name: first those that stand, of them the one logged first.
        """
        with reading(self.engine) as connection:
            if _HEX.fullmatch(name):
                found = queries.statement_at(connection, name)
                indexes = [] if found is None else [found.index]
            elif _ID.fullmatch(name):
                indexes = queries.marks_under(connection, manifest_id=name)
            else:
                try:
                    indexes = queries.marks_under(connection, code=read_code(name))
                except InputError:
                    return None
            return next(iter(queries.marks_at(connection, indexes[:1])), None)

    def manifest(self, manifest_id: str) -> bytes | None:
        """Return the manifest store whose active manifest has this label, None when it is not here."""
        if not _ID.fullmatch(manifest_id):
            return None
        with reading(self.engine) as connection:
            return queries.manifest_bytes(connection, manifest_id)

    def maker(self, keyid: str) -> Maker | None:
        """Return what is known of a key, None when it was never registered."""
        if not _HEX.fullmatch(keyid):
            return None
        with reading(self.engine) as connection:
            return queries.maker_of(connection, keyid)

    def near(self, algorithm: str, values: Sequence[bytes], *, radius: int | None, limit: int) -> NearAnswer:
        """Return the marks whose output looks near one of `values`: 32 bytes each of `pdq64_v1` or `iscc_v0`.

        Within `radius` bits (0..256; None: the nearest, however far), at most `limit` of them (1..10,000). Raises
        `InputError` for arguments that do not fit, `SearchError` when the index cannot be read.
        """
        self.keep_up()
        found, truncated, as_of = self._index.near(algorithm, values, radius=radius, limit=limit)
        with reading(self.engine) as connection:
            marks = {one.index: one for one in queries.marks_at(connection, [place for _, place in found])}
        hits = [NearHit(distance, marks[place]) for distance, place in found if place in marks]
        return NearAnswer(hits, truncated, as_of)

    def near_manifests(
        self, algorithm: str, values: Sequence[bytes], *, radius: int | None, limit: int
    ) -> list[tuple[int, str]]:
        """Return distance and manifest id of the marks that `near` returns, and read no more than these; raises as `near`.

        Sees what this process logged, and what others did before the last `keep_up`: so it takes a moment and no longer.
        """
        found, _, _ = self._index.near(algorithm, values, radius=radius, limit=limit)
        if not found:
            return []
        with reading(self.engine) as connection:
            names = queries.manifest_ids_at(connection, [place for _, place in found])
        return [(distance, names[place]) for distance, place in found if place in names]

    def keep_up(self) -> None:
        """Look at what other processes logged, now and then; what this one logged is there already."""
        now = time.monotonic()
        if now - self._followed >= self.settings.follow_seconds:
            self._followed = now
            with suppress(SearchError):
                self._index.follow()

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
        return _published(row.place, *queries.read_entry(row.entry)[:2], new=False)

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


def _published(index: int, entry: Entry, statement: Statement, *, new: bool) -> Published:
    code = None
    if statement.predicate_type == Mark.PREDICATE_TYPE:
        (image_data,) = statement.digests(IMAGE_DATA)
        code = code_of(image_data)
    return Published(index, entry.envelope.digest, entry.logged_at, new, code)


def _are_digests(*names: str | None) -> bool:
    return all(name is None or _HEX.fullmatch(name) for name in names)


def _too_large(size: int, limit: int) -> LimitError:
    return LimitError(
        Text(
            en="the manifest has {size} bytes, at most {limit} are taken",
            ja="マニフェストが {size} バイトあります（上限 {limit} バイト）",
        ).format(size=size, limit=limit)
    )
