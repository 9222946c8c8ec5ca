"""The adapter for Milvus, where a server is given: MYSELF_I2I_MILVUS=http://HOST:19530."""

import contextlib
import itertools
import os
import sys
import uuid
from collections.abc import Iterator, Sequence

import pytest

from myself_i2i.errors import InputError, SearchError, UsageError
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Index, Kind, Query
from myself_i2i.search.milvus import MilvusIndex
from myself_i2i.search.milvus_collections import MOST
from tests.search.codes import PLAIN, VECTOR, ask, code, plain, vector
from tests.search.contract import Contract, Open

URI = os.environ.get("MYSELF_I2I_MILVUS", "")
server = pytest.mark.skipif(not URI, reason="no Milvus server is given (MYSELF_I2I_MILVUS=URI)")
# What the client library itself does while it loads and ends.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def name() -> str:
    """Return a name under which nobody keeps an index."""
    return f"t{uuid.uuid4().hex[:12]}"


def dropped(name: str) -> None:
    """Throw an index away, by a connection of its own: the test may have closed the other."""
    with MilvusIndex.open(URI, [], name=name) as index:
        index.drop()


@server
class TestMilvus(Contract):
    RUNS = 1

    @pytest.fixture
    def open_index(self, name: str) -> Iterator[Open]:
        """Return what opens an empty index under a name of its own."""
        numbers = itertools.count()
        with contextlib.ExitStack() as stack:

            def new(kinds: Sequence[Kind]) -> Index:
                mine = f"{name}n{next(numbers)}"
                index = stack.enter_context(MilvusIndex.open(URI, kinds, name=mine))
                stack.callback(dropped, mine)
                return index

            yield new


@server
class TestMilvusAlone:
    def test_what_a_killed_writer_left(self, name: str) -> None:
        """Records that were stored and not committed are never seen, and the next writer clears them away."""
        with MilvusIndex.open(URI, [PLAIN], name=name) as index:
            last = index.add([plain("a", code(1))])
            left = {"pk": b"b".hex(), "seq": last + 1, "code": code(1), "payload": ""}
            index._collections.insert(PLAIN.name, [left])
            assert ["a"] == [
                hit.id for hit in index.search(PLAIN.name, ask(code(1)), radius=0, limit=9)[0].hits
            ]
            assert ((), 1) == (index.get("b"), index.stats().records)
            with MilvusIndex.open(URI, [PLAIN], name=name) as second:
                assert last + 1 == second.add([plain("c", code(2))])
                assert ["a", "c"] == [record.id for _, record in second.scan()]
                assert 2 == second._collections.count(PLAIN.name, "seq >= 0")
            index.drop()

    def test_long_shortlist(self, name: str) -> None:
        """A shortlist of more than the server gives at once is the truth's all the same."""
        truth = ExhaustiveIndex([VECTOR])
        with MilvusIndex.open(URI, [VECTOR], name=name) as index:
            for store in (truth, index):
                store.add([vector(f"v{at}", at) for at in range(200)])
            query = Query(vector("", 3).code, vector("", 3).payload)
            expected, got = (s.search(VECTOR.name, [query], radius=120, limit=2_000) for s in (truth, index))
            assert expected[0].hits == got[0].hits
            index.drop()

    def test_same_name_other_shape(self, name: str) -> None:
        """A kind with other lengths than the index keeps under its name is refused."""
        with MilvusIndex.open(URI, [PLAIN], name=name) as index:
            with pytest.raises(SearchError, match="256 bits and 0 bytes"):
                MilvusIndex.open(URI, [Kind(PLAIN.name, bits=128)], name=name)
            index.drop()

    def test_flood_beyond_one_answer(self, name: str) -> None:
        """Of more equal codes than the server gives at once, the first by id are given."""
        with MilvusIndex.open(URI, [PLAIN], name=name) as index:
            index.add([plain(f"{at:06}", bytes(32)) for at in reversed(range(MOST + 3_000))])
            (answer,) = index.search(PLAIN.name, ask(bytes(32)), radius=31, limit=5)
            assert [f"{at:06}" for at in range(5)] == [hit.id for hit in answer.hits]
            index.drop()


class TestOpening:
    @pytest.mark.parametrize("given", ["", "Big", "1st", "a_b", "x" * 42])
    def test_name_that_cannot_be(self, given: str) -> None:
        """A name that is no plain word is refused before anything is asked of a server."""
        with pytest.raises(UsageError):
            MilvusIndex.open("http://localhost:1", [PLAIN], name=given)

    def test_payload_too_long(self) -> None:
        """A payload longer than Milvus keeps is refused."""
        with pytest.raises(InputError):
            MilvusIndex.open("http://localhost:1", [Kind("long_v1", payload=49_001)])

    def test_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the client library the error says what to install."""
        monkeypatch.setitem(sys.modules, "pymilvus", None)
        with pytest.raises(UsageError) as raised:
            MilvusIndex.open("http://localhost:1", [PLAIN])
        assert raised.value.hint is not None
        assert "myself-i2i[milvus]" in raised.value.hint.en
