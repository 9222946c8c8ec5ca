"""What every index promises, as tests. An implementation subclasses `Contract` and says how an empty one is opened."""

import threading

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from myself_i2i.errors import InputError
from myself_i2i.search.interface import Audit, Index, Query, Record
from tests.search.codes import KINDS, PLAIN, SHORT, VECTOR, ask, code, crowd, plain, vector
from tests.search.contract_base import Open
from tests.search.contract_finding import Finding
from tests.search.contract_keeping import Keeping
from tests.search.machine import IndexMachine

__all__ = ["Contract", "Open"]


class Contract(Keeping, Finding):
    """The promises of `search.interface`; the subclass gives the fixture `open_index`."""

    def test_get(self, index: Index) -> None:
        """All of an id's records come back as they were added, sorted by kind; nothing for an id unknown."""
        mine = [vector("a", 1), plain("a", code(1)), Record("a", SHORT.name, code(1, 64))]
        index.add([*mine, plain("b", code(2))])
        assert tuple(sorted(mine, key=lambda record: record.kind)) == index.get("a")
        assert () == index.get("c")
        assert () == index.get("")

    def test_scan_goes_on_where_it_stopped(self, index: Index) -> None:
        """Sequence numbers rise in the order of adding, and a scan after any of them gives exactly the rest."""
        records = [*crowd(40), vector("v", 1), *crowd(5, seed=2)]
        for record in records:
            index.add([record])
        index.delete([records[3].id])
        kept = records[:3] + records[4:]
        rows = list(index.scan())
        assert kept == [record for _, record in rows]
        numbers = [number for number, _ in rows]
        assert sorted(set(numbers)) == numbers
        assert numbers[0] > 0
        for at in (0, 17, len(rows) - 1):
            assert rows[at + 1 :] == list(index.scan(after=numbers[at]))

    def test_moving_house(self, open_index: Open) -> None:
        """What one index scans out, another takes in, and answers the same."""
        first, second = open_index(KINDS), open_index(KINDS)
        first.add([*crowd(50), vector("v", 1)])
        second.add([record for _, record in first.scan()])
        questions = ask(crowd(50)[7].code)
        expected = first.search(PLAIN.name, questions, radius=None, limit=20)[0].hits
        assert expected == second.search(PLAIN.name, questions, radius=None, limit=20)[0].hits

    @pytest.mark.parametrize("what", ["compact", "rebuild"])
    def test_upkeep_changes_no_answer(self, index: Index, what: str) -> None:
        """Compacting and rebuilding, also twice and when empty, change nothing that can be asked."""
        getattr(index, what)()
        index.add([*crowd(300), vector("v", 1)])
        index.delete([record.id for record in crowd(300)[:100]])
        questions = [Query(record.code) for record in crowd(300)[90:110]]

        def told() -> object:
            found = [index.search(PLAIN.name, questions, radius=r, limit=9) for r in (31, 48, 120, None)]
            return [[answer.hits for answer in answers] for answers in found], list(index.scan())

        before = told()
        for _ in range(2):
            getattr(index, what)()
            assert before == told()

    def test_stats(self, index: Index) -> None:
        """The counts are those of live records, and after compacting little or nothing is left to scan."""
        assert 0 == index.stats().records
        index.add([*crowd(30), vector("v", 1)])
        index.delete([crowd(30)[0].id])
        stats = index.stats()
        assert 30 == stats.records
        assert {PLAIN.name: 29, SHORT.name: 0, VECTOR.name: 1} == stats.by_kind
        assert 0 <= stats.unindexed <= 30
        assert stats.bytes > 29 * 32
        assert () == stats.warnings
        index.compact()
        assert index.stats().unindexed <= stats.unindexed

    def test_as_of_never_falls(self, index: Index) -> None:
        """Sequence numbers rise with every change and never fall, whatever is done."""
        seen = [index.stats().as_of]

        def note() -> None:
            (answer,) = index.search(PLAIN.name, ask(code(1)), radius=31, limit=1)
            seen.append(answer.as_of)

        seen.append(index.add([plain("a", code(1))]))
        note()
        index.delete(["a"])
        note()
        index.compact()
        note()
        index.rebuild()
        seen.append(index.add([plain("a", code(2))]))
        note()
        assert seen == sorted(seen)
        assert len({seen[0], seen[1], seen[3], seen[-1]}) == 4

    def test_audit(self, index: Index) -> None:
        """An index of which nothing is damaged finds all that the audit knows to be there."""
        assert Audit(0, 0) == index.audit(3, seed=1)
        index.add([*crowd(400), *(vector(f"v{at}", at) for at in range(20))])
        for _ in range(2):
            found = index.audit(4, seed=1)
            assert 1.0 == found.recall
            assert (
                4 * (4 + 4) == found.asked
            )  # plain: 0, 8, 16, 31 bits; vector: 0, 8, 16, 48; no short records
            index.compact()
        with pytest.raises(InputError):
            index.audit(-1, seed=1)

    def test_readers_beside_a_writer(self, index: Index) -> None:
        """Threads that search while one adds and deletes see every record that was acknowledged, and never an error."""
        acknowledged: list[str] = []
        failures: list[BaseException] = []
        done = threading.Event()

        def read() -> None:
            try:
                while not done.is_set():
                    known = list(acknowledged)
                    (answer,) = index.search(PLAIN.name, ask(code(1)), radius=0, limit=1_000)
                    assert set() == set(known) - {hit.id for hit in answer.hits}
            except BaseException as error:  # noqa: BLE001  # carried to the test's own thread
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for at in range(30):
            index.add([plain(f"n{at}", code(1)), plain(f"x{at}", code(2))])
            acknowledged.append(f"n{at}")
            index.delete([f"x{at}"])
        done.set()
        for reader in readers:
            reader.join()
        assert [] == failures

    def test_any_life_is_the_truths(self, open_index: Open) -> None:
        """However adding, deleting, searching, compacting and rebuilding follow each other, answers are the truth's."""

        class Life(IndexMachine):
            def __init__(self) -> None:
                super().__init__(open_index)

        run_state_machine_as_test(
            Life, settings=settings(max_examples=self.RUNS, stateful_step_count=20, deadline=None)
        )
