"""What every index promises, as tests. An implementation subclasses `Contract` and says how an empty one is opened."""

import dataclasses
import threading
from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from myself_i2i.errors import InputError
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Audit, Hit, Index, Kind, Query, Record
from tests.search.codes import KINDS, PLAIN, SHORT, VECTOR, ask, away, code, crowd, flipped, plain, vector
from tests.search.machine import IndexMachine

Open = Callable[[Sequence[Kind]], Index]


class Contract:
    """The promises of `search.interface`; the subclass gives the fixture `open_index`."""

    RUNS = 25
    """How many random lives of an index the stateful test tries; fewer where each call is dear."""

    @pytest.fixture
    def open_index(self) -> Open:
        """Return what opens a new, empty index of the given kinds, as often as it is called."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, open_index: Open) -> Index:
        """Return an empty index of three kinds: plain, short codes, with payload."""
        return open_index(KINDS)

    # --- adding

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

    # --- deleting

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

    # --- exactness

    @pytest.mark.parametrize("compacted", [False, True], ids=["tail", "compacted"])
    @pytest.mark.parametrize("radius", [0, 1, 7, 8, 16, 30, 31, 32, 40, 48, 49, 64, 100, 256, None])
    def test_same_as_the_truth(self, open_index: Open, radius: int | None, *, compacted: bool) -> None:
        """At every radius the answers are those of exhaustive search, hit by hit, on both sides of the edge."""
        index, truth = open_index([PLAIN]), ExhaustiveIndex([PLAIN])
        records = crowd(3_000)
        edge = 31 if radius is None else radius
        targets = [code(100 + at) for at in range(8)]
        for at, target in enumerate(targets):
            near = sorted({0, edge // 2, max(edge - 1, 0), edge, min(edge + 1, 256)})
            records += [plain(f"near-{at}-{d}", away(target, d, seed=d)) for d in near]
        for store in (index, truth):
            store.add(records)
        if compacted:
            index.compact()
        questions = [Query(target) for target in targets]
        expected = truth.search(PLAIN.name, questions, radius=radius, limit=50)
        got = index.search(PLAIN.name, questions, radius=radius, limit=50)
        assert [a.hits for a in expected] == [a.hits for a in got]
        assert [a.truncated for a in expected] == [a.truncated for a in got]
        assert all(answer.exact for answer in got)

    @pytest.mark.parametrize("compacted", [False, True], ids=["tail", "compacted"])
    def test_wherever_the_bits_differ(self, open_index: Open, *, compacted: bool) -> None:
        """A code 31 bits away is found when those bits lie together, spread evenly, or all at an end."""
        index = open_index([PLAIN])
        places = [range(31), range(225, 256), range(0, 248, 8), range(100, 131), range(4, 252, 8)]
        index.add(crowd(2_000) + [plain(f"p{at}", flipped(code(7), bits)) for at, bits in enumerate(places)])
        if compacted:
            index.compact()
        (answer,) = index.search(PLAIN.name, ask(code(7)), radius=31, limit=10)
        assert tuple(Hit(f"p{at}", 31) for at in range(5)) == answer.hits

    def test_nearest_first_then_by_id(self, index: Index) -> None:
        """Hits come by distance, and by id where distances are equal, whatever the order they were added in."""
        made = [
            plain(f"{name}{d}", away(code(1), d, seed=at)) for d in (9, 0, 5) for at, name in enumerate("zam")
        ]
        index.add(made)
        (answer,) = index.search(PLAIN.name, ask(code(1)), radius=31, limit=100)
        assert [(d, f"{name}{d}") for d in (0, 5, 9) for name in "amz"] == [
            (h.distance, h.id) for h in answer.hits
        ]

    def test_limit_cuts_the_farthest(self, index: Index) -> None:
        """At most `limit` hits come, none left out is nearer, ties are cut by id, and `truncated` says so."""
        index.add([plain(f"{at:03}", away(code(1), at // 10)) for at in reversed(range(100))])
        for limit, truncated in ((1, True), (25, True), (99, True), (100, False), (10_000, False)):
            (answer,) = index.search(PLAIN.name, ask(code(1)), radius=31, limit=limit)
            assert [f"{at:03}" for at in range(min(limit, 100))] == [hit.id for hit in answer.hits]
            assert truncated == answer.truncated

    def test_no_radius_gives_the_nearest(self, index: Index) -> None:
        """Without a radius the nearest come, however far, and `truncated` says whether there are others."""
        index.add([plain("far", away(code(1), 200)), plain("farther", away(code(1), 256))])
        (two,) = index.search(PLAIN.name, ask(code(1)), radius=None, limit=2)
        assert (Hit("far", 200), Hit("farther", 256)) == two.hits
        assert not two.truncated
        (one,) = index.search(PLAIN.name, ask(code(1)), radius=None, limit=1)
        assert ((Hit("far", 200),), True) == (one.hits, one.truncated)

    @pytest.mark.parametrize("compacted", [False, True], ids=["tail", "compacted"])
    def test_flood_of_one_code(self, open_index: Open, *, compacted: bool) -> None:
        """A thousand pictures with one code (blank pages) hide nothing near them, and come in order."""
        index = open_index([PLAIN])
        blank = bytes(32)
        index.add([plain(f"blank-{at:04}", blank) for at in range(1_000)] + [plain("mine", away(blank, 3))])
        if compacted:
            index.compact()
        (answer,) = index.search(PLAIN.name, ask(away(blank, 3)), radius=31, limit=11)
        assert ["mine", *(f"blank-{at:04}" for at in range(10))] == [hit.id for hit in answer.hits]
        assert answer.truncated
        index.delete([f"blank-{at:04}" for at in range(995)])
        (rest,) = index.search(PLAIN.name, ask(blank), radius=31, limit=10)
        assert [*(f"blank-{at:04}" for at in range(995, 1_000)), "mine"] == [hit.id for hit in rest.hits]

    def test_kinds_are_never_mixed(self, open_index: Open) -> None:
        """The same code in two kinds of the same length is found in the kind asked for only."""
        other = Kind("other_v1")
        index = open_index([PLAIN, other])
        index.add([plain("a", code(1)), Record("b", other.name, code(1))])
        for _ in range(2):
            found = [index.search(k.name, ask(code(1)), radius=None, limit=9)[0].hits for k in (PLAIN, other)]
            assert [(Hit("a", 0),), (Hit("b", 0),)] == found
            index.compact()

    def test_many_queries_at_once(self, index: Index) -> None:
        """Each query is answered in its place, the same as alone; no queries, no answers."""
        index.add(crowd(200) + [plain(f"t{at}", code(500 + at)) for at in range(20)])
        questions = [Query(away(code(500 + at), at)) for at in range(20)]
        together = index.search(PLAIN.name, questions, radius=31, limit=5)
        assert [[f"t{at}"] for at in range(20)] == [[hit.id for hit in answer.hits] for answer in together]
        assert together == [index.search(PLAIN.name, [q], radius=31, limit=5)[0] for q in questions]
        assert [] == index.search(PLAIN.name, [], radius=31, limit=5)

    @pytest.mark.parametrize(
        ("kind", "query", "radius", "limit"),
        [
            ("unknown_v1", Query(code(1)), 31, 10),
            (PLAIN.name, Query(code(1)[:-1]), 31, 10),
            (PLAIN.name, Query(code(1), b"\0"), 31, 10),
            (VECTOR.name, Query(code(1)), 31, 10),
            (PLAIN.name, Query(code(1)), -1, 10),
            (PLAIN.name, Query(code(1)), 257, 10),
            (SHORT.name, Query(code(1, 64)), 65, 10),
            (PLAIN.name, Query(code(1)), 31, 0),
            (PLAIN.name, Query(code(1)), 31, 10_001),
        ],
    )
    def test_queries_that_do_not_fit(
        self, index: Index, kind: str, query: Query, radius: int, limit: int
    ) -> None:
        """A query that does not fit its kind, or a radius or limit out of range, raises."""
        with pytest.raises(InputError):
            index.search(kind, [query], radius=radius, limit=limit)

    # --- payloads

    @pytest.mark.parametrize("radius", [100, 128, None])
    @pytest.mark.parametrize("compacted", [False, True], ids=["tail", "compacted"])
    def test_payloads_order_the_hits(self, open_index: Open, radius: int | None, *, compacted: bool) -> None:
        """Hits of a kind with payload come by falling cosine then id, with their distances, as the truth has them."""
        index, truth = open_index([VECTOR]), ExhaustiveIndex([VECTOR])
        records = [vector(f"v{at}", at % 1_200) for at in range(1_500)]  # some are equal
        records.append(Record("zero", VECTOR.name, records[3].code, bytes(VECTOR.payload)))
        for store in (index, truth):
            store.add(records)
        if compacted:
            index.compact()
        questions = [Query(records[at].code, records[at].payload) for at in (3, 77)]
        expected = truth.search(VECTOR.name, questions, radius=radius, limit=20)
        got = index.search(VECTOR.name, questions, radius=radius, limit=20)
        assert [answer.hits for answer in expected] == [answer.hits for answer in got]
        assert [answer.truncated for answer in expected] == [answer.truncated for answer in got]
        assert ["v1203", "v3"] == [hit.id for hit in got[0].hits[:2]]
        scores = [hit.score for hit in got[0].hits if hit.score is not None]
        assert scores == sorted(scores, reverse=True)
        assert pytest.approx(1.0) == scores[0]

    # --- the rest of the interface

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
