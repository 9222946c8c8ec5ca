from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import IMAGE_DATA, Envelope, Subject
from myself_i2i.predicates import Signed, read_signed
from myself_i2i.registry.admission import (
    Reason,
    RefusedError,
    Rules,
    check_standing,
    check_statement,
    refuse_unknown_key,
)
from myself_i2i.registry.standing import Fold, KeyStanding
from tests.registry.support import NOW, journal, made, person, picture, profile, wish

MAKER, ARTIST, OPERATOR = person("maker"), person("artist"), person("operator")
RULES = Rules(operator=OPERATOR.keyid, clock_skew=timedelta(minutes=10))


def read(envelope: bytes) -> Signed:
    return read_signed(Envelope.from_json(envelope))


def folded(*said: Signed) -> Fold:
    fold = Fold()
    for index, one in enumerate(said):
        fold.add(index, one)
    return fold


class TestCheckStatement:
    def test_one_signature(self) -> None:
        """With a stranger's signature beside the signer's, a statement would have many names: it is refused."""
        envelope, other = MAKER.pledge().envelope, ARTIST.pledge().envelope
        both = Envelope(envelope.payload, tuple(sorted((*envelope.signatures, *other.signatures))))
        with pytest.raises(RefusedError) as told:
            check_statement(read_signed(both, MAKER.key.public_key), RULES, now=NOW)
        assert Reason.SIGNATURES == told.value.reason

    def test_one_picture(self) -> None:
        """A mark about two pictures, or about none that is told by its image data, is refused."""
        one = made(MAKER)
        subject = Subject("a", {IMAGE_DATA: "ab" * 32})
        for subjects in ((subject, subject), (Subject("a", {"sha256": "ab" * 32}),)):
            with pytest.raises(RefusedError) as told:
                check_statement(MAKER.say(one.says, *subjects), RULES, now=NOW)
            assert Reason.SUBJECT == told.value.reason

    @given(st.timedeltas(timedelta(days=-999), timedelta(days=999)))
    def test_moments(self, ahead: timedelta) -> None:
        """A statement is taken up to the clock's skew before its time, and for ever after."""
        pledge = MAKER.pledge()
        if ahead <= RULES.clock_skew:
            assert "pledge" == check_statement(pledge, RULES, now=NOW - ahead)
        else:
            with pytest.raises(RefusedError) as told:
                check_statement(pledge, RULES, now=NOW - ahead)
            assert Reason.MOMENT == told.value.reason

    def test_an_end_may_lie_ahead(self) -> None:
        """A permission that ends, or begins, later is about later, and taken."""
        later = NOW + timedelta(days=99)
        said = ARTIST.permit(picture(), since=later, until=later + timedelta(1))
        assert "permission" == check_statement(said, RULES, now=NOW)


class TestCheckStanding:
    def test_any_registration_will_do_but_for_marks(self) -> None:
        """Each of pledge, wish and profile lets a key speak; for a mark it is the pledge."""
        mark = made(ARTIST)
        signed = read_signed(mark.envelope, ARTIST.key.public_key)
        for first in (ARTIST.pledge(), read(wish(ARTIST)), read(profile(ARTIST))):
            fold = folded(first)
            check_standing(read(journal(ARTIST)), fold, RULES)
            if first.statement.predicate_type.endswith("pledge/v1"):
                check_standing(signed, fold, RULES)
            else:
                with pytest.raises(RefusedError, match="pledge"):
                    check_standing(signed, fold, RULES)

    def test_one_withdrawn_of_two(self) -> None:
        """A key whose pledge is withdrawn speaks on under its wish."""
        pledge = ARTIST.pledge()
        fold = folded(pledge, read(wish(ARTIST)), ARTIST.withdraw(pledge))
        assert KeyStanding(suspended=False, registered=True, pledged=False) == fold.key(ARTIST.keyid)
        check_standing(read(journal(ARTIST)), fold, RULES)

    def test_others_are_not_touched(self) -> None:
        """What one key does changes nothing for another."""
        pledge = MAKER.pledge()
        fold = folded(pledge, ARTIST.pledge(), MAKER.withdraw(pledge))
        assert KeyStanding(suspended=False, registered=True, pledged=True) == fold.key(ARTIST.keyid)

    def test_the_way_in_is_told(self) -> None:
        """Whoever is not known is told how to register, in both languages."""
        hint = refuse_unknown_key().hint
        assert hint is not None
        assert "宣言" in hint.ja
