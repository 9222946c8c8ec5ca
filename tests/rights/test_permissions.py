from datetime import datetime

import pytest

from myself_i2i.attestation import Envelope, PrivateKey, sign
from myself_i2i.errors import RightsError
from myself_i2i.predicates import Permission, Source, read_signed
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import CoveredUse, SourceFile, check_permission
from tests.rights.conftest import HOUR, NOON, Desk, picture

FILE = picture(1)


def permit(
    desk: Desk,
    *,
    key: PrivateKey | None = None,
    grantee: str = ANYONE,
    until: datetime | None = None,
    conditions: str | None = None,
) -> Envelope:
    """The artist permits the use of `FILE` from noon on."""
    key = key or desk.artist
    said = Permission(
        public_key=key.public_key,
        grantee=grantee,
        valid_from=NOON,
        until=until,
        conditions=conditions,
        credit="絵: みほん",
    )
    return desk.say(key, said, FILE)


def check(desk: Desk, envelope: Envelope, *, at: datetime = NOON + HOUR, number: int = 1) -> CoveredUse:
    """Check the permission for the maker."""
    return check_permission(
        desk.statements(), envelope.digest, picture(number), maker=desk.maker.keyid, used_at=at
    )


class TestCovered:
    def test_anyone(self, desk: Desk) -> None:
        """A permission to anyone covers this maker, and says what it does not show."""
        covered = check(desk, permit(desk, conditions="小さく使ってください"))
        assert desk.artist.keyid == covered.signed.keyid
        notes = " ".join(note.ja for note in covered.notes)
        assert "その人がだれかは示しません" in notes
        assert "小さく使ってください" in notes
        assert "絵: みほん" in notes

    def test_this_maker(self, desk: Desk) -> None:
        """A permission to this maker covers this maker."""
        assert desk.maker.keyid == check(desk, permit(desk, grantee=desk.maker.keyid)).permission.grantee

    def test_by_image_data(self, desk: Desk) -> None:
        """A picture whose metadata was rewritten is still the one permitted."""
        envelope = permit(desk)
        rewritten = SourceFile(name="x.png", sha256="99" * 32, image_data=FILE.image_data)
        covered = check_permission(
            desk.statements(), envelope.digest, rewritten, maker=desk.maker.keyid, used_at=NOON
        )
        assert envelope == covered.signed.envelope


class TestNotCovered:
    def test_unknown(self, desk: Desk) -> None:
        """A permission that is not here covers nothing; the hint says how to add it."""
        with pytest.raises(RightsError, match="not in the ledger") as caught:
            check_permission(desk.statements(), "00" * 32, FILE, maker=desk.maker.keyid, used_at=NOON)
        assert caught.value.hint is not None
        assert "--permission" in caught.value.hint.en
        assert FILE.name in caught.value.message.ja

    def test_not_a_permission(self, desk: Desk) -> None:
        """Another kind of statement is no permission."""
        envelope = desk.say(desk.artist, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), FILE)
        with pytest.raises(RightsError, match="not a permission"):
            check(desk, envelope)

    def test_own_key(self, desk: Desk) -> None:
        """Nobody permits themselves: the maker's own key is not an artist's."""
        with pytest.raises(RightsError, match="own key"):
            check(desk, permit(desk, key=desk.maker))

    def test_other_picture(self, desk: Desk) -> None:
        """A permission for one picture covers no other."""
        with pytest.raises(RightsError, match="another picture"):
            check(desk, permit(desk), number=2)

    def test_other_maker(self, desk: Desk) -> None:
        """A permission to one maker covers no other."""
        with pytest.raises(RightsError, match="another maker"):
            check(desk, permit(desk, grantee=desk.stranger.keyid))

    def test_window(self, desk: Desk) -> None:
        """The first moment is covered, the end is not, and nothing before or after is."""
        envelope = permit(desk, until=NOON + HOUR)
        check(desk, envelope, at=NOON)
        with pytest.raises(RightsError, match="begins on 2026-11-03T12:00:00Z"):
            check(desk, envelope, at=NOON - HOUR)
        with pytest.raises(RightsError, match="ended on 2026-11-03T13:00:00Z"):
            check(desk, envelope, at=NOON + HOUR)


class TestWithdrawn:
    def test_not_retroactive(self, desk: Desk) -> None:
        """A use before the withdrawal stays covered; from its moment on none is."""
        envelope = permit(desk)
        desk.withdraw(desk.artist, envelope, NOON + 2 * HOUR)
        check(desk, envelope, at=NOON + HOUR)
        for hours in (2, 3):
            with pytest.raises(RightsError, match="withdrew"):
                check(desk, envelope, at=NOON + hours * HOUR)

    def test_only_its_signer(self, desk: Desk) -> None:
        """Nobody else can take an artist's permission back, the maker included."""
        envelope = permit(desk)
        desk.withdraw(desk.stranger, envelope, NOON)
        desk.withdraw(desk.maker, envelope, NOON)
        check(desk, envelope)

    def test_not_evaded(self, desk: Desk) -> None:
        """A second signature gives the permission another digest, and the withdrawal still holds."""
        envelope = permit(desk)
        desk.withdraw(desk.artist, envelope, NOON)
        statement = envelope.verify(desk.artist.public_key)
        extra = sign(statement, desk.stranger).signatures
        disguised = Envelope(envelope.payload, tuple(sorted(envelope.signatures + extra)))
        assert envelope.digest != disguised.digest
        desk.signed.append(read_signed(disguised, desk.artist.public_key))
        with pytest.raises(RightsError, match="withdrew"):
            check(desk, disguised)
