"""Walking a whole ledger: database, tables, chain, contents, signatures, look-ups."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from myself_i2i.attestation import Envelope, PublicKey, Statement
from myself_i2i.errors import InputError, LedgerError, VerificationError
from myself_i2i.ledger._rows import facts_of, rows_after
from myself_i2i.ledger._schema import SCHEMA
from myself_i2i.ledger.chain import GENESIS, entry_hash
from myself_i2i.ledger.interface import EntryKind, Head, LedgerReport
from myself_i2i.wording import Text

__all__ = ["walk"]

_PAGE = 500
_RESTORE = Text(
    en="something other than myself-i2i changed the file: keep it, and restore the ledger from a copy",
    ja="myself-i2i 以外のものがファイルを変えています。今のファイルは残したまま、控えから戻してください",
)


def walk(connection: sqlite3.Connection, kept: Head | None) -> LedgerReport:
    """Return the report when everything holds. Raises `LedgerError` naming the first thing that does not.

    1. SQLite finds its own structure whole.
    2. The tables and triggers are the ones of spec/ledger.md.
    3. Entry by entry: place, digest, chain, content, signature, look-up rows.
    4. No look-up row belongs to no entry.
    5. The ledger still begins with the head kept elsewhere, when one is given.
    """
    _check_database(connection)
    walked = _Walk(connection)
    at_kept = GENESIS if kept and kept.size == 0 else None
    position = -1
    while rows := rows_after(connection, position, _PAGE):
        for row in rows:
            walked.check(row)
            if kept and walked.size == kept.size:
                at_kept = walked.previous
        position = rows[-1][0]
    facts = connection.execute("SELECT count(*) FROM facts").fetchone()[0]
    if facts != walked.facts:
        raise _broken(walked.size, "a look-up row belongs to no entry", "索引に、記録のない行があります")
    if kept and (at_kept is None or at_kept.hex() != kept.hash):
        raise _broken(
            kept.size,
            f"the ledger does not begin with the kept head of {kept.size} entries",
            f"控えておいた {kept.size} 件までの状態と一致しません",
        )
    head = Head(walked.size, walked.previous.hex())
    return LedgerReport(head=head, keys=len(walked.keys), envelopes=walked.size - len(walked.keys))


class _Walk:
    """What is known after the entries walked so far."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.size = 0
        self.previous = GENESIS
        self.keys: dict[str, PublicKey] = {}
        self.facts = 0

    def check(self, row: tuple[Any, ...]) -> None:
        """Check the next row and move on to it."""
        position, kind, digest, _, content, chain = row
        if position != self.size:
            raise _broken(self.size, f"entry {self.size} is missing", f"{self.size} 番の記録がありません")
        if hashlib.sha256(content).digest() != digest:
            raise _broken(
                position, "the content is not what its digest says", "内容とハッシュ値が一致しません"
            )
        if not _chained(self.previous, row):
            raise _broken(position, "the chain is broken here", "ここで記録の連なりが切れています")
        try:
            facts = self._content(kind, content)
        except (InputError, VerificationError) as error:
            raise _broken(position, error.message.en, error.message.ja) from error
        if facts != set(
            self._connection.execute("SELECT name, value FROM facts WHERE position = ?", (position,))
        ):
            raise _broken(position, "its look-up rows are not right", "索引が記録の内容と一致しません")
        self.size, self.previous, self.facts = position + 1, chain, self.facts + len(facts)

    def _content(self, kind: str, content: bytes) -> set[tuple[str, str]]:
        """Check one entry's content and return its look-up rows; nothing here trusts the columns beside it."""
        if kind == EntryKind.KEY:
            key = PublicKey.from_der(content)
            self.keys[key.keyid] = key
            return set()
        envelope = Envelope.from_json(content)
        key_of_signer = next((self.keys[keyid] for keyid in envelope.keyids if keyid in self.keys), None)
        if key_of_signer is None or envelope.to_json() != content:
            raise VerificationError(
                Text(
                    en="the signer's key does not stand before it, or it is not in canonical form",
                    ja="署名した人の鍵が前になく、または正準形ではありません",
                )
            )
        statement: Statement = envelope.verify(key_of_signer)
        return {(name, value) for name, values in facts_of(envelope, statement).items() for value in values}


def _check_database(connection: sqlite3.Connection) -> None:
    finding = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if finding != "ok":
        raise LedgerError(
            Text(
                en="the ledger file is damaged: {why}",
                ja="帳簿のファイルが壊れています（{why}）",
            ).format(why=str(finding)[:200]),
            hint=_RESTORE,
        )
    found = {
        row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    }
    if found != set(SCHEMA):
        raise LedgerError(
            Text(
                en="the ledger's tables or triggers were changed by something else",
                ja="帳簿の表や保護の仕組みが、ほかのものによって変えられています",
            ),
            hint=_RESTORE,
        )


def _chained(previous: bytes, row: tuple[Any, ...]) -> bool:
    """Return whether the row's hash is the one it must have; text that this code never writes simply is not."""
    position, kind, _, appended_at, content, chain = row
    try:
        return bool(entry_hash(previous, position, kind, appended_at, content) == chain)
    except (UnicodeEncodeError, OverflowError):
        return False


def _broken(position: int, en: str, ja: str) -> LedgerError:
    return LedgerError(
        Text(
            en=f"the ledger does not hold at entry {position}: {en}",
            ja=f"帳簿の {position} 番の記録に食い違いがあります（{ja}）",
        ),
        hint=_RESTORE,
    )
