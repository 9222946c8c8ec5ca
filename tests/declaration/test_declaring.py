from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from myself_i2i.declaration import Declaration, GivenSource, Known, declare, parse_by_hand
from myself_i2i.errors import RightsError
from myself_i2i.inspection.interface import Answer, ImageInput, Mode, Role
from myself_i2i.inspection.report import Inspection
from myself_i2i.predicates import Signed
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import StatementSet
from tests.support.marked import AT, Picture, drawing, given, person

MAKER, ARTIST = person("maker"), person("artist")
MINE, OTHER = drawing(5), drawing(6, "other.png")
SAID = (MAKER.declare(MINE),)
RECORDED = Generation(
    written_by=WrittenBy.RECORDER,
    mode="i2i",
    image_input="yes",
    inputs=(Input(role="init", sha256=MINE.sha256),),
    recorded_at=AT - timedelta(days=3),
)


def found(answer: Answer, *inputs: ImageInput, mode: Mode = Mode.UNKNOWN, **more: Any) -> Inspection:
    """What a file records."""
    return Inspection(tool="Some tool", mode=mode, image_input=answer, inputs=inputs, **more)


def init(picture: Picture = MINE, role: Role = Role.INIT) -> ImageInput:
    """An input recorded with its digest."""
    return ImageInput(role=role, name=picture.name, sha256=picture.sha256)


NOTHING = found(Answer.NOT_RECORDED)
T2I = found(Answer.NO, mode=Mode.T2I)
I2I = found(Answer.YES, init(), mode=Mode.I2I, strength=0.5, model="m", extras={"loras": ["x", 3]})


def declared(
    inspection: Inspection, said: tuple[Signed, ...] = SAID, *, typed: str | None = None, **known: Any
) -> Declaration:
    """What the maker declares."""
    by_hand = None if typed is None else parse_by_hand(typed)
    what = Known(inspection=inspection, matched={}, by_hand=by_hand, **known)
    return declare(what, StatementSet(said), maker=MAKER.keyid, writer="test", now=AT)


def refused(*args: Any, **known: Any) -> tuple[str, str]:
    """The refusal's sentence and its way out, in English."""
    with pytest.raises(RightsError) as caught:
        declared(*args, **known)
    assert caught.value.hint is not None
    assert caught.value.hint.ja
    return caught.value.message.en, caught.value.hint.en


class TestFromFile:
    def test_t2i(self) -> None:
        """A file that records its making is declared as it says, without a word from the maker."""
        made = declared(T2I).generation
        assert ("t2i", "no", WrittenBy.FILE, ()) == (
            made.mode,
            made.image_input,
            made.written_by,
            made.inputs,
        )

    def test_i2i(self) -> None:
        """Input, strength, model and LoRA come from the file, the basis from the ledger."""
        made = declared(I2I)
        (item,) = made.generation.inputs
        assert (MINE.sha256, SAID[0].envelope.digest) == (item.sha256, item.basis)
        assert (0.5, "m", ("x", "3")) == (
            made.generation.strength,
            made.generation.model,
            made.generation.loras,
        )
        assert [Basis.OWN_DRAWING] == [basis.basis for basis in made.bases]

    def test_not_recorded(self) -> None:
        """A silent file and a silent maker give nothing, and the way to say it."""
        message, hint = refused(NOTHING)
        assert "does not record" in message
        assert "--as t2i" in hint

    def test_which_one(self) -> None:
        """A file that says an image went in, but not which, asks for it."""
        message, hint = refused(found(Answer.YES, mode=Mode.I2I))
        assert "which one" in message
        assert "--source FILE" in hint

    def test_mask_alone(self) -> None:
        """A mask is no answer to which picture went in."""
        assert "which one" in refused(found(Answer.YES, init(role=Role.MASK)))[0]


class TestByHand:
    def test_fills(self) -> None:
        """What the maker types stands where the file is silent, and is marked as typed."""
        made = declared(NOTHING, typed="i2i drawing.png", given=[given("init", MINE)]).generation
        assert ("i2i", "yes", WrittenBy.HAND) == (made.mode, made.image_input, made.written_by)

    def test_source_alone(self) -> None:
        """A named source says that an image went in, not how."""
        made = declared(NOTHING, given=[given("init", MINE)]).generation
        assert ("unknown", "yes", WrittenBy.HAND) == (made.mode, made.image_input, made.written_by)

    def test_agrees(self) -> None:
        """Typing what the file says too is no contradiction, and names no source twice."""
        made = declared(I2I, typed="i2i drawing.png", given=[given("init", MINE)]).generation
        assert 1 == len(made.inputs)

    @pytest.mark.parametrize(
        ("inspection", "typed", "sources", "says"),
        [
            (I2I, "t2i", (), "records that an image went in"),
            (T2I, "i2i drawing.png", (given("init", MINE),), "records that no image went in"),
            (T2I, None, (given("init", MINE),), "records that no image went in"),
        ],
    )
    def test_contradiction(
        self, inspection: Inspection, typed: str | None, sources: tuple[GivenSource, ...], says: str
    ) -> None:
        """Where maker and file say the opposite nothing is declared, unless the maker insists."""
        message, hint = refused(inspection, typed=typed, given=sources)
        assert says in message
        assert "--insist" in hint
        made = declared(inspection, typed=typed, given=sources, insist=True).generation
        assert ("yes" if sources else "no") == made.image_input

    def test_insisted(self) -> None:
        """What is insisted on keeps none of the file's words about the other way of making."""
        made = declared(I2I, typed="t2i", insist=True).generation
        assert ((), None) == (made.inputs, made.strength)
        assert "unknown" == declared(T2I, given=[given("init", MINE)], insist=True).generation.mode

    def test_source_of_words(self) -> None:
        """A source named beside "t2i" is asked about, not dropped and not declared as t2i."""
        message, hint = refused(NOTHING, typed="t2i", given=[given("init", MINE)])
        assert "a source was named" in message
        assert '--as "i2i FILE"' in hint


class TestBasis:
    def test_missing(self) -> None:
        """A source without a basis stops everything, named, with the command that adds one."""
        message, hint = refused(I2I, ())
        assert "drawing.png" in message
        assert "sources add" in hint

    def test_several_missing(self) -> None:
        """All missing ones are named at once, not one run after the other."""
        message, hint = refused(found(Answer.YES, init(), init(OTHER, Role.CONTROL)), ())
        assert "2 sources" in message
        assert all(name in message for name in ("drawing.png", "other.png", OTHER.sha256[:16]))
        assert "sources add" in hint

    def test_others_declaration(self) -> None:
        """Somebody else's declaration about a file is no basis for this maker."""
        assert "no rights basis" in refused(I2I, (ARTIST.declare(MINE),))[0]

    def test_mask_exempt(self) -> None:
        """A mask needs no basis; one that has a basis brings it along."""
        picture = found(Answer.YES, init(), init(OTHER, Role.MASK))
        assert 1 == len(declared(picture).bases)
        assert 2 == len(declared(picture, (*SAID, MAKER.declare(OTHER))).bases)

    @pytest.mark.parametrize("order", [1, -1])
    def test_mask_and_source(self, order: int) -> None:
        """Naming a picture as mask too does not free it from needing a basis, and it counts as one file."""
        both = (init(), replace(init(role=Role.MASK), name="renamed.png"))[::order]
        assert "no rights basis" in refused(found(Answer.YES, *both), ())[0]
        assert 1 == len(declared(found(Answer.YES, *both)).bases)

    def test_file_twice(self) -> None:
        """A file used in two roles has its basis once."""
        made = declared(found(Answer.YES, init(), init(role=Role.CONTROL)))
        assert (2, 1) == (len(made.generation.inputs), len(made.bases))


class TestRecorder:
    def test_wins(self) -> None:
        """A record written when the picture was made is taken whole, whatever file and maker say now."""
        made = declared(T2I, recorded=RECORDED, typed="t2i")
        assert RECORDED == made.generation
        assert 1 == len(made.bases)

    def test_needs_basis(self) -> None:
        """Its sources need a basis like all others."""
        assert "no rights basis" in refused(NOTHING, (), recorded=RECORDED)[0]

    @pytest.mark.parametrize("inputs", [(), (Input(role="init", name="x.png"),), (Input(role="mask"),)])
    def test_unidentified(self, inputs: tuple[Input, ...]) -> None:
        """A record whose source nothing identifies does not slip through without a basis."""
        assert "which one" in refused(NOTHING, recorded=replace(RECORDED, inputs=inputs))[0]

    def test_permission_then(self) -> None:
        """A permission counts for the time when the picture was made, as a check will see it."""
        ended = ARTIST.permit(MINE, since=AT - timedelta(days=9), until=AT - timedelta(days=1))
        late = ARTIST.permit(MINE, since=AT - timedelta(days=1))
        for permission, holds in ((ended, True), (late, False)):
            said = (permission, MAKER.declare(MINE, Basis.PERMISSION, permission=permission.envelope.digest))
            if holds:
                assert 1 == len(declared(NOTHING, said, recorded=RECORDED).bases)
            else:
                assert "begins on" in refused(NOTHING, said, recorded=RECORDED)[0]
