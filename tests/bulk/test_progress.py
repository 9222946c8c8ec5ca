from pathlib import Path

import pytest

from myself_i2i.bulk import Journal


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.jsonl"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"one")
    return picture


class TestJournal:
    def test_kept(self, state: Path, picture: Path) -> None:
        """A finished file's result is found again by a later run."""
        with Journal(state, "inspect") as journal:
            journal.keep(picture, {"mode": "t2i"})
        with Journal(state, "inspect") as journal:
            assert {"mode": "t2i"} == journal.get(picture)

    def test_changed_file(self, state: Path, picture: Path) -> None:
        """A file that changed since is done again."""
        with Journal(state, "inspect") as journal:
            journal.keep(picture, {"mode": "t2i"})
        picture.write_bytes(b"another")
        with Journal(state, "inspect") as journal:
            assert journal.get(picture) is None

    def test_other_settings(self, state: Path, picture: Path) -> None:
        """Results of another command are not mixed in."""
        with Journal(state, "inspect") as journal:
            journal.keep(picture, {})
        with Journal(state, "check") as journal:
            assert journal.get(picture) is None

    def test_cut_short(self, state: Path, picture: Path) -> None:
        """A line cut short by a kill is ignored, and what is written after it can be read."""
        other = picture.with_name("b.png")
        other.write_bytes(b"two")
        with Journal(state, "inspect") as journal:
            journal.keep(picture, {"n": 1})
        state.write_bytes(state.read_bytes()[:-9])
        with Journal(state, "inspect") as journal:
            assert journal.get(picture) is None
            journal.keep(other, {"n": 2})
        with Journal(state, "inspect") as journal:
            assert {"n": 2} == journal.get(other)
