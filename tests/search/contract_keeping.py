"""What every index promises of records: adding, deleting, and what does not fit."""

import dataclasses

import pytest

from myself_i2i.errors import InputError
from myself_i2i.search.interface import Hit, Index, Kind, Record
from tests.search.codes import PLAIN, SHORT, VECTOR, ask, code, plain, vector
from tests.search.contract_base import Base, Open


class Keeping(Base):
    """What was added is there, whole, until it is deleted."""

    def test_what_was_added_is_found(self, index: Index) -> None:
        """A record is found by its own code at distance 0 as soon as `add` returned."""
        as_of = index.add([plain("a", code(1)), plain("b", code(2))])
        (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=10)
        assert (Hit("a", 0),) == answer.hits
        assert (True, False) == (answer.exact, answer.truncated)
        assert as_of <= answer.as_of

    def test_adding_again_changes_nothing(self, index: Index) -> None:
        """The same record twice, in one call or in two, is stored once and keeps its sequence number."""
        index.add([plain("a", code(1)), plain("a", code(1))])
        before = list(index.scan())
        index.add([plain("a", code(1))])
        assert before == list(index.scan())
        assert 1 == index.stats().records

    def test_new_beside_known(self, index: Index) -> None:
        """A batch that is known in part stores the rest."""
        index.add([plain("a", code(1))])
        index.add([plain("a", code(1)), plain("b", code(2))])
        assert ["a", "b"] == [record.id for _, record in index.scan()]

    def test_other_code_under_the_same_id(self, index: Index) -> None:
        """Another code under a known id and kind raises, and nothing of the batch is stored."""
        index.add([plain("a", code(1))])
        with pytest.raises(InputError, match="another code"):
            index.add([plain("b", code(2)), plain("a", code(3)), plain("c", code(4))])
        assert [plain("a", code(1))] == [record for _, record in index.scan()]

    def test_other_code_within_one_batch(self, index: Index) -> None:
        """Two codes for one id in the same batch raise, and nothing is stored."""
        with pytest.raises(InputError):
            index.add([plain("a", code(1)), plain("a", code(2))])
        assert 0 == index.stats().records

    def test_other_payload_under_the_same_id(self, index: Index) -> None:
        """Another payload under a known id and kind raises, and the first stays."""
        first = vector("a", 1)
        index.add([first])
        with pytest.raises(InputError):
            index.add([dataclasses.replace(first, payload=bytes(VECTOR.payload))])
        assert (first,) == index.get("a")

    def test_one_id_in_two_kinds(self, index: Index) -> None:
        """An id may stand in every kind once."""
        short = Record("a", SHORT.name, code(2, 64))
        index.add([short, plain("a", code(1))])
        assert (plain("a", code(1)), short) == index.get("a")

    def test_nothing_to_add(self, index: Index) -> None:
        """An empty batch is no error and gives no sequence number out."""
        last = index.add([plain("a", code(1))])
        assert last == index.add([])

    @pytest.mark.parametrize(
        "bad",
        [
            Record("a", "unknown_v1", code(1)),
            Record("", PLAIN.name, code(1)),
            Record("x" * 201, PLAIN.name, code(1)),
            Record("a\nb", PLAIN.name, code(1)),
            Record("a\x00", PLAIN.name, code(1)),
            Record("\ud800", PLAIN.name, code(1)),
            Record("a", PLAIN.name, code(1)[:-1]),
            Record("a", PLAIN.name, code(1) + b"\0"),
            Record("a", PLAIN.name, code(1), b"\0"),
            Record("a", VECTOR.name, code(1)),
            Record("a", VECTOR.name, code(1), bytes(VECTOR.payload + 1)),
        ],
        ids=lambda record: repr(record)[:60],
    )
    def test_records_that_do_not_fit(self, index: Index, bad: Record) -> None:
        """A record that does not fit its kind raises before anything is written."""
        with pytest.raises(InputError):
            index.add([plain("good", code(2)), bad])
        assert 0 == index.stats().records

    @pytest.mark.parametrize(
        "kinds",
        [
            [Kind("")],
            [Kind("Big Letters")],
            [Kind("x" * 65)],
            [Kind("a", bits=0)],
            [Kind("a", bits=100)],
            [Kind("a", radius=-1)],
            [Kind("a", radius=257)],
            [Kind("a", payload=-1)],
            [Kind("a"), Kind("a")],
        ],
        ids=repr,
    )
    def test_kinds_that_cannot_be(self, open_index: Open, kinds: list[Kind]) -> None:
        """A kind that is not well-formed, or named twice, raises when the index is opened."""
        with pytest.raises(InputError):
            open_index(kinds)

    def test_any_text_is_an_id(self, index: Index) -> None:
        """Ids of any script, quotes and signs come back as they were, and equal distances sort by code point."""
        ids = [
            "日本語",
            "é",
            "e\u0301",
            "a'b\"c;--",
            "%_\\",
            "Z",
            "a",
            " ",
            "\U0001f600",
            "\uffee",
            "x" * 200,
        ]
        index.add([plain(id_, code(1)) for id_ in ids])
        (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=100)
        assert sorted(ids) == [hit.id for hit in answer.hits]
        assert all((plain(id_, code(1)),) == index.get(id_) for id_ in ids)

    def test_deleted_is_gone_at_once(self, index: Index) -> None:
        """A deleted id is in no search, get, scan or count, in any kind; its neighbours stay."""
        index.add([plain("a", code(1)), plain("b", code(1)), Record("a", SHORT.name, code(2, 64))])
        before = index.stats().as_of
        assert 2 == index.delete(["a"])
        (answer,) = index.search(PLAIN.name, ask(code(1)), radius=31, limit=10)
        assert (Hit("b", 0),) == answer.hits
        assert before < answer.as_of
        assert () == index.search(SHORT.name, ask(code(2, 64)), radius=8, limit=10)[0].hits
        assert () == index.get("a")
        assert ["b"] == [record.id for _, record in index.scan()]
        assert {PLAIN.name: 1, SHORT.name: 0, VECTOR.name: 0} == index.stats().by_kind

    def test_unknown_ids_are_no_error(self, index: Index) -> None:
        """Deleting what is not there, or what no record could be called, deletes nothing."""
        last = index.add([plain("a", code(1))])
        assert 0 == index.delete(["b", "", "\n", "\ud800", "x" * 300])
        assert 0 == index.delete([])
        assert last == index.stats().as_of

    def test_one_text_is_not_many_ids(self, index: Index) -> None:
        """A text given in the place of a list of ids raises: its letters are no ids."""
        index.add([plain("a", code(1))])
        with pytest.raises(InputError):
            index.delete("a")
        assert 1 == index.stats().records

    def test_deleted_may_come_back_with_another_code(self, index: Index) -> None:
        """After deletion an id may be added with another code, and only that one is found; compacted or not."""
        index.add([plain("a", code(1)), plain("b", code(5))])
        index.compact()
        index.delete(["a"])
        index.add([plain("a", code(2))])
        for _ in range(2):
            old, new = index.search(PLAIN.name, [*ask(code(1)), *ask(code(2))], radius=31, limit=10)
            assert ((), (Hit("a", 0),)) == (old.hits, new.hits)
            index.compact()
