import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey
from myself_i2i.predicates import Source
from myself_i2i.predicates.generation import Input, Relation, WrittenBy
from myself_i2i.predicates.source import Basis, Origin
from myself_i2i.rights import LedgerStatements, SourceFile
from myself_i2i.story import DECLARED_ORIGIN, Look, StandingKind, Story, draw, graph, lines, tell
from myself_i2i.story.figure import Label
from tests.support.chains import MINUTE, NOON, Desk, came_from, chain, made, picture, retouched, went_in


def names(story: Story) -> list[str]:
    return [one.name for one in story.pictures]


def uses(story: Story, number: int = 0) -> list[tuple[str, str]]:
    """What went into a picture: how, and its name."""
    return [(use.how, story.pictures[use.picture].name) for use in story.uses_of.get(number, ())]


def standing(story: Story, name: str) -> StandingKind:
    return next(one.standing.kind for one in story.pictures if one.name == name)


class TestWay:
    def test_nothing(self, desk: Desk) -> None:
        """A picture that no record tells of is a story without steps."""
        story = tell(desk.statements(), picture(1))
        assert ((), ["1.png"]) == (story.steps, names(story))
        assert StandingKind.RESULT is story.picture.standing.kind

    def test_back_to_the_sources(self, day: Story) -> None:
        """The story leads through generation, hand work and upscaling back to every source."""
        assert [("init", "shaded.png")] == uses(day)
        at = {one.name: one.id for one in day.pictures}
        assert [("init", "lines-clean.png"), ("style", "paper.jpg")] == uses(day, at["shaded.png"])
        assert [("hand-work", "lines.png")] == uses(day, at["lines-clean.png"])
        assert [("reference", "ComfyUI_00017.png"), ("control", "rough.png")] == uses(day, at["lines.png"])
        assert {"rough.png", "paper.jpg"} == {one.name for one in day.sources}

    def test_oldest_first(self, day: Story) -> None:
        """Steps are told in the order of their times."""
        assert sorted(step.at for step in day.steps) == [step.at for step in day.steps]

    def test_fifty_steps(self, desk: Desk, tmp_path: Path) -> None:
        """A chain 50 steps deep is told from a ledger in under a second."""
        end = chain(desk, 50)
        with desk.keep(tmp_path / "ledger.sqlite") as ledger:
            # Processor time: other work on the machine is not this code's doing.
            begun = time.process_time()
            story = tell(LedgerStatements(ledger), end)
            took = time.process_time() - begun
        assert (101, 50) == (len(story.pictures), len(story.steps))
        assert took < 1


class TestJoining:
    def test_by_picture_data(self, desk: Desk) -> None:
        """A marked copy, another file with the same picture in it, is the same picture."""
        desk.say(made(), picture(1))
        marked = SourceFile(name="marked.png", sha256="9" * 64, image_data=picture(1).image_data)
        story = tell(desk.statements(), marked)
        assert (1, 1) == (len(story.pictures), len(story.steps))
        assert ("9" * 64, picture(1).sha256) == story.picture.sha256s

    def test_late(self, desk: Desk) -> None:
        """Two pictures met apart become one when a later statement gives both digests to one file."""
        whole = picture(1)
        by_file = Input(role="init", name="a", sha256=whole.sha256)
        by_data = Input(role="control", name="b", image_data=whole.image_data)
        desk.say(made("mixed", by_file, by_data), picture(2))
        desk.declare(whole)
        story = tell(desk.statements(), picture(2))
        assert 2 == len(story.pictures)

    def test_not_from_itself(self, desk: Desk) -> None:
        """The same picture saved again is no step from itself."""
        again = SourceFile(name="again.png", sha256="8" * 64, image_data=picture(1).image_data)
        desk.say(made(), picture(1))
        desk.say(retouched(picture(1), "metadata only", NOON), again)
        story = tell(desk.statements(), again)
        assert [] == uses(story)

    def test_named_elsewhere(self, desk: Desk) -> None:
        """An input known by name only is the one that another record of the picture identifies."""
        desk.say(made("i2i", Input(role="init", name="in/rough.png"), by=WrittenBy.FILE), picture(2))
        desk.say(made("i2i", went_in(picture(1, "rough.png"))), picture(2))
        story = tell(desk.statements(), picture(2))
        assert [("init", "rough.png")] == uses(story)
        assert 2 == len(story.pictures)

    def test_two_of_one_name(self, desk: Desk) -> None:
        """Two inputs of one record stay two pictures even when they are called the same."""
        same = [Input(role="init", name="image.png"), Input(role="init", name="image.png")]
        desk.say(made("i2i", *same), picture(2))
        assert 3 == len(tell(desk.statements(), picture(2)).pictures)

    def test_short_hashes_join_nothing(self, desk: Desk) -> None:
        """Eight hex digits of a tool's own hash do not make two inputs one picture."""
        for number, role in ((2, "init"), (3, "control")):
            short = Input(role=role, name=f"{role}.png", hashes={"pixels-sha256-8": "deadbeef"})
            desk.say(made("i2i", short), picture(number))
        desk.say(made("i2i", went_in(picture(2)), went_in(picture(3))), picture(4))
        assert 5 == len(tell(desk.statements(), picture(4)).pictures)


class TestRecords:
    def test_several(self, desk: Desk) -> None:
        """Of several records of one picture the recorder's stands in front, and all are kept."""
        desk.say(made(by=WrittenBy.HAND, at=NOON + MINUTE), picture(1))
        desk.say(made(by=WrittenBy.FILE, at=NOON + 2 * MINUTE), picture(1))
        desk.say(made(by=WrittenBy.RECORDER), picture(1))
        story = tell(desk.statements(), picture(1))
        order = [step.generation.written_by for step in story.steps_of[0] if step.generation]
        assert [WrittenBy.RECORDER, WrittenBy.FILE, WrittenBy.HAND] == order

    def test_withdrawn(self, desk: Desk) -> None:
        """A record that was taken back stays visible, behind any in force."""
        desk.withdraw(desk.say(made(), picture(1)))
        story = tell(desk.statements(), picture(1))
        assert story.steps[0].withdrawal is not None
        assert frozenset() == story.makers
        desk.say(made(by=WrittenBy.HAND), picture(1))
        first = tell(desk.statements(), picture(1)).step_of(0)
        assert first is not None
        assert first.withdrawal is None

    def test_plainest_use(self, desk: Desk) -> None:
        """The relation "generated-from" gives way to the role in which the same picture went in."""
        record = made("i2i", went_in(picture(1)), parents=[came_from(picture(1), Relation.GENERATED_FROM)])
        desk.say(record, picture(2))
        assert [("init", "1.png")] == uses(tell(desk.statements(), picture(2)))

    def test_several_subjects(self, desk: Desk) -> None:
        """One record about a batch tells only of the picture asked about."""
        desk.say(made(), picture(1), picture(2), picture(3))
        assert ["2.png"] == names(tell(desk.statements(), picture(2)))


class TestStandings:
    def test_declared(self, day: Story) -> None:
        """A source with a declaration stands on it, one without is undeclared, a recorded picture on its record."""
        assert StandingKind.DECLARED is standing(day, "rough.png")
        assert StandingKind.UNDECLARED is standing(day, "paper.jpg")
        assert StandingKind.RECORDED is standing(day, "shaded.png")

    def test_name_only(self, desk: Desk) -> None:
        """A source without any digest is said to be known by name only."""
        desk.say(made("i2i", Input(role="init", name="C:\\in\\a.png")), picture(1))
        assert StandingKind.NAME_ONLY is standing(tell(desk.statements(), picture(1)), "a.png")

    def test_withdrawn_declaration(self, desk: Desk) -> None:
        """A declaration that was taken back no longer holds, and is told of."""
        desk.withdraw(desk.declare(picture(1)))
        desk.say(made("i2i", went_in(picture(1))), picture(2))
        story = tell(desk.statements(), picture(2))
        assert StandingKind.UNDECLARED is standing(story, "1.png")
        assert "withdrawn (2026-11-03)" in story.pictures[1].standing.notes[0].en

    def test_somebody_elses_record(self, desk: Desk) -> None:
        """Another person's record of a source tells how it was made, not why the maker may use it."""
        stranger = PrivateKey.generate(b"s" * 32)
        desk.say(made(), picture(1), key=stranger)
        desk.say(made("i2i", went_in(picture(1))), picture(2))
        story = tell(desk.statements(), picture(2))
        assert StandingKind.UNDECLARED is standing(story, "1.png")
        assert 2 == len(story.steps)
        assert frozenset({desk.key.keyid}) == story.makers

    def test_somebody_elses_declaration(self, desk: Desk) -> None:
        """Nobody can declare a source for the maker."""
        stranger = PrivateKey.generate(b"s" * 32)
        desk.say(Source(basis=Basis.OWN_DRAWING, declared_at=NOON), picture(1), key=stranger)
        desk.say(made("i2i", went_in(picture(1))), picture(2))
        assert StandingKind.UNDECLARED is standing(tell(desk.statements(), picture(2)), "1.png")

    def test_origin_followed(self, desk: Desk) -> None:
        """A source declared as an own generation leads on to the file it came from, however many there are."""
        desk.say(made(), picture(1))
        for number in range(2, 30):
            origin = Origin(sha256=picture(number - 1).sha256)
            desk.say(
                Source(basis=Basis.OWN_GENERATION, origin=origin, declared_at=NOON + number * MINUTE),
                picture(number),
            )
        desk.say(made("i2i", went_in(picture(29))), picture(30))
        story = tell(desk.statements(), picture(30))
        assert 30 == len(story.pictures)
        assert [(DECLARED_ORIGIN, "28.png")] == uses(story, 1)
        assert Basis.OWN_GENERATION is story.pictures[1].standing.basis
        assert StandingKind.RECORDED is not story.pictures[1].standing.kind

    def test_origin_drawn(self, desk: Desk, look: Look) -> None:
        """A declared origin is told in text and drawing as what was declared, not as a record."""
        desk.say(made(), picture(1))
        said = Source(
            basis=Basis.OWN_GENERATION, origin=Origin(sha256=picture(1).sha256), note="crop", declared_at=NOON
        )
        desk.say(said, picture(2))
        desk.say(replace(made("i2i", went_in(picture(2))), note="two tries"), picture(3))
        desk.say(made("i2i", went_in(picture(2)), by=WrittenBy.FILE), picture(3))
        story = tell(desk.statements(), picture(3))
        words = {"en": "came from it, as declared", "ja": "これに由来（申告）"}[look.language]
        text = "\n".join(lines(story, look))
        assert words in text
        assert "two tries" in text
        assert {"en": "further records: 1", "ja": "ほかに記録 1 件"}[look.language] in text
        assert f"{words}: crop" in [s.text for s in draw(story, look).shapes if isinstance(s, Label)]

    def test_origin_by_statement(self, desk: Desk) -> None:
        """An origin named by its record leads to the picture that the record is about."""
        envelope = desk.say(made(), picture(1))
        origin = Origin(generation=envelope.digest)
        desk.say(Source(basis=Basis.OWN_GENERATION, origin=origin, declared_at=NOON), picture(2))
        desk.say(made("i2i", went_in(picture(2))), picture(3))
        story = tell(desk.statements(), picture(3))
        assert ["3.png", "2.png", "1.png"] == names(story)


class TestBounds:
    def test_pictures(self, desk: Desk) -> None:
        """No more pictures than the bound are told, the nearest ones, and a note says so."""
        end = chain(desk, 20)
        story = tell(desk.statements(), end, limit=9)
        assert 9 == len(story.pictures)
        assert "20.png" == story.picture.name
        assert "only the nearest" in story.notes[0].en

    def test_records(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """No more records than the bound are told, and a note says so."""
        monkeypatch.setattr(graph, "STEPS", 3)
        end = chain(desk, 5)
        story = tell(desk.statements(), end)
        assert 3 == len(story.steps)
        assert "3 records" in story.notes[0].en

    def test_circle(self, desk: Desk) -> None:
        """Records that lead in a circle end, and a note says that they do."""
        for number in range(3):
            desk.say(made("i2i", went_in(picture((number + 1) % 3))), picture(number))
        story = tell(desk.statements(), picture(0))
        assert (3, 3) == (len(story.pictures), len(story.steps))
        assert any("lead back" in note.en for note in story.notes)

    def test_no_circle(self, day: Story) -> None:
        """Ordinary work has nothing odd about it."""
        assert () == day.notes

    @settings(max_examples=40, deadline=timedelta(seconds=5))
    @given(
        edges=st.lists(
            st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(["init", "hand-work", "both"])),
            max_size=16,
        )
    )
    def test_any_graph(self, edges: list[tuple[int, int, str]]) -> None:
        """Whatever records say, the story ends, names each picture once and refers only to pictures it has."""
        desk = Desk()
        for earlier, later, how in edges:
            inputs = [] if how == "hand-work" else [went_in(picture(earlier))]
            parents = [] if how == "init" else [came_from(picture(earlier), Relation.HAND_WORK)]
            desk.say(replace(made("i2i", *inputs, parents=parents), recorded_at=NOON), picture(later))
        story = tell(desk.statements(), picture(0))
        assert list(range(len(story.pictures))) == [one.id for one in story.pictures]
        assert reached(story) == set(range(len(story.pictures)))
        digests = [digest for one in story.pictures for digest in one.sha256s]
        assert len(set(digests)) == len(digests)


def reached(story: Story) -> set[int]:
    """The pictures that the first one comes from, and itself."""
    found, waiting = {0}, [0]
    while waiting:
        earlier: Iterable[int] = {use.picture for use in story.uses_of.get(waiting.pop(), ())} - found
        found.update(earlier)
        waiting.extend(earlier)
    return found
