"""A witness of other people's logs: cosigns a head only when it continues every head it cosigned before.

1. Read the log's head and the hashes for the proof that it continues the last one cosigned.
2. Under a lock of the witness's own file: `tlog.consider` decides, and the new head is stored.
3. Only then does the cosignature leave.

So of two runs at once one decides first, a crash never cosigns what is not remembered, and the witness never goes back.
Source: c2sp.org/tlog-witness, c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.client.auditing import Source, read_tile
from myself_i2i.client.http import Remote
from myself_i2i.errors import InputError, LedgerError, VerificationError
from myself_i2i.tlog import (
    Checkpoint,
    Note,
    NoteKey,
    Refusal,
    RefusedError,
    Signature,
    SignatureType,
    Submission,
    consider,
    consistency_proof,
    hash_reader,
    open_checkpoint,
    root_hash,
)
from myself_i2i.wording import Text

__all__ = ["Cosigned", "TwoViewsError", "Witness", "send"]

NOTE_TYPE = "text/plain; charset=utf-8"
_TABLE = "CREATE TABLE IF NOT EXISTS head (log TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL)"


class TwoViewsError(VerificationError):
    """A log signed two heads of which neither continues the other. Both notes together show that to anybody."""

    def __init__(self, message: Text, *, before: bytes, now: bytes) -> None:
        super().__init__(message)
        self.before = before
        """The head that this witness cosigned, as the log signed it."""
        self.now = now
        """The other one."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A head of a log, with this witness's cosignature."""

    checkpoint: Checkpoint
    """The head."""
    note: bytes
    """The note, with the log's own signature and the cosignature."""
    before: Checkpoint | None
    """The head that was cosigned before; None when this is the first of the log."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: a key under a name, and the heads it cosigned."""

    path: Path
    """The witness's own file; made when it is missing. It MUST NOT be put back from a copy: the witness would go back."""
    name: str
    """Under which it signs: by custom a place on the web without a scheme."""
    private: Ed25519PrivateKey
    """Its key, used for nothing else."""

    @property
    def key(self) -> NoteKey:
        """What checks its cosignatures: what an operator enters in the setting `witnesses`."""
        return NoteKey(self.name, self.private.public_key().public_bytes_raw(), SignatureType.COSIGNATURE)

    def cosign(self, source: Source, log: NoteKey, *, cosigned_at: int) -> Cosigned:
        """Return the log's newest head cosigned; it is remembered when this returns.

        Raises `TwoViewsError` when the log shows two views, `VerificationError` when its head is not signed by `log` or is
        older than what was cosigned, `InputError` when its files do not fit its head, `LedgerError` when the witness's
        own file cannot be used.
        """
        # 1. what the log shows
        data = source.read("checkpoint")
        if data is None:
            raise InputError(_NO_LOG)
        head, note = open_checkpoint(data, log)
        own = Note(note.text, note.by(log))
        with closing(self._open()) as database:
            before = _last(database, log)
            proof = _proof(source, before, own)
            # 2. decided and stored in one step
            with _locked(database):
                if _last(database, log) != before:
                    raise VerificationError(_MEANWHILE, hint=_AGAIN)
                submission = Submission(before[0].size if before else 0, proof, own.to_bytes())
                _, line = self._consider(submission, log, before, cosigned_at)
                database.execute(
                    "INSERT INTO head VALUES (?, ?, ?) ON CONFLICT (log) DO UPDATE SET size = excluded.size, note = excluded.note",
                    (str(log), head.size, own.to_bytes()),
                )
        return Cosigned(head, own.with_signatures([line]).to_bytes(), before[0] if before else None)

    def _consider(
        self, submission: Submission, log: NoteKey, before: tuple[Checkpoint, bytes] | None, cosigned_at: int
    ) -> tuple[Checkpoint, Signature]:
        try:
            return consider(
                submission,
                log=log,
                last=before[0] if before else None,
                name=self.name,
                private=self.private,
                cosigned_at=cosigned_at,
            )
        except RefusedError as error:
            if before and error.reason in {Refusal.PROOF, Refusal.BEHIND}:
                raise TwoViewsError(_TWO_VIEWS, before=before[1], now=submission.checkpoint) from error
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            database = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            database.execute("PRAGMA synchronous = FULL")
            database.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(error) from error
        return database


def send(remote: Remote, cosigned: Cosigned) -> None:
    """Give a cosignature back to the log's registry; raises as `Remote.post`."""
    remote.post("/cosignatures", cosigned.note, NOTE_TYPE)


def _proof(source: Source, before: tuple[Checkpoint, bytes] | None, note: Note) -> tuple[bytes, ...]:
    """The proof that the head continues the one before; its tiles are held against the head first."""
    head = Checkpoint.parse(note.text)
    if before is None:
        return ()
    if head.size < before[0].size:
        raise VerificationError(_OLD.format(size=head.size, known=before[0].size), hint=_AGAIN)
    read = hash_reader(head.size, lambda tile: read_tile(source, tile))
    if root_hash(head.size, read) != head.root:
        # Somebody's cache, or a broken copy: that shows nothing about the log, so it is no evidence either.
        raise InputError(_TILES, hint=_AGAIN)
    return consistency_proof(before[0].size, head.size, read)


def _last(database: sqlite3.Connection, log: NoteKey) -> tuple[Checkpoint, bytes] | None:
    row = database.execute("SELECT note FROM head WHERE log = ?", (str(log),)).fetchone()
    return (open_checkpoint(row[0], log)[0], row[0]) if row else None


@contextmanager
def _locked(database: sqlite3.Connection) -> Iterator[None]:
    try:
        database.execute("BEGIN IMMEDIATE")
        with database:  # commits, or takes everything back
            yield
    except sqlite3.Error as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> LedgerError:
    return LedgerError(
        Text(
            en="the witness's own file cannot be used: {why}", ja="証人のファイルを使えません：{why}"
        ).format(why=str(error)[:200])
    )


_NO_LOG = Text(
    en="there is no log here: no file checkpoint", ja="ここにログがありません（checkpoint がありません）"
)
_MEANWHILE = Text(
    en="another run of this witness cosigned meanwhile", ja="この証人の別の実行が、先に副署しました"
)
_AGAIN = Text(en="try again", ja="もう一度お試しください")
_TILES = Text(
    en="the log's tiles are not those of its head", ja="ログのタイルが、その先頭のものではありません"
)
_OLD = Text(
    en="the log shows a head of {size} entries; this witness cosigned one of {known} already",
    ja="ログの先頭が {size} 件です。この証人は、すでに {known} 件の先頭へ副署しています",
)
_TWO_VIEWS = Text(
    en="the log signed two heads of which neither continues the other; nothing was cosigned",
    ja="このログは、一方が他方の続きになっていない二つの先頭に署名しています。副署しませんでした",
)
