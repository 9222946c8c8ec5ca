from pathlib import Path

import pytest

from myself_i2i.attestation import Statement, Subject, sign
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Source
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import LedgerStatements, find_basis, find_declarations
from tests.rights.conftest import NOON, Desk, picture

FILE = picture(1)


class TestLedgerStatements:
    def test_same_as_in_memory(self, desk: Desk, tmp_path: Path) -> None:
        """A ledger with the same statements gives the same answers as a set in memory."""
        for number in (1, 2):
            desk.say(desk.maker, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), picture(number))
        with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
            for signed in desk.signed:
                ledger.append(signed.envelope, appended_at=NOON, public_key=signed.public_key)
            of_ledger, in_memory = LedgerStatements(ledger), desk.statements()
            for algorithm, digest in (*FILE.digests(), ("md5", "00")):
                assert tuple(in_memory.about(algorithm, digest)) == tuple(of_ledger.about(algorithm, digest))
            digest = desk.signed[0].envelope.digest
            assert in_memory.get(digest) == of_ledger.get(digest)
            assert of_ledger.get(desk.maker.keyid) is None
            assert of_ledger.get("00" * 32) is None
            assert (
                Basis.OWN_DRAWING is find_basis(of_ledger, FILE, maker=desk.maker.keyid, used_at=NOON).basis
            )

    def test_newer_type(self, desk: Desk, tmp_path: Path) -> None:
        """A statement of a later version is left out, and the others still count."""
        desk.say(desk.maker, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), FILE)
        newer = Statement.make(
            [Subject("x", dict(FILE.digests()))], "https://myself-i2i.org/predicate/source/v2", {}
        )
        with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
            ledger.append(sign(newer, desk.maker), appended_at=NOON, public_key=desk.maker.public_key)
            ledger.append(desk.signed[0].envelope, appended_at=NOON)
            assert 1 == len(find_declarations(LedgerStatements(ledger), FILE, maker=desk.maker.keyid))


class TestStatementSet:
    def test_once(self, desk: Desk) -> None:
        """The same envelope given twice counts once."""
        desk.say(desk.maker, Source(basis=Basis.OWN_DRAWING, declared_at=NOON), FILE)
        twice = desk.statements(desk.signed)
        assert 1 == len(twice.about("sha256", FILE.sha256 or ""))

    @pytest.mark.parametrize("algorithm", ["sha256", "imageData/v1", "md5"])
    def test_nothing(self, desk: Desk, algorithm: str) -> None:
        """Where nothing was said, nothing is found."""
        assert () == desk.statements().about(algorithm, "00" * 32)
