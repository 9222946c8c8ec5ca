"""The person's own append-only store of envelopes: one SQLite file. Format: spec/ledger.md.

Guarantees, while only this code writes: an entry whose `append` returned survives kill -9 and power loss (as
far as the disk keeps its word); one that did not return is there whole or not at all; two processes may write
at once; no entry changes or goes. Who can write the file can replace it whole: `verify` finds every change but
a cut-off end, and a `Head` kept elsewhere finds that as well.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from myself_i2i.attestation import IMAGE_DATA, SHA256, Envelope, PublicKey
from myself_i2i.errors import LedgerError, VerificationError
from myself_i2i.ledger._database import connect, reading, writing
from myself_i2i.ledger._rows import (
    KEYID,
    PREDICATE_TYPE,
    append_row,
    entry_of,
    facts_of,
    find_digest,
    last_row,
    rows_after,
    rows_by_fact,
)
from myself_i2i.ledger._verify import walk
from myself_i2i.ledger.chain import GENESIS
from myself_i2i.ledger.interface import Entry, EntryKind, Head, LedgerReport
from myself_i2i.predicates import introduced_key
from myself_i2i.wording import Text

__all__ = ["BUSY_SECONDS", "Ledger"]

BUSY_SECONDS = 30.0
"""How long to wait for another program's write before giving up."""

_PAGE = 500


class Ledger:
    """An open ledger; use it as a context manager. One object belongs to one thread; processes may share a file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = True, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the ledger at `path`; make it, for its owner's eyes only, when there is none and `create` is true.

        Raises `LedgerError` when it cannot be used; nothing is changed then.
        """
        return cls(connect(path, busy_seconds=busy_seconds, create=create), path)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def close(self) -> None:
        """Close the file. Nothing is left to write: every append is already on disk."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(
        self, envelope: Envelope, *, appended_at: datetime, public_key: PublicKey | None = None
    ) -> Entry:
        """Append `envelope` and return its entry; the same envelope again returns the entry it has.

        When this returns, the entry is on disk. Nothing unverified enters: the key is `public_key`, one this
        ledger knows, or the one the statement introduces (pledge, permission, wish). A key new to the ledger
        is entered just before. Raises `VerificationError` when the signature does not hold or no key is
        known, `InputError` for a payload that is no statement, `LedgerError` when the file refuses.
        """
        keys = [public_key] if public_key else []
        return self.append_all([envelope], appended_at=appended_at, public_keys=keys)[0]

    def append_all(
        self, envelopes: Iterable[Envelope], *, appended_at: datetime, public_keys: Iterable[PublicKey] = ()
    ) -> tuple[Entry, ...]:
        """Append all of `envelopes`, or none: one write for a whole folder. Otherwise as `append`."""
        given = {key.keyid: key for key in public_keys}
        checked = []
        for envelope in envelopes:
            key = self._key_for(envelope, given)
            # Before the lock: signatures cost time, and a wrong one must not have held up another writer.
            checked.append((envelope, key, facts_of(envelope, envelope.verify(key))))
        entries = []
        with writing(self._connection, self._path):
            for envelope, key, facts in checked:
                append_row(self._connection, EntryKind.KEY, key.der, appended_at, {})
                entries.append(
                    append_row(self._connection, EntryKind.ENVELOPE, envelope.to_json(), appended_at, facts)
                )
        return tuple(entries)

    def get(self, digest: str) -> Entry | None:
        """Return the entry of the envelope, or key, with this digest (hex), or None."""
        try:
            raw = bytes.fromhex(digest)
        except ValueError:
            return None
        with reading(self._path):
            row = find_digest(self._connection, raw)
        return entry_of(row) if row else None

    def entries(self, kind: EntryKind | None = None, *, after: int = -1) -> Iterator[Entry]:
        """Yield the entries behind position `after` in order; those appended meanwhile come too.

        Read a page at a time, so that a slow reader never keeps a writer waiting.
        """
        position = after
        while True:
            with reading(self._path):
                rows = rows_after(self._connection, position, _PAGE)
            if not rows:
                return
            position = rows[-1][0]
            yield from (entry for entry in map(entry_of, rows) if kind in (None, entry.kind))

    def by_sha256(self, sha256: str) -> tuple[Entry, ...]:
        """Return the envelopes with a subject of this file digest, oldest first."""
        return self._by_fact(SHA256, sha256)

    def by_image_data(self, digest: str) -> tuple[Entry, ...]:
        """Return the envelopes with a subject of this imageData/v1 digest, oldest first."""
        return self._by_fact(IMAGE_DATA, digest)

    def by_predicate_type(self, uri: str) -> tuple[Entry, ...]:
        """Return the envelopes of this predicate type, oldest first."""
        return self._by_fact(PREDICATE_TYPE, uri)

    def by_keyid(self, keyid: str) -> tuple[Entry, ...]:
        """Return the envelopes that carry a signature under this keyid, oldest first."""
        return self._by_fact(KEYID, keyid)

    def public_key(self, keyid: str) -> PublicKey | None:
        """Return the public key with this keyid, when the ledger knows it."""
        entry = self.get(keyid)
        return entry.public_key if entry and entry.kind is EntryKind.KEY else None

    @property
    def head(self) -> Head:
        """The size and last hash now."""
        with reading(self._path):
            row = last_row(self._connection)
        return Head(row[0] + 1, row[5].hex()) if row else Head(0, GENESIS.hex())

    def verify(self, *, kept: Head | None = None) -> LedgerReport:
        """Walk the whole chain, every signature and every look-up row, and return what holds.

        With `kept`, a head noted earlier, also that the ledger still begins with it. Raises `LedgerError`
        naming the first entry that does not hold.
        """
        with reading(self._path):
            # One read transaction, so that a writer cannot slip in between an entry and its look-up rows.
            self._connection.execute("BEGIN")
            try:
                return walk(self._connection, kept)
            finally:
                self._connection.execute("ROLLBACK")

    def copy_to(self, path: Path) -> None:
        """Copy the ledger to a new file while others may be writing. Raises `LedgerError`, also when it exists."""
        try:
            # Made first, empty and private: SQLite would make it readable to everybody, or fill another's file.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise LedgerError(
                Text(
                    en="the copy cannot be made at {path}: {why}",
                    ja="{path} に控えを作れません（{why}）",
                ).format(path=path, why=error.strerror),
                hint=Text(en="choose another name or folder", ja="別の名前かフォルダにしてください"),
            ) from error
        with reading(self._path):
            self._connection.execute("VACUUM INTO ?", (str(path),))

    def restore(self, entries: Iterable[tuple[EntryKind, bytes, datetime, str]]) -> None:
        """Fill this empty ledger with another's entries (kind, content, time, expected hash), all or none.

        Contents and signatures are verified as in `append`. Raises `LedgerError` when this ledger is not
        empty or a hash does not come out the same, `VerificationError` and `InputError` as `append` does.
        """
        with writing(self._connection, self._path):
            if last_row(self._connection):
                raise LedgerError(
                    Text(en="this ledger is not empty", ja="この帳簿は空ではありません"),
                    hint=Text(en="import into it instead", ja="取り込み（import）をお使いください"),
                )
            keys: dict[str, PublicKey] = {}
            for position, (kind, content, appended_at, expected) in enumerate(entries):
                facts: dict[str, frozenset[str]] = {}
                if kind is EntryKind.KEY:
                    key = PublicKey.from_der(content)
                    keys[key.keyid] = key
                else:
                    envelope = Envelope.from_json(content)
                    facts = facts_of(envelope, envelope.verify(self._key_for(envelope, keys)))
                entry = append_row(self._connection, kind, content, appended_at, facts)
                if (entry.position, entry.hash) != (position, expected):
                    raise _other_hash(position)

    def _by_fact(self, name: str, value: str) -> tuple[Entry, ...]:
        with reading(self._path):
            return tuple(map(entry_of, rows_by_fact(self._connection, name, value)))

    def _key_for(self, envelope: Envelope, given: Mapping[str, PublicKey]) -> PublicKey:
        """Return the signer's key: one given, one known here, or the one the statement introduces."""
        known = [given.get(keyid) or self.public_key(keyid) for keyid in envelope.keyids]
        key = next(filter(None, known), None) or introduced_key(envelope)
        if key is None:
            raise _unknown_signer(envelope)
        return key


def _other_hash(position: int) -> LedgerError:
    return LedgerError(
        Text(
            en="entry {position} of the export does not have the hash written beside it",
            ja="書き出しファイルの {position} 番の記録が、記されたハッシュ値と一致しません",
        ).format(position=position),
        hint=Text(en="use another copy", ja="別の控えをお使いください"),
    )


def _unknown_signer(envelope: Envelope) -> VerificationError:
    return VerificationError(
        Text(
            en="this ledger does not know the key that signed the envelope: {keyid}",
            ja="この帳簿は、封筒に署名した鍵を知りません（{keyid}）",
        ).format(keyid=", ".join(keyid[:16] for keyid in envelope.keyids)),
        hint=Text(
            en="import the signer's pledge, permission or wish first: it carries the key",
            ja="先に、署名した人の宣言・許可・意思表示を取り込んでください。そこに鍵が入っています",
        ),
    )
