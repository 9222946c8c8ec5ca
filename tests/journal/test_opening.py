import base64
import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from myself_i2i.attestation import PrivateKey, Subject, canonical_json, sign
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.fingerprint.interface import PDQ64
from myself_i2i.journal import Batch, Keeper, KeptStamp, Notebook, Opening, frames, open_entry, opening_of
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Journal, Source, make_statement, read_signed
from myself_i2i.predicates.source import Basis
from myself_i2i.predicates.wish import Scope, Wish, WishAnswer
from tests.journal.conftest import work_file

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "spec" / "journal-opening.schema.json").read_text(encoding="utf-8")
)
Random = Callable[[int], bytes]


@pytest.fixture
def opening(notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> Opening:
    """What opens the second of three frames, all of it."""
    notebook.note([work_file(number) for number in (1, 2, 3)], now=noon)
    found = opening_of(frames(ledger, home)[1], looks=True, work=True)
    assert found is not None
    return found


class TestOpen:
    def test_whole(self, opening: Opening, key: PrivateKey, noon: datetime) -> None:
        """An opening shows the file, how it looked, the work's name, and when, by whose clock."""
        opened = open_entry(Opening.from_json(opening.to_json()))
        file = work_file(2)
        assert (2, "psd", noon, "Autumn cover", None) == (
            opened.frame,
            opened.kind,
            opened.noted_at,
            opened.work,
            opened.stamp,
        )
        assert (key.public_key, file.sha256) == (opened.public_key, opened.sha256)
        assert {one.algorithm: one.value for one in file.fingerprints} == {
            name: one.value for name, one in opened.fingerprints.items()
        }

    def test_parts(self, opening: Opening) -> None:
        """The file opens without its looks, the looks without the file; what is not opened is not in the document."""
        file = replace(opening, fingerprints={}, work=None)
        looks = replace(opening, file=None, work=None)
        assert ({}, None) == (open_entry(file).fingerprints, open_entry(file).work)
        assert None is open_entry(looks).sha256
        assert work_file(2).sha256.encode() not in looks.to_json()
        assert work_file(2).fingerprints[0].text.encode() not in file.to_json()

    def test_others_stay_sealed(self, opening: Opening) -> None:
        """Opening one frame tells nothing of its neighbours but that they are there."""
        for number in (1, 3):
            assert work_file(number).sha256.encode() not in opening.to_json()

    def test_by_shell(self, opening: Opening, tmp_path: Path) -> None:
        """The line of shell on the page computes the commitment, with no code of ours."""
        if shutil.which("sha256sum") is None:
            pytest.skip("no sha256sum on this machine")
        said = read_signed(opening.envelope).predicate
        assert isinstance(said, Journal)
        assert opening.file is not None
        line = 'printf \'https://myself-i2i.org/journal/v1/%s\\n%s\\n%s\\n%s\\n\' file "$1" "$2" "$3" | sha256sum'
        done = subprocess.run(
            ["/bin/sh", "-c", line, "-", said.public_key.keyid, opening.file.salt.hex(), opening.file.value],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        assert said.entries[1].file == done.stdout.split()[0]
        page = (Path(__file__).parents[2] / "spec" / "predicates" / "journal.md").read_text(encoding="utf-8")
        assert line.split(" file ", maxsplit=1)[0] in page

    def test_schema(self, opening: Opening) -> None:
        """The document is of the published shape, with a time-stamp too."""
        stamped = replace(opening, stamp=KeptStamp(Batch.of([opening.envelope.digest]), b"x"))
        for one in (opening, stamped):
            jsonschema.validate(json.loads(one.to_json()), SCHEMA)
            assert one == Opening.from_json(one.to_json())


class TestForged:
    @pytest.mark.parametrize("part", ["file", "work", PDQ64])
    def test_other_value(self, opening: Opening, part: str, random: Random) -> None:
        """Another value, or another salt, in the place of what was sealed opens nothing."""
        kept = {"file": opening.file, "work": opening.work, **opening.fingerprints}[part]
        assert kept is not None
        other = "00" * 32
        for forged in (replace(kept, value=other), replace(kept, salt=random(32))):
            changed = (
                replace(opening, fingerprints={**opening.fingerprints, part: forged})
                if part == PDQ64
                else replace(opening, file=forged)
                if part == "file"
                else replace(opening, work=forged)
            )
            with pytest.raises(VerificationError, match="sealed"):
                open_entry(changed)

    def test_other_frame(self, opening: Opening) -> None:
        """What opens one frame does not open its neighbour, nor one that is not there."""
        for frame in (1, 3, 4):
            with pytest.raises(VerificationError, match="open"):
                open_entry(replace(opening, frame=frame))

    def test_nothing(self, opening: Opening) -> None:
        """An opening that opens nothing is none."""
        with pytest.raises(VerificationError, match="nothing"):
            open_entry(replace(opening, file=None, fingerprints={}))

    def test_file_as_looks(self, opening: Opening) -> None:
        """What was sealed as a file cannot be shown as a fingerprint, nor as one that was never sealed."""
        assert opening.file is not None
        for name in ("file", "work", "iscc_v0"):
            with pytest.raises(VerificationError, match="sealed"):
                open_entry(replace(opening, fingerprints={name: opening.file}))

    def test_copied_commitment(self, opening: Opening, other_key: PrivateKey, noon: datetime) -> None:
        """Somebody who copies a commitment into a journal of their own cannot open it there, even with its salt."""
        said = read_signed(opening.envelope).predicate
        assert isinstance(said, Journal)
        copied = replace(said, public_key=other_key.public_key, noted_at=noon.replace(year=2020))
        forged = replace(opening, envelope=sign(make_statement(copied), other_key))
        with pytest.raises(VerificationError, match="sealed"):
            open_entry(forged)

    def test_other_signature(self, opening: Opening, other_key: PrivateKey) -> None:
        """A journal that another key signed is refused."""
        said = read_signed(opening.envelope).statement
        with pytest.raises(VerificationError):
            open_entry(replace(opening, envelope=sign(said, other_key)))

    def test_no_journal(self, opening: Opening, key: PrivateKey, noon: datetime) -> None:
        """An envelope that holds something else is refused."""
        source = Source(basis=Basis.OWN_DRAWING, declared_at=noon)
        statement = make_statement(source, [Subject("x", {"sha256": "ab" * 32})])
        wish = Wish(public_key=key.public_key, i2i=WishAnswer.NO, scope=Scope.ACCOUNTS, wished_at=noon)
        for other in (statement, make_statement(wish)):
            with pytest.raises(VerificationError):
                open_entry(replace(opening, envelope=sign(other, key)))

    def test_stamp_of_others(self, opening: Opening) -> None:
        """A time-stamp over a batch without this envelope is refused."""
        stamp = KeptStamp(Batch.of(["ab" * 32]), b"x")
        with pytest.raises(VerificationError, match="other envelopes"):
            open_entry(replace(opening, stamp=stamp))


class TestFromJson:
    def test_mutated(self, opening: Opening) -> None:
        """With any value anywhere replaced, the document is refused, or shows the same and no more."""
        whole = json.loads(opening.to_json())
        opened = open_entry(opening)
        junks: list[Any] = [None, True, 0, -1, 1.5, "", "zz", [], {}, [[]], {"salt": "00" * 32}, "ab" * 32]
        for junk in junks:
            for path in _paths(whole):
                changed = copy.deepcopy(whole)
                _put(changed, path, junk)
                try:
                    got = open_entry(Opening.from_json(canonical_json(changed)))
                except (InputError, VerificationError):
                    continue
                assert dict(opened.fingerprints) == {**opened.fingerprints, **got.fingerprints}, path
                assert opened == replace(got, fingerprints=opened.fingerprints), path

    def test_cut(self, opening: Opening) -> None:
        """A document cut short anywhere is refused."""
        data = opening.to_json().rstrip()
        for end in range(0, len(data), 97):
            with pytest.raises(InputError):
                Opening.from_json(data[:end])

    def test_bad_stamp(self, opening: Opening) -> None:
        """A time-stamp that is no object with a batch and an answer is refused."""
        for wrong in ("x", {"batch": "x"}, {"response": "AA=="}, {"batch": "x", "response": "AA=="}):
            with pytest.raises(InputError):
                Opening.from_json(canonical_json({**json.loads(opening.to_json()), "timestamp": wrong}))

    def test_bad_base64(self, opening: Opening) -> None:
        """A response that is no base64 is refused."""
        stamped = replace(opening, stamp=KeptStamp(Batch.of([opening.envelope.digest]), b"abc"))
        data = stamped.to_json().replace(base64.b64encode(b"abc"), b"@@@@")
        with pytest.raises(InputError, match="timestamp"):
            Opening.from_json(data)


def _paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict):
        return [so_far]
    return [so_far, *(path for name, one in value.items() for path in _paths(one, (*so_far, name)))][
        0 if so_far else 1 :
    ]


def _put(value: Any, path: tuple[Any, ...], junk: Any) -> None:
    for name in path[:-1]:
        value = value[name]
    value[path[-1]] = junk


class TestKeeperSurvives:
    def test_lost_salts(self, opening: Opening, ledger: Ledger, home: Path) -> None:
        """Without its salts a frame is still listed, and cannot be opened."""
        assert opening.file is not None
        said = read_signed(opening.envelope).predicate
        assert isinstance(said, Journal)
        (home / "journal" / f"{said.entries[1].file}.json").unlink()
        frame = frames(ledger, home)[1]
        assert (2, None, None) == (frame.number, frame.sealed, opening_of(frame))
        assert (None, None, None, None) == (frame.path, frame.read(), frame.sha256, frame.work)
        assert {} == frame.fingerprints
        assert None is Keeper(home).find(said.entries[1].file)
