"""What others add: permissions of artists, and what the reader's own ledger knows besides."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Signed
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import LedgerStatements, StatementSet
from tests.support.marked import (
    AT,
    content,
    declaration,
    drawing,
    generated,
    i2i,
    mark_data,
    marked,
    person,
    with_assertions,
)
from tests.verification.checking import checked, kinds, notes

ALICE, ARTIST, OTHER = person("alice"), person("artist"), person("other")
SOURCE = drawing()
PICTURE = generated("png", SOURCE)
HOUR = timedelta(hours=1)


def with_permission(permission: Signed, used_at: datetime = AT) -> bytes:
    """The picture with a mark that carries this permission, whatever it says.

    Put together by hand: the library would not mark with a permission that does not hold.
    """
    good = ARTIST.permit(SOURCE)
    said = [good, ALICE.declare(SOURCE, Basis.PERMISSION, permission=good.envelope.digest)]
    declared = declaration(ALICE, PICTURE, said)
    declared = replace(declared, generation=replace(declared.generation, recorded_at=used_at))
    data = mark_data(content(ALICE, PICTURE, declared, said), PICTURE.subject.digest[IMAGE_DATA])
    statement = ALICE.declare(SOURCE, Basis.PERMISSION, permission=permission.envelope.digest)
    data["sources"][0]["statement"] = json.loads(statement.envelope.to_json())
    data["sources"][0]["permission"] = json.loads(permission.envelope.to_json())
    return with_assertions(ALICE, PICTURE, data)


class TestPermission:
    def test_holds(self) -> None:
        """A permission that covers the use is told with the key that signed it, and whose key it is left open."""
        permission = ARTIST.permit(SOURCE, to=ALICE.keyid)
        said = [permission, ALICE.declare(SOURCE, Basis.PERMISSION, permission=permission.envelope.digest)]
        report = checked(marked(ALICE, PICTURE, said).data)
        assert [("permission", True)] == kinds(report)
        assert ARTIST.key.public_key.short_form in report.others[0].says.en
        assert "other means" in report.others[0].says.en
        assert ("permission", True) == (report.claims.sources[0].basis, report.consistent)

    @pytest.mark.parametrize(
        ("permission", "says"),
        [
            ({"to": OTHER.keyid}, "another maker"),
            ({"until": AT - HOUR}, "ended"),
            ({"since": AT + HOUR}, "begins"),
        ],
    )
    def test_does_not_cover(self, permission: dict[str, Any], says: str) -> None:
        """One for somebody else, or for another time, does not hold, and the file is not consistent."""
        report = checked(with_permission(ARTIST.permit(SOURCE, **permission)))
        assert (True, [("permission", False)], False) == (report.marked, kinds(report), report.consistent)
        assert says in report.others[0].says.en
        assert 1 == report.others[0].says.en.count("does not cover")

    def test_another_picture(self) -> None:
        """One for another picture does not hold."""
        report = checked(with_permission(ARTIST.permit(drawing(77))))
        assert [("permission", False)] == kinds(report)
        assert "another picture" in report.others[0].says.en

    def test_own(self) -> None:
        """A maker cannot permit themselves."""
        report = checked(with_permission(ALICE.permit(SOURCE)))
        assert [("permission", False)] == kinds(report)

    @pytest.mark.parametrize(("taken_back", "holds"), [(AT - HOUR, False), (AT + HOUR, True)])
    def test_withdrawn(self, taken_back: datetime, holds: bool) -> None:  # noqa: FBT001 - a table
        """A withdrawal that only the reader's ledger has counts from its moment on, and never back."""
        permission = ARTIST.permit(SOURCE, to=ANYONE)
        data = with_permission(permission)
        assert [("permission", True)] == kinds(checked(data))
        known = StatementSet([permission, ARTIST.withdraw(permission, taken_back)])
        report = checked(data, statements=known)
        assert ([("permission", holds)], holds) == (kinds(report), report.consistent)

    def test_withdrawn_by_another(self) -> None:
        """Nobody but the artist can take the permission back."""
        permission = ARTIST.permit(SOURCE)
        known = StatementSet([OTHER.withdraw(permission, AT - HOUR)])
        assert [("permission", True)] == kinds(checked(with_permission(permission), statements=known))

    def test_left_out(self) -> None:
        """A mark that names a permission without carrying it says so."""
        permission = ARTIST.permit(SOURCE)
        said = [permission, ALICE.declare(SOURCE, Basis.PERMISSION, permission=permission.envelope.digest)]
        declared = declaration(ALICE, PICTURE, said)
        data = mark_data(content(ALICE, PICTURE, declared), PICTURE.subject.digest[IMAGE_DATA])
        report = checked(with_assertions(ALICE, PICTURE, data))
        assert (True, []) == (report.marked, kinds(report))
        assert "did not come with the mark" in report.claims.sources[0].says.en

    def test_no_basis(self) -> None:
        """A recorded input without any source statement is told as named without a basis."""
        declared = replace(declaration(ALICE, PICTURE, [ALICE.declare(SOURCE)]), bases=())
        data = mark_data(content(ALICE, PICTURE, declared), PICTURE.subject.digest[IMAGE_DATA])
        report = checked(with_assertions(ALICE, PICTURE, data))
        assert None is report.claims.sources[0].basis
        assert "without a rights basis" in report.claims.sources[0].says.en


class TestTakenBack:
    @pytest.mark.parametrize("which", ["pledge", "generation", "source"])
    def test_told(self, which: str) -> None:
        """What its maker took back later, by the reader's ledger, is told beside the mark; nothing is erased."""
        source = ALICE.declare(SOURCE)
        declared = declaration(ALICE, PICTURE, [source])
        record = ALICE.say(declared.generation, PICTURE.subject)
        said = {"pledge": ALICE.pledge(), "generation": record, "source": source}[which]
        data = i2i(ALICE).data
        assert "" == notes(checked(data, statements=StatementSet([])))
        report = checked(data, statements=StatementSet([ALICE.withdraw(said, AT + HOUR)]))
        assert "took back" in notes(report)
        assert report.marked
        assert "" == notes(checked(data, statements=StatementSet([OTHER.withdraw(said)])))

    def test_from_a_ledger(self, tmp_path: Path) -> None:
        """A ledger on disk answers as well as statements in memory do."""
        permission = ARTIST.permit(SOURCE)
        data = with_permission(permission)
        with Ledger.open(tmp_path / "ledger.db") as ledger:
            for signed in (permission, ARTIST.withdraw(permission, AT - HOUR)):
                ledger.append(signed.envelope, appended_at=AT, public_key=signed.public_key)
            report = checked(data, statements=LedgerStatements(ledger))
        assert [("permission", False)] == kinds(report)
        assert "withdrew" in report.others[0].says.en
