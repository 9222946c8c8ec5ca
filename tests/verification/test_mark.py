"""The mark's statements: only a maker's own, about this very picture, and vouched for by the file's signature."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates.generation import Generation, Input, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.verification.mark import SignedMark, read_mark
from myself_i2i.verification.report import Integrity
from tests.support.foreign import gathered
from tests.support.marked import (
    AT,
    Person,
    Picture,
    content,
    declaration,
    drawing,
    generated,
    mark_data,
    person,
    plain,
    with_assertions,
)
from tests.verification.checking import checked, notes

ALICE, EVE, ARTIST = person("alice"), person("eve"), person("artist")
SOURCE = drawing()
PICTURE = generated("png", SOURCE)
DIGEST = PICTURE.subject.digest[IMAGE_DATA]


def data_of(
    someone: Person = ALICE, picture: Picture = PICTURE, *, permitted: bool = False
) -> dict[str, Any]:
    """The mark's assertion as the maker makes it."""
    said = [someone.declare(SOURCE)]
    if permitted:
        permission = ARTIST.permit(SOURCE)
        digest = permission.envelope.digest
        said = [permission, someone.declare(SOURCE, Basis.PERMISSION, permission=digest)]
    made = content(someone, picture, declaration(someone, picture, said), said)
    return mark_data(made, picture.subject.digest[IMAGE_DATA])


GOOD, EVES, PERMITTED = data_of(), data_of(EVE), data_of(permitted=True)


def changed(data: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The assertion with parts replaced."""
    return {**copy.deepcopy(data), **parts}


def source(data: dict[str, Any] = GOOD, **parts: Any) -> dict[str, Any]:
    """The assertion with parts of its only source replaced."""
    return changed(data, sources=[{**data["sources"][0], **parts}])


def one_byte(envelope: dict[str, Any]) -> dict[str, Any]:
    """The envelope with one byte of what was signed changed."""
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[-20] ^= 1
    return {**envelope, "payload": base64.b64encode(payload).decode()}


def nested() -> object:
    """A value too deep for Python's own writer."""
    value: object = 0
    for _ in range(100_000):
        value = [value]
    return value


class TestReadMark:
    def test_good(self) -> None:
        """A whole mark gives its verified statements, and says which picture they speak of."""
        mark = read_mark(GOOD)
        assert isinstance(mark, SignedMark)
        assert (ALICE.keyid, "alice", "i2i") == (
            mark.key.keyid,
            mark.pledge.says.display_name,
            mark.record.says.mode,
        )
        assert [(SOURCE.sha256, Basis.OWN_DRAWING)] == [
            (one.file.sha256, one.statement.says.basis) for one in mark.sources
        ]
        assert mark.speaks_for(DIGEST)
        assert not mark.speaks_for("0" * 64)

    def test_permission(self) -> None:
        """A permission comes with the source statement that names it."""
        (one,) = read_mark(PERMITTED).sources
        assert one.permission is not None
        assert ARTIST.keyid == one.permission.signed.keyid

    @pytest.mark.parametrize(
        "data",
        [
            changed(GOOD, pledge=EVES["pledge"]),
            changed(GOOD, pledge=EVES["pledge"], maker=EVES["maker"]),
            changed(GOOD, maker=EVES["maker"]),
            changed(GOOD, generation=EVES["generation"]),
            source(statement=EVES["sources"][0]["statement"]),
            changed(GOOD, pledge=one_byte(GOOD["pledge"])),
            changed(GOOD, generation=one_byte(GOOD["generation"])),
            source(statement=one_byte(GOOD["sources"][0]["statement"])),
            source(PERMITTED, permission=one_byte(PERMITTED["sources"][0]["permission"])),
        ],
        ids=[
            "pledge of another key",
            "another key introduced",
            "another key named",
            "record by another key",
            "source statement by another key",
            "one byte of the pledge",
            "one byte of the record",
            "one byte of a source statement",
            "one byte of a permission",
        ],
    )
    def test_other_key(self, data: dict[str, Any]) -> None:
        """Every statement must be whole and by the maker; one that is not makes the whole mark unusable."""
        with pytest.raises((VerificationError, InputError)):
            read_mark(data)

    @pytest.mark.parametrize(
        "data",
        [
            source(sha256="0" * 64),
            source(basis="own-photo"),
            source(basis=None),
            source(roles=["mask"]),
            source(roles="init"),
            source(roles=[{}]),
            changed(GOOD, imageData="0" * 64),
            changed(GOOD, imageData=None),
            source(PERMITTED, statement=GOOD["sources"][0]["statement"], basis="own-drawing"),
        ],
    )
    def test_told_otherwise(self, data: dict[str, Any]) -> None:
        """What stands beside the envelopes for other readers must be what the envelopes say."""
        with pytest.raises(VerificationError):
            read_mark(data)

    def test_not_an_input(self) -> None:
        """A source that the record does not name is refused: its permission would be shown for nothing."""
        record = Generation(written_by=WrittenBy.HAND, mode="t2i", image_input="no", recorded_at=AT)
        with pytest.raises(VerificationError):
            read_mark(changed(PERMITTED, generation=envelope_of(record)))

    def test_metadata_rewritten(self) -> None:
        """A source declared before a tool rewrote its metadata is found by its picture data."""
        other = "e" * 64
        image_data = SOURCE.subject.digest[IMAGE_DATA]
        record = Generation(
            written_by=WrittenBy.HAND,
            mode="i2i",
            image_input="yes",
            inputs=(Input(role="init", sha256=other, image_data=image_data),),
            recorded_at=AT,
        )
        said = envelope_of(record)
        mark = read_mark({**source(sha256=other, imageData=image_data), "generation": said})
        assert (other, image_data) == (mark.sources[0].file.sha256, mark.sources[0].file.image_data)

    @pytest.mark.parametrize(
        "data",
        [
            None, [], "x", 1, {}, {"version": 2}, {"version": 1}, {"version": True, "maker": {}},
            changed(GOOD, version=2), changed(GOOD, maker=None), changed(GOOD, maker={}), changed(GOOD, sources=None),
            changed(GOOD, sources={}), changed(GOOD, sources=[None]), changed(GOOD, sources=GOOD["sources"] * 65),
            changed(GOOD, pledge=None), changed(GOOD, pledge=GOOD["generation"]), changed(GOOD, generation=GOOD["pledge"]),
            changed(GOOD, sources=GOOD["sources"] * 2), changed(GOOD, more="x" * 600_000), changed(GOOD, more=nested()),
            source(sha256=None), source(sha256=5), source(statement=None), source(statement={}), source(permission="x"),
        ],
    )  # fmt: skip
    def test_other_shape(self, data: object) -> None:
        """What has not the shape of a mark is refused with our error."""
        with pytest.raises((InputError, VerificationError)):
            read_mark(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = st.sampled_from(
    [
        (), ("version",), ("maker",), ("maker", "keyid"), ("imageData",), ("pledge",), ("pledge", "payload"),
        ("pledge", "signatures"), ("pledge", "signatures", 0), ("pledge", "signatures", 0, "sig"), ("generation",),
        ("generation", "payloadType"), ("sources",), ("sources", 0), ("sources", 0, "sha256"), ("sources", 0, "basis"),
        ("sources", 0, "roles"), ("sources", 0, "roles", 0), ("sources", 0, "imageData"), ("sources", 0, "statement"),
        ("sources", 0, "permission"), ("sources", 0, "permission", "signatures", 0, "keyid"),
    ]
)  # fmt: skip


class TestHostile:
    @given(JSON)
    def test_any_json(self, data: object) -> None:
        """Whatever JSON stands in the assertion, only our errors come out."""
        with pytest.raises((InputError, VerificationError)):
            read_mark(data)

    @given(PLACES, JSON)
    def test_any_place(self, place: tuple[str | int, ...], value: object) -> None:
        """A good mark with any value at any place is read, or refused with our error."""
        data: Any = copy.deepcopy(PERMITTED)
        if not place:
            data = value
        else:
            inner = data
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = value
        try:
            mark = read_mark(data)
        except (InputError, VerificationError):
            return
        assert ALICE.keyid == mark.key.keyid

    @pytest.mark.parametrize(
        "data",
        [
            {"version": 1, "sources": [[]] * 5000},
            "x" * 600_000,
            {"version": 10**18},
            {"a": [[[[[]]]]] * 2000},
        ],
        ids=["many", "long", "number", "nested"],
    )
    def test_in_a_file(self, data: object) -> None:
        """A huge or odd mark in a validly signed file is refused, and the rest of the report stands."""
        report = checked(with_assertions(ALICE, PICTURE, data))
        assert (Integrity.INTACT, False, True) == (report.intact.answer, report.marked, report.refused)
        assert not report.consistent


class TestInAFile:
    """The same through `check`, in files whose own signature is whole."""

    def refused(self, data: bytes, why: str) -> None:
        """The file is intact, its mark is not used, and the command ends with 1."""
        report = checked(data)
        assert (Integrity.INTACT, False, True, False) == (
            report.intact.answer,
            report.marked,
            report.refused,
            report.consistent,
        )
        assert why in notes(report)
        assert None is report.claims.pledge
        assert [] == [other for other in report.others if other.kind == "permission"]

    def test_another_key(self) -> None:
        """Somebody carries a maker's statements under a certificate of their own."""
        self.refused(with_assertions(EVE, PICTURE, GOOD), "another key than the file")

    def test_another_picture(self) -> None:
        """A maker's own statements about one picture, signed into another."""
        self.refused(with_assertions(ALICE, plain(seed=9), GOOD), "another picture")

    def test_another_picture_renamed(self) -> None:
        """The same, with the digest beside the statements made to fit."""
        other = plain(seed=9)
        data = changed(GOOD, imageData=other.subject.digest[IMAGE_DATA])
        self.refused(with_assertions(ALICE, other, data), "repeats")

    def test_payload(self) -> None:
        """One byte of a statement changed, the manifest signed anew."""
        data = changed(GOOD, generation=one_byte(GOOD["generation"]))
        self.refused(with_assertions(ALICE, PICTURE, data), "")

    def test_two_marks(self) -> None:
        """Two marks in one manifest: a file must not say one thing here and another elsewhere."""
        self.refused(with_assertions(ALICE, PICTURE, GOOD, GOOD), "two marks")

    def test_gathered(self) -> None:
        """A mark that the signer only gathered is hearsay and does not count."""
        self.refused(gathered(ALICE, PICTURE, GOOD), "does not stand behind")

    def test_created(self) -> None:
        """The very same assertion, created by its signer, counts."""
        assert checked(with_assertions(ALICE, PICTURE, GOOD)).marked


def envelope_of(record: Generation) -> Any:
    """A record of the picture as an envelope's JSON."""
    return json.loads(ALICE.say(record, PICTURE.subject).envelope.to_json())
