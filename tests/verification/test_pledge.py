from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from myself_i2i.attestation import Subject, sign
from myself_i2i.errors import InputError, RightsError, VerificationError
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Pledge, Signed, make_statement
from myself_i2i.verification.pledge import current_pledge, latest_pledge, verified_pledge
from tests.support.marked import AT, drawing, person

ALICE, EVE = person("alice"), person("eve")
PLEDGE = ALICE.pledge()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def keep(ledger: Ledger, *signed: Signed) -> None:
    """Append statements."""
    for one in signed:
        ledger.append(one.envelope, appended_at=AT, public_key=one.public_key)


class TestVerifiedPledge:
    def test_good(self) -> None:
        """A pledge gives what it says."""
        said = verified_pledge(PLEDGE.envelope)
        assert isinstance(said, Pledge)
        assert ("alice", ALICE.keyid) == (said.display_name, said.public_key.keyid)

    def test_something_else(self) -> None:
        """Any other statement is refused, its type named."""
        with pytest.raises(InputError, match="wanted a pledge"):
            verified_pledge(ALICE.declare(drawing()).envelope)

    def test_other_signer(self) -> None:
        """A pledge in which another key stands than the one that signed does not hold."""
        forged = sign(make_statement(PLEDGE.predicate), EVE.key)
        with pytest.raises(VerificationError):
            verified_pledge(forged)

    def test_other_text(self) -> None:
        """A pledge filed under another text than the one it speaks of is refused."""
        statement = make_statement(PLEDGE.predicate)
        other = type(statement).make(
            [Subject("x", {"sha256": "0" * 64})], statement.predicate_type, statement.predicate
        )
        with pytest.raises((InputError, VerificationError)):
            verified_pledge(sign(other, ALICE.key))


class TestKept:
    def test_none(self, ledger: Ledger) -> None:
        """Without a pledge the way to make one is told."""
        with pytest.raises(RightsError, match="no pledge") as caught:
            current_pledge(ledger, ALICE.key.public_key)
        assert caught.value.hint is not None
        assert "myself-i2i pledge" in caught.value.hint.ja

    def test_others(self, ledger: Ledger) -> None:
        """Somebody else's pledge is not mine."""
        keep(ledger, EVE.pledge())
        with pytest.raises(RightsError):
            current_pledge(ledger, ALICE.key.public_key)

    def test_in_force(self, ledger: Ledger) -> None:
        """The pledge in the ledger is in force until it is withdrawn by its own signer."""
        keep(ledger, PLEDGE, EVE.withdraw(PLEDGE))
        assert PLEDGE.envelope == current_pledge(ledger, ALICE.key.public_key).envelope
        keep(ledger, ALICE.withdraw(PLEDGE))
        with pytest.raises(RightsError, match="withdrawn"):
            current_pledge(ledger, ALICE.key.public_key)
        assert None is not latest_pledge(ledger, ALICE.key.public_key).withdrawal

    def test_made_again(self, ledger: Ledger) -> None:
        """A new pledge after a withdrawal is in force."""
        said = PLEDGE.predicate
        assert isinstance(said, Pledge)
        later = ALICE.say(
            Pledge(
                text_version=said.text_version,
                language=said.language,
                text_sha256=said.text_sha256,
                public_key=said.public_key,
                pledged_at=AT + timedelta(hours=1),
            )
        )
        keep(ledger, PLEDGE, ALICE.withdraw(PLEDGE), later)
        assert later.envelope == current_pledge(ledger, ALICE.key.public_key).envelope
