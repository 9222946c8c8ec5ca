"""Random lives of an index beside exhaustive search: a hypothesis state machine."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from myself_i2i.errors import InputError
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Index, Kind, Query, Record
from tests.search.codes import PLAIN, VECTOR, away, code

KINDS = (PLAIN, VECTOR)


@runtime_checkable
class Closable(Protocol):
    """What some indexes are."""

    def close(self) -> None:
        """Let go of files and connections."""


# Few ids and a few clusters of codes: repeats, ties, floods and near misses come up in every life.
IDS = st.sampled_from([f"id{at}" for at in range(12)])
CODES = st.builds(
    lambda centre, distance, seed: away(code(centre), distance, seed),
    st.sampled_from([1, 2]),
    st.sampled_from([0, 0, 1, 15, 16, 31, 32, 33, 48, 49]),
    st.integers(0, 2),
)
PAYLOADS = st.sampled_from([bytes(16), bytes(range(16)), b"\x80" * 16, b"\x7f\x80" * 8])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Return a record of either kind."""
    kind = draw(st.sampled_from(KINDS))
    return Record(draw(IDS), kind.name, draw(CODES), draw(PAYLOADS) if kind.payload else b"")


class IndexMachine(RuleBasedStateMachine):
    """Does the same to an index and to the truth, and holds them equal."""

    def __init__(self, open_index: Callable[[Sequence[Kind]], Index]) -> None:
        super().__init__()
        self.index = open_index(KINDS)
        self.truth = ExhaustiveIndex(KINDS)

    @rule(batch=st.lists(records(), max_size=6))
    def add(self, batch: list[Record]) -> None:
        """Both store the batch, or both refuse it whole."""
        outcomes = []
        for store in (self.truth, self.index):
            refused = True
            with contextlib.suppress(InputError):
                store.add(batch)
                refused = False
            outcomes.append(refused)
        assert outcomes[0] == outcomes[1]

    @rule(ids=st.lists(IDS, max_size=4))
    def delete(self, ids: list[str]) -> None:
        """Both forget as many."""
        assert self.truth.delete(ids) == self.index.delete(ids)

    @rule(
        kind=st.sampled_from(KINDS),
        value=CODES,
        payload=PAYLOADS,
        radius=st.sampled_from([0, 1, 16, 31, 32, 48, 60, 256, None]),
        limit=st.sampled_from([1, 2, 5, 100]),
    )
    def search(self, kind: Kind, value: bytes, payload: bytes, radius: int | None, limit: int) -> None:
        """Both give the same hits in the same order."""
        query = Query(value, payload if kind.payload else b"")
        (want,) = self.truth.search(kind.name, [query], radius=radius, limit=limit)
        (got,) = self.index.search(kind.name, [query], radius=radius, limit=limit)
        assert (want.hits, want.truncated, want.exact) == (got.hits, got.truncated, got.exact)

    @rule()
    def compact(self) -> None:
        """Nothing that can be asked changes."""
        self.index.compact()

    @rule()
    def rebuild(self) -> None:
        """Nothing that can be asked changes."""
        self.index.rebuild()

    @invariant()
    def same_records(self) -> None:
        """Both hold the same records, in the order they came."""
        assert [record for _, record in self.truth.scan()] == [record for _, record in self.index.scan()]
        assert self.truth.stats().by_kind == self.index.stats().by_kind

    def teardown(self) -> None:
        """Let the index go."""
        if isinstance(self.index, Closable):
            self.index.close()
