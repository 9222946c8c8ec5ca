"""What every index promises of searches: nothing missed, in order, cut with care."""

import pytest

from myself_i2i.errors import InputError
from myself_i2i.search.exhaustive import ExhaustiveIndex
from myself_i2i.search.interface import Hit, Index, Kind, Query, Record
from tests.search.codes import PLAIN, SHORT, VECTOR, ask, away, code, crowd, flipped, plain, vector
from tests.search.contract_base import Base, Open


class Finding(Base):
    """The answers are those of exhaustive search."""

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
