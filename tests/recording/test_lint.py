from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from myself_i2i.attestation import sign
from myself_i2i.ledger import KeyStore
from myself_i2i.predicates import make_statement
from myself_i2i.predicates.generation import Relation, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.recording.digests import subject_of
from myself_i2i.recording.hand import hand_work
from myself_i2i.recording.lint import Linted, Owner, lint_picture
from myself_i2i.rights import LedgerStatements
from tests.recording.conftest import SECONDS, Studio
from tests.support.pictures import png


def lint(studio: Studio, path: Path, *, keyid: str | None = None, waiting: tuple[str, ...] = ()) -> Linted:
    """What is missing for one picture."""
    owner = Owner(frozenset({keyid or KeyStore(studio.home).load().keyid}), frozenset(waiting))
    with studio.ledger() as ledger:
        return lint_picture(path, path.read_bytes(), LedgerStatements(ledger), owner)


def made(studio: Studio, output: Path, *inputs: tuple[str, Path]) -> Path:
    """Record one run."""
    recorder = studio.recorder()
    run = recorder.begin()
    for role, path in inputs:
        run.input(role, path=path)
    run.output(output)
    assert recorder.flush(SECONDS)
    recorder.close()
    return output


class TestRecorded:
    def test_all_there(self, studio: Studio) -> None:
        """A recorded picture from a declared source misses nothing."""
        studio.key()
        source = studio.picture("rough.png", 1)
        studio.declare(source)
        assert Linted("recorder") == lint(studio, made(studio, studio.picture("o.png", 2), ("init", source)))

    def test_metadata_rewritten(self, studio: Studio) -> None:
        """A copy with other metadata is the same picture."""
        studio.key()
        made(studio, studio.picture("o.png", 2))
        copy = studio.folder / "copy.png"
        copy.write_bytes(png(seed=2, texts={"Title": "x"}))
        assert Linted("recorder") == lint(studio, copy)

    def test_not_recorded(self, studio: Studio) -> None:
        """A picture without a record is reported, with the command for exactly this file."""
        studio.key()
        path = studio.picture("it's one.png", 1)
        [problem] = lint(studio, path).problems
        assert f"myself-i2i mark '{studio.folder}/it'\"'\"'s one.png'" == problem.command

    def test_of_another(self, studio: Studio) -> None:
        """Somebody else's record does not count."""
        studio.key()
        path = made(studio, studio.picture("o.png", 2))
        assert lint(studio, path, keyid="ab" * 32).problems

    def test_no_picture(self, studio: Studio) -> None:
        """A broken file is reported as not recorded."""
        studio.key()
        path = studio.folder / "broken.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n")
        assert None is lint(studio, path).written_by

    def test_waiting(self, studio: Studio) -> None:
        """A record that waits for the key is told as that."""
        studio.key()
        path = studio.picture("o.png", 2)
        digest = subject_of(path, path.read_bytes()).digest["sha256"]
        [problem] = lint(studio, path, waiting=(digest,)).problems
        assert "myself-i2i keys show" == problem.command

    def test_source_among_outputs(self, studio: Studio) -> None:
        """A declared drawing lying among the outputs needs no record; a "generation" without a record does."""
        studio.key()
        drawing = studio.picture("rough.png", 1)
        studio.declare(drawing)
        assert Linted("source") == lint(studio, drawing)


class TestInputs:
    def test_undeclared(self, studio: Studio) -> None:
        """An undeclared input is reported with the command that declares it, by its path when it lies beside the picture."""
        studio.key()
        path = made(studio, studio.picture("o.png", 2), ("init", studio.picture("in.png", 1)))
        [problem] = lint(studio, path).problems
        assert f"myself-i2i sources add {studio.folder}/in.png --basis BASIS" == problem.command

    def test_mask(self, studio: Studio) -> None:
        """A mask needs no basis."""
        studio.key()
        path = made(studio, studio.picture("o.png", 2), ("mask", studio.picture("in.png", 1)))
        assert Linted("recorder") == lint(studio, path)

    def test_declared_later(self, studio: Studio) -> None:
        """Declaring the source afterwards mends it."""
        studio.key()
        source = studio.picture("in.png", 1)
        path = made(studio, studio.picture("o.png", 2), ("init", source))
        studio.declare(source)
        assert Linted("recorder") == lint(studio, path)

    def test_unidentified(self, studio: Studio) -> None:
        """An input that could not be identified cannot be mended, and that is said."""
        studio.key()
        recorder = studio.recorder()
        run = recorder.begin()
        run.input("init", image=Image.new("RGB", (9, 9)))
        path = studio.picture("o.png", 2)
        run.output(path)
        assert recorder.flush(SECONDS)
        assert [None] == [one.command for one in lint(studio, path).problems]

    def test_own_picture_without_a_declaration(self, studio: Studio) -> None:
        """An own picture that went in while there was no key to declare it is reported with the one command."""
        recorder = studio.recorder()
        first, second = studio.picture("1.png", 1), studio.picture("2.png", 2)
        recorder.begin().output(first)
        run = recorder.begin()
        run.input("init", path=first)
        run.output(second)
        recorder.close()
        studio.key()
        studio.recorder().close()
        [problem] = lint(studio, second).problems
        assert f"myself-i2i sources add {first} --basis own-generation" == problem.command


class TestHandWork:
    def test_linked(self, studio: Studio) -> None:
        """A picture linked to the one it was painted over is recorded by hand, and what is behind it still counts."""
        studio.key()
        before = made(studio, studio.picture("before.png", 2), ("init", studio.picture("found.png", 1)))
        after = studio.picture("after.png", 3)
        key = KeyStore(studio.home).load()
        said = hand_work(
            subject_of(before, before.read_bytes()),
            hand="eyes redrawn",
            now=datetime(2026, 11, 3, tzinfo=UTC),
        )
        statement = make_statement(said, [subject_of(after, after.read_bytes())])
        with studio.ledger() as ledger:
            ledger.append(sign(statement, key), appended_at=datetime.now(UTC))
        record = studio.records()["after.png"]
        assert (WrittenBy.HAND, Relation.HAND_WORK, "eyes redrawn") == (
            record.written_by,
            record.parents[0].relation,
            record.parents[0].note,
        )
        found = lint(studio, after)
        assert "hand" == found.written_by
        assert any(
            "found.png" in str(one.command) or "before.png" in str(one.command) for one in found.problems
        )

    @pytest.mark.parametrize("basis", [Basis.OWN_DRAWING, Basis.OWN_PHOTO])
    def test_over_a_declared_picture(self, studio: Studio, basis: Basis) -> None:
        """Hand work over a declared picture misses nothing."""
        studio.key()
        before, after = studio.picture("before.png", 1), studio.picture("after.png", 2)
        studio.declare(before, basis)
        said = hand_work(
            subject_of(before, before.read_bytes()), hand="x", now=datetime(2026, 11, 3, tzinfo=UTC)
        )
        with studio.ledger() as ledger:
            statement = make_statement(said, [subject_of(after, after.read_bytes())])
            ledger.append(sign(statement, KeyStore(studio.home).load()), appended_at=datetime.now(UTC))
        assert Linted("hand") == lint(studio, after)
