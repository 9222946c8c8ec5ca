from dataclasses import replace
from pathlib import Path

from myself_i2i.attestation import Statement, Subject, sign
from myself_i2i.predicates import Generation
from myself_i2i.story import statements_of
from tests.support.chains import NOON, Desk, made, picture


class TestStatementsOf:
    def test_all(self, desk: Desk, tmp_path: Path) -> None:
        """Every statement of the type comes, oldest first, and no other."""
        for number in range(3):
            desk.say(replace(made(), note=str(number)), picture(number))
        desk.declare(picture(5))
        with desk.keep(tmp_path / "ledger.sqlite") as ledger:
            found = list(statements_of(ledger, Generation.PREDICATE_TYPE))
        assert [one.envelope for one in desk.signed[:3]] == [one.envelope for one in found]

    def test_newer(self, desk: Desk, tmp_path: Path) -> None:
        """A statement that this version cannot read is left out."""
        desk.say(made(), picture(1))
        subject = Subject("x", {"sha256": "0" * 64})
        strange = Statement.make([subject], Generation.PREDICATE_TYPE, {"writtenBy": {"who": "oracle"}})
        with desk.keep(tmp_path / "ledger.sqlite") as ledger:
            ledger.append(sign(strange, desk.key), appended_at=NOON, public_key=desk.key.public_key)
            assert 1 == len(list(statements_of(ledger, Generation.PREDICATE_TYPE)))
