import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.attestation import PrivateKey, Statement, Subject
from myself_i2i.errors import InputError, UsageError
from myself_i2i.predicates import make_statement, read_predicate
from myself_i2i.predicates.journal import (
    ENTRIES,
    FILE,
    FRAMES,
    SALTED_FILE,
    WORK,
    Journal,
    JournalEntry,
    commitment,
)
from tests.predicates.test_spec import example

SALT = bytes(range(32))
PAGE = Path(__file__).parents[2] / "spec" / "predicates" / "journal.md"


def journal(key: PrivateKey, noon: datetime, **changes: Any) -> Journal:
    entries = (
        JournalEntry(frame=1, kind="psd", file="ab" * 32, fingerprints={"pdq64_v1": "cd" * 32}),
        JournalEntry(frame=2, kind="png", file="ef" * 32),
    )
    said: dict[str, Any] = {"public_key": key.public_key, "entries": entries, "noted_at": noon}
    return Journal(**said | changes)


class TestJournal:
    def test_reads_back(self, key: PrivateKey, noon: datetime) -> None:
        """What is noted reads back as the same value, chained and named or not."""
        for changes in ({}, {"work": "01" * 32, "previous": "02" * 32}):
            said = journal(key, noon, **changes)
            assert said == Journal.from_json(said.to_json())

    def test_subjects(self, key: PrivateKey, noon: datetime) -> None:
        """The subjects are the commitments, under a name of their own: no digest of any file is told."""
        statement = make_statement(journal(key, noon))
        assert {"ab" * 32, "ef" * 32} == statement.digests(SALTED_FILE)
        assert frozenset() == statement.digests("sha256")
        assert {"_"} == {subject.name for subject in statement.subjects}

    def test_other_subjects(self, key: PrivateKey, noon: datetime) -> None:
        """A journal filed under other files than those it speaks of is refused."""
        said = journal(key, noon)
        statement = Statement.make(
            [Subject("_", {SALTED_FILE: "ab" * 32})], said.PREDICATE_TYPE, said.to_json()
        )
        with pytest.raises(InputError, match="subjects"):
            read_predicate(statement)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("frame", 0),
            ("frame", 1.5),
            ("frame", "1"),
            ("frame", True),
            ("frame", FRAMES + 1),
            ("kind", "PSD"),
            ("kind", "a" * 17),
            ("file", "AB" * 32),
            ("fingerprints", {"pdq64_v1": "short"}),
            ("fingerprints", {"no version": "ab" * 32}),
            ("fingerprints", {f"a{number}_v1": f"{number:064x}" for number in range(17)}),
        ],
    )
    def test_entry_refused(self, key: PrivateKey, noon: datetime, name: str, value: object) -> None:
        """An entry of another shape is refused, and so is one with more fingerprints than there are algorithms."""
        fields = journal(key, noon).to_json()
        fields["entries"] = [fields["entries"][0] | {name: value}]
        with pytest.raises(InputError):
            Journal.from_json(fields)

    def test_in_order(self, key: PrivateKey, noon: datetime) -> None:
        """Frames stand in the order of their numbers, each number once."""
        fields = journal(key, noon).to_json()
        with pytest.raises(InputError, match="order"):
            Journal.from_json(fields | {"entries": fields["entries"][::-1]})
        with pytest.raises(InputError, match="order"):
            Journal.from_json(
                fields | {"entries": [fields["entries"][0], fields["entries"][1] | {"frame": 1}]}
            )

    def test_once(self, key: PrivateKey, noon: datetime) -> None:
        """No commitment stands twice, not even as that of a file and that of a fingerprint."""
        fields = journal(key, noon).to_json()
        twice = [fields["entries"][0], fields["entries"][1] | {"file": "cd" * 32}]
        with pytest.raises(InputError, match="twice"):
            Journal.from_json(fields | {"entries": twice})

    def test_bounds(self, key: PrivateKey, noon: datetime) -> None:
        """A statement holds 1 to 256 files, and the most of them still is one."""
        many = tuple(
            JournalEntry(frame=number, kind="png", file=f"{number:064x}") for number in range(1, ENTRIES + 2)
        )
        with pytest.raises(InputError, match="entries"):
            make_statement(journal(key, noon, entries=()))
        with pytest.raises(InputError, match="entries"):
            make_statement(journal(key, noon, entries=many))
        assert ENTRIES == len(make_statement(journal(key, noon, entries=many[:ENTRIES])).subjects)


class TestCommitment:
    def test_lines(self, key: PrivateKey) -> None:
        """A commitment is the sha256 of four lines of text that anyone can write down."""
        lines = f"https://myself-i2i.org/journal/v1/file\n{key.keyid}\n{SALT.hex()}\n{'ab' * 32}\n"
        expected = hashlib.sha256(lines.encode()).hexdigest()
        assert expected == commitment(FILE, "ab" * 32, keyid=key.keyid, salt=SALT)

    def test_everything_counts(self, key: PrivateKey, other_key: PrivateKey) -> None:
        """What is committed to, its value, who commits and the salt each change the commitment."""
        made = {
            commitment(what, value, keyid=who.keyid, salt=salt)
            for what in (FILE, WORK)
            for value in ("ab" * 32, "cd" * 32)
            for who in (key, other_key)
            for salt in (SALT, SALT[::-1])
        }
        assert 16 == len(made)

    def test_salt(self, key: PrivateKey) -> None:
        """A salt that could be guessed, or that is missing, is refused."""
        for salt in (b"", SALT[:31], SALT + b"\0"):
            with pytest.raises(UsageError, match="salt"):
                commitment(FILE, "ab" * 32, keyid=key.keyid, salt=salt)


class TestPage:
    def test_opens(self) -> None:
        """The page's salt and values open the commitments of its example, by the line of shell that it shows."""
        said = read_predicate(example("journal"))
        assert isinstance(said, Journal)
        page = PAGE.read_text(encoding="utf-8")
        shown = re.findall(r"^\| `([a-z0-9_]+)` \| `([0-9a-f]{64})` \| `([^`]+)` \|$", page, re.MULTILINE)
        sealed = {FILE: said.entries[0].file, WORK: said.work, **said.entries[0].fingerprints}
        opened = {
            what: commitment(what, value, keyid=said.public_key.keyid, salt=bytes.fromhex(salt))
            for what, salt, value in shown
        }
        assert {"file", "work", "pdq64_v1"} == set(opened)
        assert opened == {what: sealed[what] for what in opened}
