from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from myself_i2i.attestation import PrivateKey, parse_strict
from myself_i2i.cli._journal_page import as_json, page
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64
from myself_i2i.journal import (
    DOES_NOT_SHOW,
    Batch,
    Dating,
    Keeper,
    KeptStamp,
    Notebook,
    Stamp,
    frames,
    read_work_file,
    unstamped,
)
from myself_i2i.ledger import Ledger, export_lines, import_lines
from myself_i2i.story import html
from tests.journal.conftest import work_file
from tests.journal.workfiles import drawing, png

SCHEMA = Path(__file__).parents[2] / "spec" / "journal.schema.json"
STAMP = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)


class TestFrames:
    def test_listed(self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> None:
        """Every frame comes back with its number, work, moment, and how it looked."""
        notebook.note([work_file(1), work_file(2, looks=False)], now=noon)
        one, two = frames(ledger, home)
        assert [(1, "psd"), (2, "sai2")] == [(frame.number, frame.kind) for frame in (one, two)]
        assert ("Autumn cover", noon, None) == (one.work, one.dating.noted_at, one.dating.shown_by)
        assert {ORIGIN, PDQ64} == set(one.fingerprints)
        assert list(work_file(1).fingerprints) == [one.fingerprints[name] for name in (ORIGIN, PDQ64)]
        assert {} == two.fingerprints
        assert [] == frames(ledger, home, work="another")

    def test_file_still_there(
        self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime, tmp_path: Path
    ) -> None:
        """A frame's file is named, and read, only while its bytes are what was noted."""
        path = tmp_path / "a.png"
        path.write_bytes(png(drawing(1)))
        file = read_work_file(path)
        assert file is not None
        notebook.note([file], now=noon)
        (frame,) = frames(ledger, home)
        assert (path, png(drawing(1))) == (frame.path, frame.read())
        os.utime(path, (1, 1))
        assert [path] == [one.path for one in frames(ledger, home)]
        for change in (lambda: path.write_bytes(bytes(file.size)), path.unlink):
            change()
            assert [(None, None)] == [(one.path, one.read()) for one in frames(ledger, home)]

    def test_of_others(
        self,
        *,
        notebook: Notebook,
        ledger: Ledger,
        home: Path,
        noon: datetime,
        tmp_path: Path,
        other_key: PrivateKey,
        random: Callable[[int], bytes],
    ) -> None:
        """A journal of somebody else's, imported, is none of this person's frames."""
        notebook.note([work_file(1)], now=noon)
        with Ledger.open(tmp_path / "other.sqlite") as theirs:
            Notebook(theirs, tmp_path / "their home", other_key, work="x", randomness=random).note(
                [work_file(2)], now=noon
            )
            import_lines(ledger, export_lines(theirs), appended_at=noon)
        assert 2 == ledger.verify().envelopes
        assert [1] == [frame.number for frame in frames(ledger, home)]

    def test_unread_stamp(self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> None:
        """A time-stamp that is there and is none is said, and dates nothing."""
        notebook.note([work_file(1)], now=noon)
        (frame,) = frames(ledger, home)
        Keeper(home).keep_stamp(KeptStamp(Batch.of([frame.envelope.digest]), b"no time-stamp"))
        (frame,) = frames(ledger, home)
        assert None is frame.dating.shown_by
        assert "not read" in frame.dating.others(UTC).en


class TestUnstamped:
    def test_batch(
        self, notebook: Notebook, ledger: Ledger, home: Path, key: PrivateKey, noon: datetime
    ) -> None:
        """What was noted offline waits together, and what is stamped waits no more."""
        assert None is unstamped(ledger, home, key.keyid)
        for number in (1, 2):
            notebook.note([work_file(number)], now=noon)
        batch = unstamped(ledger, home, key.keyid)
        assert batch == Batch.of(frame.envelope.digest for frame in frames(ledger, home))
        Keeper(home).keep_stamp(KeptStamp(batch, b"x"))
        assert None is unstamped(ledger, home, key.keyid)
        assert None is unstamped(ledger, home, "ab" * 32)


class TestDating:
    @pytest.mark.parametrize(
        ("stamp", "says", "shown"),
        [
            (None, "no time-stamp", None),
            (Stamp(STAMP, "TSA", known=False), "adds nothing", None),
            (Stamp(STAMP, "TSA", known=True), "TSA", STAMP),
        ],
    )
    def test_whose_word(self, noon: datetime, stamp: Stamp | None, says: str, shown: datetime | None) -> None:
        """The signer's clock and the authority's are never mixed; only a known authority dates a frame."""
        dating = Dating(noon, stamp)
        assert shown == dating.shown_by
        assert says in dating.others(UTC).en
        assert "own clock" in dating.own(UTC).en

    def test_zone(self, noon: datetime) -> None:
        """Moments carry their distance from UTC, so that they read the same everywhere."""
        tokyo = timezone(timedelta(hours=9))
        assert "2026-11-03 21:00:00+09:00（" in Dating(noon).own(tokyo).ja


class TestShown:
    def test_json(self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> None:
        """The JSON is of the published shape, tells no fingerprint and no salt, and prints the limit."""
        notebook.note([work_file(1)], now=noon)
        value = as_json(frames(ledger, home))
        schema = parse_strict(SCHEMA.read_bytes(), where="schema")
        Draft202012Validator(schema).validate(value)
        assert DOES_NOT_SHOW.en == value["limit"]["en"]
        assert work_file(1).fingerprints[0].text not in str(value)

    def test_page(
        self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime, tmp_path: Path
    ) -> None:
        """The page shows small what is still here, says of the rest that it is gone, and prints the limit."""
        path = tmp_path / "a<b>.png"
        path.write_bytes(png(drawing(1)))
        file = read_work_file(path)
        assert file is not None
        notebook.note([file, work_file(2)], now=noon)
        for language, limit in (("en", DOES_NOT_SHOW.en), ("ja", DOES_NOT_SHOW.ja)):
            text = html(page(frames(ledger, home), language, UTC))  # type: ignore[arg-type]  # the two there are
            assert 1 == text.count("data:image/webp")
            assert "a&lt;b&gt;.png" in text
            assert limit.split("。")[0].split(".")[0] in text
