import hashlib
import sqlite3
from collections.abc import Callable
from datetime import datetime

import pytest

from myself_i2i.attestation import Envelope, PrivateKey
from myself_i2i.errors import LedgerError
from myself_i2i.ledger import Head, Ledger
from myself_i2i.ledger._schema import SCHEMA

Make = Callable[[int], Envelope]


@pytest.fixture
def filled(ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> Ledger:
    """A ledger of a key and five envelopes."""
    ledger.append_all([make(n) for n in range(5)], appended_at=noon, public_keys=[key.public_key])
    return ledger


def tamper(ledger: Ledger, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change the file as somebody with a database tool would: triggers off, change, triggers on again."""
    raw = sqlite3.connect(ledger.path, isolation_level=None)
    triggers = [
        row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    ]
    for name in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement, values if "?" in statement else ())
    for statement in SCHEMA:
        if statement.startswith("CREATE TRIGGER"):
            raw.execute(statement)
    raw.close()


class TestVerify:
    def test_whole(self, filled: Ledger) -> None:
        """An untouched ledger gives its head and counts."""
        report = filled.verify()
        assert (filled.head, 1, 5) == (report.head, report.keys, report.envelopes)

    @pytest.mark.parametrize(
        ("statement", "position"),
        [
            ("UPDATE entries SET content = CAST(replace(content, 'A', 'B') AS BLOB) WHERE position = 3", 3),
            ("UPDATE entries SET appended_at = '2020-01-01T00:00:00Z' WHERE position = 2", 2),
            ("UPDATE entries SET kind = 'key' WHERE position = 4", 4),
            ("UPDATE entries SET hash = zeroblob(32) WHERE position = 1", 1),
            ("UPDATE entries SET digest = zeroblob(32) WHERE position = 5", 5),
            ("UPDATE entries SET appended_at = '日本' WHERE position = 2", 2),
            ("DELETE FROM facts WHERE position = 3", 3),
            ("UPDATE facts SET value = 'x' WHERE position = 3 AND name = 'sha256'", 3),
            ("INSERT INTO facts VALUES ('sha256', 'x', 2)", 2),
        ],
    )
    def test_changed(self, filled: Ledger, statement: str, position: int) -> None:
        """A change to any column of an entry, or to its look-up rows, is found, and the entry named."""
        tamper(filled, statement)
        with pytest.raises(LedgerError, match=f"entry {position}") as caught:
            filled.verify()
        assert f" {position} 番" in caught.value.message.ja

    def test_removed(self, filled: Ledger) -> None:
        """An entry taken out of the middle is missed at its place."""
        tamper(filled, "DELETE FROM facts WHERE position = 2", "DELETE FROM entries WHERE position = 2")
        with pytest.raises(LedgerError, match="entry 2 is missing"):
            filled.verify()

    def test_moved_up(self, filled: Ledger) -> None:
        """An entry taken out, and the rest moved up to hide it, breaks the chain there."""
        tamper(
            filled,
            "PRAGMA foreign_keys = OFF",
            "DELETE FROM facts WHERE position = 2",
            "DELETE FROM entries WHERE position = 2",
            "UPDATE entries SET position = position - 1 WHERE position > 2",
            "UPDATE facts SET position = position - 1 WHERE position > 2",
        )
        with pytest.raises(LedgerError, match="entry 2: the chain is broken"):
            filled.verify()

    def test_orphan_row(self, filled: Ledger) -> None:
        """A look-up row that points behind the end is found."""
        tamper(filled, "INSERT INTO facts VALUES ('sha256', 'x', 99)")
        with pytest.raises(LedgerError, match="no entry"):
            filled.verify()

    def test_recomputed(self, filled: Ledger, make: Make) -> None:
        """A changed envelope with its digest set right as well still breaks the chain."""
        content = make(77).to_json()
        tamper(
            filled,
            "UPDATE entries SET content = ?1, digest = ?2 WHERE position = 4",
            values=(content, hashlib.sha256(content).digest()),
        )
        with pytest.raises(LedgerError, match="entry 4: the chain"):
            filled.verify()

    def test_triggers_dropped(self, filled: Ledger) -> None:
        """A ledger whose protection was taken off says so."""
        raw = sqlite3.connect(filled.path)
        raw.execute("DROP TRIGGER entries_no_delete")
        raw.close()
        with pytest.raises(LedgerError, match="triggers"):
            filled.verify()

    def test_damaged_pages(self, filled: Ledger) -> None:
        """Pages overwritten with noise are told as damage, with a hint."""
        data = bytearray(filled.path.read_bytes())
        data[4096 + 100 : 4096 * 3] = b"\x5a" * (4096 * 2 - 100)
        filled.path.write_bytes(data)
        with pytest.raises(LedgerError) as caught, Ledger.open(filled.path) as damaged:
            damaged.verify()
        assert caught.value.hint is not None


class TestKept:
    def test_grown(self, filled: Ledger, make: Make, noon: datetime) -> None:
        """A ledger that only grew since a head was kept begins with it."""
        kept = filled.head
        filled.append(make(9), appended_at=noon)
        assert kept.size + 1 == filled.verify(kept=kept).head.size
        filled.verify(kept=Head(0, "0" * 64))

    def test_cut_off(self, filled: Ledger) -> None:
        """A cut-off end, which the chain alone cannot show, is shown by a kept head."""
        kept = filled.head
        tamper(filled, "DELETE FROM facts WHERE position = 5", "DELETE FROM entries WHERE position = 5")
        assert 4 == filled.verify().envelopes
        with pytest.raises(LedgerError, match="kept head of 6"):
            filled.verify(kept=kept)

    def test_another_ledger(self, filled: Ledger) -> None:
        """A head of another ledger of the same size does not fit."""
        with pytest.raises(LedgerError, match="kept head"):
            filled.verify(kept=Head(3, "ab" * 32))
