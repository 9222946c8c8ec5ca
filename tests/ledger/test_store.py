import random
import sqlite3
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import Envelope, PrivateKey, Statement, sign
from myself_i2i.errors import InputError, LedgerError, VerificationError
from myself_i2i.ledger import EntryKind, Head, Ledger
from myself_i2i.predicates import Source

Make = Callable[[int], Envelope]


class TestAppend:
    def test_entry(self, ledger: Ledger, pledge: Envelope, key: PrivateKey, noon: datetime) -> None:
        """An appended envelope is an entry with its digest, time and content; its key is entered before it."""
        entry = ledger.append(pledge, appended_at=noon)
        assert (1, EntryKind.ENVELOPE, pledge.digest, noon) == (
            entry.position, entry.kind, entry.digest, entry.appended_at,
        )  # fmt: skip
        assert pledge == entry.envelope
        first = next(ledger.entries())
        assert (EntryKind.KEY, key.public_key) == (first.kind, first.public_key)

    def test_same_again(self, ledger: Ledger, pledge: Envelope, noon: datetime) -> None:
        """The same envelope again, even later, returns the entry it has."""
        entry = ledger.append(pledge, appended_at=noon)
        assert entry == ledger.append(pledge, appended_at=noon + timedelta(days=1))
        assert 2 == ledger.head.size

    def test_key_is_needed(self, ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> None:
        """A signer nobody introduced is refused; once known, the key need not be given again."""
        with pytest.raises(VerificationError, match=key.keyid[:16]):
            ledger.append(make(1), appended_at=noon)
        assert 0 == ledger.head.size
        ledger.append(make(1), appended_at=noon, public_key=key.public_key)
        ledger.append(make(2), appended_at=noon)
        assert key.public_key == ledger.public_key(key.keyid)

    def test_nothing_unverified(
        self, ledger: Ledger, make: Make, key: PrivateKey, other_key: PrivateKey, noon: datetime
    ) -> None:
        """A changed envelope, a wrong key and a payload that is no statement leave the ledger as it was."""
        good = make(1)
        changed = Envelope(good.payload.replace(b"drawing", b"drowing"), good.signatures)
        no_statement = sign(Statement((), "", {}, b"{}"), key)
        for envelope, public_key, error in (
            (changed, key.public_key, VerificationError),
            (good, other_key.public_key, VerificationError),
            (no_statement, key.public_key, InputError),
        ):
            with pytest.raises(error):
                ledger.append(envelope, appended_at=noon, public_key=public_key)
        assert 0 == ledger.head.size

    def test_all_or_none(self, ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> None:
        """Of a group with one bad envelope nothing is appended."""
        good = make(1)
        bad = Envelope(good.payload + b" ", good.signatures)
        with pytest.raises(VerificationError):
            ledger.append_all([good, bad], appended_at=noon, public_keys=[key.public_key])
        assert 0 == ledger.head.size
        entries = ledger.append_all(
            [make(n) for n in range(5)], appended_at=noon, public_keys=[key.public_key]
        )
        assert [1, 2, 3, 4, 5] == [entry.position for entry in entries]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
    @given(numbers=st.lists(st.integers(0, 8), max_size=12))
    def test_any_order(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        make: Make,
        key: PrivateKey,
        noon: datetime,
        numbers: list[int],
    ) -> None:
        """After any appends, repeats included, the ledger verifies and holds each envelope once, in order."""
        path = tmp_path_factory.mktemp("any") / "ledger.sqlite"
        with Ledger.open(path) as ledger:
            for number in numbers:
                ledger.append(make(number), appended_at=noon, public_key=key.public_key)
            report = ledger.verify()
            kept = [entry.digest for entry in ledger.entries(EntryKind.ENVELOPE)]
        assert [make(number).digest for number in dict.fromkeys(numbers)] == kept
        assert (len(kept), ledger_keys(numbers)) == (report.envelopes, report.keys)


def ledger_keys(numbers: list[int]) -> int:
    """One signer, once anything was appended."""
    return 1 if numbers else 0


class TestLookUp:
    @pytest.fixture(autouse=True)
    def filled(self, ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> None:
        """Three declarations."""
        ledger.append_all([make(n) for n in range(3)], appended_at=noon, public_keys=[key.public_key])

    def test_by_digest(self, ledger: Ledger, make: Make) -> None:
        """An envelope is found by its digest; nothing is found by another, or by what is no digest."""
        found = ledger.get(make(1).digest)
        assert found is not None
        assert make(1) == found.envelope
        assert ledger.get("00" * 32) is None
        assert ledger.get("not hex") is None

    def test_by_subject(self, ledger: Ledger, make: Make) -> None:
        """A file's statements are found by its sha256 and by its imageData digest, not by the other's value."""
        assert [make(1).digest] == [entry.digest for entry in ledger.by_sha256(f"{1:064x}")]
        assert [make(0).digest] == [entry.digest for entry in ledger.by_image_data(f"{1:064x}")]
        assert () == ledger.by_sha256(f"{9:064x}")

    def test_by_type_and_key(self, ledger: Ledger, make: Make, key: PrivateKey) -> None:
        """All statements of a type, and all of a signer, come in order."""
        expected = [make(n).digest for n in range(3)]
        assert expected == [entry.digest for entry in ledger.by_predicate_type(Source.PREDICATE_TYPE)]
        assert expected == [entry.digest for entry in ledger.by_keyid(key.keyid)]
        assert () == ledger.by_keyid("00" * 32)

    def test_public_key(self, ledger: Ledger, make: Make, key: PrivateKey) -> None:
        """A key is found by its keyid; an envelope's digest is no key."""
        assert key.public_key == ledger.public_key(key.keyid)
        assert ledger.public_key(make(1).digest) is None


class TestAppendOnly:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE entries SET appended_at = 'x'",
            "DELETE FROM entries WHERE position = 1",
            "UPDATE facts SET value = 'x'",
            "DELETE FROM facts",
            "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 1",
            "INSERT OR REPLACE INTO entries SELECT 2, kind, digest, 'x', content, hash FROM entries WHERE position = 1",
            "INSERT INTO entries SELECT 7, kind, x'" + "00" * 32 + "', 'x', content, x'" + "11" * 32 + "' FROM entries WHERE position = 1",
        ],
    )  # fmt: skip
    def test_refused_by_the_file(self, ledger: Ledger, pledge: Envelope, noon: datetime, sql: str) -> None:
        """The database itself refuses to change, remove, replace or misplace an entry, whoever asks."""
        ledger.append(pledge, appended_at=noon)
        other = sqlite3.connect(ledger.path)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), other:
            other.execute(sql)
        other.close()
        assert 1 == ledger.verify().envelopes


class TestFile:
    def test_private(self, ledger: Ledger) -> None:
        """The file is for its owner's eyes only."""
        assert 0o600 == stat.S_IMODE(ledger.path.stat().st_mode)

    def test_one_file(self, ledger: Ledger, pledge: Envelope, noon: datetime, tmp_path: Path) -> None:
        """After an append the one file is the whole ledger, even while it is open: its bytes are a copy."""
        ledger.append(pledge, appended_at=noon)
        assert [ledger.path] == list(tmp_path.iterdir())
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(ledger.path.read_bytes())
        with Ledger.open(copy) as copied:
            assert ledger.verify() == copied.verify()

    def test_copy_to(self, ledger: Ledger, pledge: Envelope, noon: datetime, tmp_path: Path) -> None:
        """A copy made through the ledger is the same ledger, private, and never overwrites a file."""
        ledger.append(pledge, appended_at=noon)
        target = tmp_path / "copy.sqlite"
        ledger.copy_to(target)
        assert 0o600 == stat.S_IMODE(target.stat().st_mode)
        with Ledger.open(target) as copied:
            assert ledger.verify() == copied.verify()
        with pytest.raises(LedgerError):
            ledger.copy_to(target)

    def test_missing(self, tmp_path: Path) -> None:
        """Without permission to make one, a missing ledger is told with how to start one."""
        with pytest.raises(LedgerError, match="no ledger") as caught:
            Ledger.open(tmp_path / "none.sqlite", create=False)
        assert caught.value.hint is not None
        assert [] == list(tmp_path.iterdir())

    def test_newer(self, tmp_path: Path) -> None:
        """A ledger of a later version is left alone, and the error says to update."""
        path = tmp_path / "ledger.sqlite"
        Ledger.open(path).close()
        with sqlite3.connect(path) as raw:
            raw.execute("PRAGMA user_version = 99")
        raw.close()
        before = path.read_bytes()
        with pytest.raises(LedgerError, match="version 99") as caught:
            Ledger.open(path)
        assert before == path.read_bytes()
        assert caught.value.hint is not None
        assert "update" in caught.value.hint.en

    def test_another_programs_file(self, tmp_path: Path) -> None:
        """Another program's SQLite file is not turned into a ledger."""
        path = tmp_path / "other.sqlite"
        with sqlite3.connect(path) as raw:
            raw.execute("CREATE TABLE notes (text)")
        raw.close()
        before = path.read_bytes()
        with pytest.raises(LedgerError, match="not a ledger"):
            Ledger.open(path)
        assert before == path.read_bytes()

    @pytest.mark.parametrize(
        "content", [b"hello, this is no database" * 100, b"SQLite format 3\0" + bytes(2000)]
    )
    def test_not_a_database(self, tmp_path: Path, content: bytes) -> None:
        """A file of something else is refused and left as it is."""
        path = tmp_path / "ledger.sqlite"
        path.write_bytes(content)
        with pytest.raises(LedgerError) as caught:
            Ledger.open(path)
        assert caught.value.hint is not None
        assert content == path.read_bytes()

    def test_damaged(self, ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> None:
        """Whatever bytes of the file are damaged, reading it ends or raises our error; nothing else comes out."""
        for number in range(5):
            ledger.append(make(number), appended_at=noon, public_key=key.public_key)
        ledger.close()
        whole = ledger.path.read_bytes()
        chance = random.Random(20261122)  # noqa: S311  # where a test strikes, reproducibly
        for _ in range(200):
            damaged = bytearray(whole)
            for _ in range(chance.choice([1, 3])):
                damaged[chance.randrange(len(whole))] = chance.choice([0x00, 0x80, 0xFF])
            ledger.path.write_bytes(damaged)
            with suppress(LedgerError, VerificationError), Ledger.open(ledger.path) as again:
                list(again.entries())
                again.verify()

    def test_unwritable_folder(self, tmp_path: Path) -> None:
        """A folder that cannot be made is told as such."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(LedgerError, match="cannot be opened"):
            Ledger.open(tmp_path / "file" / "ledger.sqlite")

    def test_busy(self, ledger: Ledger, pledge: Envelope, noon: datetime) -> None:
        """A ledger that another program holds is waited for, then told as in use; nothing is appended."""
        other = sqlite3.connect(ledger.path, isolation_level=None)
        with Ledger.open(ledger.path, busy_seconds=0.2) as waiting:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerError, match="in use"):
                waiting.append(pledge, appended_at=noon)
            other.execute("ROLLBACK")
            assert 0 == waiting.head.size
            waiting.append(pledge, appended_at=noon)
        other.close()
        assert 2 == ledger.head.size


class TestHead:
    def test_empty(self, ledger: Ledger) -> None:
        """An empty ledger has size 0 and a hash of zeros."""
        assert Head(0, "0" * 64) == ledger.head

    def test_last(self, ledger: Ledger, pledge: Envelope, noon: datetime) -> None:
        """The head is the last entry's hash, and the report's."""
        entry = ledger.append(pledge, appended_at=noon)
        assert Head(2, entry.hash) == ledger.head == ledger.verify().head
