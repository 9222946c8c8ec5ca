import pytest

from myself_i2i.errors import RightsError
from myself_i2i.predicates import Generation, Permission, Source, Wish
from myself_i2i.predicates.generation import Input, WrittenBy
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.source import Basis, Licence, Origin
from myself_i2i.predicates.wish import Scope, WishAnswer
from myself_i2i.rights import RightsBasis, SourceFile, check_sources, find_basis
from tests.rights.conftest import HOUR, NOON, Desk, picture

FILE = picture(1)


def declare(desk: Desk, number: int = 1, *, hours: int = 0, basis: Basis = Basis.OWN_DRAWING) -> None:
    """The maker declares the n-th picture their own."""
    desk.say(desk.maker, Source(basis=basis, declared_at=NOON + hours * HOUR), picture(number))


def generated(desk: Desk, number: int, *inputs: Input, answer: str = "yes") -> str:
    """The maker records how the n-th picture was made; the envelope's digest."""
    said = Generation(
        written_by=WrittenBy.FILE,
        mode="i2i" if inputs else "t2i",
        image_input=answer,
        inputs=inputs,
        recorded_at=NOON,
    )
    return desk.say(desk.maker, said, picture(number)).digest


def own_generation(desk: Desk, number: int, generation: str | None = None, sha256: str | None = None) -> None:
    """The maker declares the n-th picture their own generation."""
    origin = Origin(generation=generation, sha256=sha256)
    desk.say(
        desk.maker,
        Source(basis=Basis.OWN_GENERATION, origin=origin, declared_at=NOON),
        picture(number),
    )


def find(desk: Desk, file: SourceFile = FILE) -> RightsBasis:
    """The basis of a file for the maker, an hour after noon."""
    return find_basis(desk.statements(), file, maker=desk.maker.keyid, used_at=NOON + HOUR)


def notes_of(basis: RightsBasis) -> str:
    """All notes in one line."""
    return " / ".join(note.en for note in basis.notes)


class TestOwnWork:
    @pytest.mark.parametrize("basis", [Basis.OWN_DRAWING, Basis.OWN_PHOTO])
    def test_declared(self, desk: Desk, basis: Basis) -> None:
        """The maker's declaration is the basis, and the result says that it is the maker's word."""
        declare(desk, basis=basis)
        found = find(desk)
        assert basis is found.basis
        assert desk.maker.public_key.short_form in found.evidence[0].en
        assert "own word" in notes_of(found)

    def test_either_digest(self, desk: Desk) -> None:
        """The source is found by its bytes or by its image data."""
        declare(desk)
        for file in (
            SourceFile(name="a", sha256=FILE.sha256),
            SourceFile(name="b", sha256="99" * 32, image_data=FILE.image_data),
        ):
            assert Basis.OWN_DRAWING is find(desk, file).basis

    def test_newest(self, desk: Desk) -> None:
        """Of several declarations the newest is taken."""
        declare(desk, hours=1, basis=Basis.OWN_PHOTO)
        declare(desk, hours=0)
        assert Basis.OWN_PHOTO is find(desk).basis

    def test_somebody_elses(self, desk: Desk) -> None:
        """Another person's declaration is not this maker's basis."""
        desk.say(desk.stranger, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), FILE)
        with pytest.raises(RightsError):
            find(desk)

    def test_taken_back(self, desk: Desk) -> None:
        """A declaration its maker took back is no basis any more."""
        envelope = desk.say(desk.maker, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), FILE)
        desk.withdraw(desk.maker, envelope, NOON + 5 * HOUR)
        with pytest.raises(RightsError):
            find(desk)


class TestMissing:
    def test_which_and_how(self, desk: Desk) -> None:
        """Without a declaration the error names the source and gives the command that adds it, in both languages."""
        with pytest.raises(RightsError, match=r"source 1\.png") as caught:
            find(desk)
        assert caught.value.hint is not None
        for text in (caught.value.hint.en, caught.value.hint.ja):
            assert "myself-i2i sources add" in text
            assert "own-drawing" in text
        assert "1.png" in caught.value.message.ja

    def test_all_at_once(self, desk: Desk) -> None:
        """All sources are looked at, and each without a basis is a value with its reason."""
        declare(desk, 2)
        report = check_sources(
            desk.statements(), [picture(n) for n in (1, 2, 3)], maker=desk.maker.keyid, used_at=NOON
        )
        assert [picture(2)] == [basis.file for basis in report.held]
        assert [picture(1), picture(3)] == [missing.file for missing in report.missing]


class TestPermission:
    def test_held(self, desk: Desk) -> None:
        """A permission that covers the use is the basis, with the artist's key in the evidence."""
        permission = desk.say(
            desk.artist,
            Permission(public_key=desk.artist.public_key, grantee=ANYONE, valid_from=NOON),
            FILE,
        )
        desk.say(
            desk.maker,
            Source(basis=Basis.PERMISSION, permission=permission.digest, declared_at=NOON),
            FILE,
        )
        found = find(desk)
        assert found.permission is not None
        assert permission == found.permission.envelope
        assert desk.artist.public_key.short_form in found.evidence[1].ja

    def test_older_declaration_holds(self, desk: Desk) -> None:
        """When the newest declaration does not hold, an older one that does is taken."""
        declare(desk)
        desk.say(
            desk.maker,
            Source(basis=Basis.PERMISSION, permission="00" * 32, declared_at=NOON + HOUR),
            FILE,
        )
        assert Basis.OWN_DRAWING is find(desk).basis

    def test_newest_reason_is_told(self, desk: Desk) -> None:
        """When none holds, the newest declaration's reason is the one told."""
        for hours, digest in ((0, "00" * 32), (1, "11" * 32)):
            said = Source(basis=Basis.PERMISSION, permission=digest, declared_at=NOON + hours * HOUR)
            desk.say(desk.maker, said, FILE)
        with pytest.raises(RightsError, match="not in the ledger"):
            find(desk)


class TestOpenLicence:
    def test_held(self, desk: Desk) -> None:
        """An open licence is a basis, with what the licence asks as notes."""
        licence = Licence(spdx="cc-by-nd-4.0")
        desk.say(desk.maker, Source(basis=Basis.OPEN_LICENCE, licence=licence, declared_at=NOON), FILE)
        found = find(desk)
        assert "CC-BY-ND-4.0" in found.evidence[1].en
        assert "altered versions" in notes_of(found)
        assert "named" in notes_of(found)

    def test_malformed(self, desk: Desk) -> None:
        """A licence that is no identifier is a reason, not a crash: all sources are still looked at."""
        licence = Licence(spdx="CC BY 4.0")
        desk.say(desk.maker, Source(basis=Basis.OPEN_LICENCE, licence=licence, declared_at=NOON), FILE)
        report = check_sources(desk.statements(), [FILE], maker=desk.maker.keyid, used_at=NOON)
        assert "SPDX" in report.missing[0].error.message.en


class TestOwnGeneration:
    def test_t2i(self, desk: Desk) -> None:
        """An own t2i picture is a basis with nothing behind it."""
        own_generation(desk, 1, generated(desk, 1, answer="no"))
        assert () == find(desk).through

    def test_sources_behind(self, desk: Desk) -> None:
        """What went into the own generation needs a basis as well, and it is shown."""
        own_generation(desk, 1, generated(desk, 1, Input(role="init", sha256=picture(2).sha256)))
        with pytest.raises(RightsError, match="0000000000000000…") as caught:
            find(desk)
        assert caught.value.hint is not None
        declare(desk, 2)
        assert [Basis.OWN_DRAWING] == [basis.basis for basis in find(desk).through]

    def test_record_is_not_hidden(self, desk: Desk) -> None:
        """Leaving the reference to the record out does not hide what the record says."""
        generated(desk, 1, Input(role="init", sha256=picture(2).sha256))
        own_generation(desk, 1, sha256="99" * 32)
        with pytest.raises(RightsError):
            find(desk)

    def test_not_recorded(self, desk: Desk) -> None:
        """Without any record of the earlier picture the basis stands, and the notes say what is unknown."""
        own_generation(desk, 1, sha256="99" * 32)
        assert "not recorded here" in notes_of(find(desk))

    def test_silent_record(self, desk: Desk) -> None:
        """A record that does not say whether an image went in is said to be silent."""
        own_generation(desk, 1, generated(desk, 1, answer="not_recorded"))
        assert "is not recorded" in notes_of(find(desk))

    def test_name_only(self, desk: Desk) -> None:
        """An input known by name only is said to be so."""
        own_generation(desk, 1, generated(desk, 1, Input(role="init", name="cat.png")))
        assert "cat.png" in notes_of(find(desk))

    def test_mask(self, desk: Desk) -> None:
        """A mask behind an own generation needs no basis; the same file as a starting picture does."""
        mask = Input(role="mask", sha256=picture(2).sha256)
        own_generation(desk, 1, generated(desk, 1, mask))
        assert () == find(desk).through
        own_generation(desk, 3, generated(desk, 3, mask, Input(role="init", sha256=picture(2).sha256)))
        with pytest.raises(RightsError):
            find(desk, picture(3))

    def test_circle(self, desk: Desk) -> None:
        """Generations that lead in a circle are told, not followed for ever."""
        for one, other in ((1, 2), (2, 1)):
            record = generated(desk, one, Input(role="init", sha256=picture(other).sha256))
            own_generation(desk, one, record)
        with pytest.raises(RightsError, match=r"circle or too far"):
            find(desk)

    def test_long_chain(self, desk: Desk) -> None:
        """A chain of real length is followed to its beginning; an endless one is told."""
        for number in range(1, 12):
            record = generated(desk, number, Input(role="init", sha256=picture(number + 1).sha256))
            own_generation(desk, number, record)
        declare(desk, 12)
        step, depth = find(desk), 0
        while step.through:
            step, depth = step.through[0], depth + 1
        assert (11, Basis.OWN_DRAWING) == (depth, step.basis)
        for number in range(13, 40):
            record = generated(desk, number, Input(role="init", sha256=picture(number + 1).sha256))
            own_generation(desk, number, record)
        with pytest.raises(RightsError, match="too far"):
            find(desk, picture(13))

    def test_somebody_elses_record(self, desk: Desk) -> None:
        """Another person's record of a picture does not speak for the maker's."""
        said = Generation(written_by=WrittenBy.HAND, mode="t2i", image_input="no", recorded_at=NOON)
        record = desk.say(desk.stranger, said, FILE).digest
        own_generation(desk, 1, record)
        assert "not recorded here" in notes_of(find(desk))


class TestWishes:
    @pytest.mark.parametrize(
        ("answer", "words"), [(WishAnswer.NO, "no i2i"), (WishAnswer.ASK_FIRST, "ask first")]
    )
    def test_shown(self, desk: Desk, answer: WishAnswer, words: str) -> None:
        """An artist's wish about the picture is shown beside the basis; it decides nothing."""
        declare(desk)
        wish = Wish(public_key=desk.artist.public_key, i2i=answer, scope=Scope.SUBJECTS, wished_at=NOON)
        envelope = desk.say(desk.artist, wish, FILE)
        assert words in notes_of(find(desk))
        desk.withdraw(desk.artist, envelope, NOON)
        assert words not in notes_of(find(desk))

    def test_yes(self, desk: Desk) -> None:
        """A plain yes needs no note."""
        declare(desk)
        wish = Wish(
            public_key=desk.artist.public_key, i2i=WishAnswer.YES, scope=Scope.SUBJECTS, wished_at=NOON
        )
        desk.say(desk.artist, wish, FILE)
        assert "wish" not in notes_of(find(desk))
