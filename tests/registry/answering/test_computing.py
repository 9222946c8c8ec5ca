import json
from dataclasses import replace
from datetime import timedelta

import pytest

from myself_i2i.attestation import PrivateKey, Statement, canonical_json
from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.comparison.measured import table
from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.origin import similarity
from myself_i2i.fingerprint.pdq64 import distance
from myself_i2i.predicates import Answer, Mark, Question, make_statement
from myself_i2i.predicates.answer import MOST_HITS
from myself_i2i.predicates.hit import MOST_PERMISSIONS, Hit, Standing, What
from myself_i2i.predicates.question import LAYOUT, SAME
from myself_i2i.predicates.suspension import SuspensionAction
from myself_i2i.registry.answering import Following
from myself_i2i.registry.entry import Entry
from tests.registry.answering.logs import (
    NOON,
    OPERATOR,
    DrawnLog,
    Looks,
    drawn_log,
    key,
    question,
    seeded,
    source,
)

FILE = "0a" * 32
MAKER, ARTIST = key("maker"), key("artist")


@pytest.fixture
def mine() -> Looks:
    """How the picture that is asked about looks."""
    return Looks.drawn(seeded(0))


def used(mine: Looks) -> DrawnLog:
    """A log in which a maker used the picture."""
    log = DrawnLog()
    log.pledge(MAKER)
    log.mark(MAKER, sources=[source(mine, FILE)])
    return log


class TestSameAnswer:
    @pytest.mark.parametrize("seed", range(12))
    def test_fast_is_replayed(self, seed: int) -> None:
        """The fast way and the replay of every entry give the same bytes, at every size and for every question."""
        chance = seeded(seed)
        mine = Looks.drawn(chance)
        log = drawn_log(chance, mine, 40)
        asked = [
            question(mine),
            question(mine, maker=key(f"person {seed % 4}").keyid),
            question(mine, since=NOON + timedelta(minutes=9), until=NOON + timedelta(minutes=30)),
            replace(question(mine), fingerprints={SAME: (mine.same,)}),
            replace(question(mine), fingerprints={LAYOUT: (mine.layout,)}),
        ]
        following = Following(log.read)
        for size in sorted(chance.sample(range(41), 4)):
            for one in asked:
                fast, slow = log.followed(one, following, size), log.replayed(one, size)
                assert make_statement(slow).payload == make_statement(fast).payload

    @pytest.mark.parametrize("seed", range(4))
    def test_by_hand(self, seed: int) -> None:
        """What is near, and how near, is what one by one with the comparison's own measures comes out."""
        chance = seeded(seed)
        mine = Looks.drawn(chance)
        log = drawn_log(chance, mine, 60)
        answer = log.replayed(question(mine))
        assert _near_by_hand(log, mine) == {
            (hit.index, hit.sha256, hit.same and hit.same.near, hit.layout and hit.layout.near)
            for hit in answer.hits
        }
        assert (len(answer.hits), answer.hits) == (
            answer.near.sources + answer.near.outputs,
            tuple(sorted(answer.hits, key=_order)),
        )

    def test_any_size_of_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """How many marks are held against the question at once changes nothing."""
        chance = seeded(3)
        mine = Looks.drawn(chance)
        log = drawn_log(chance, mine, 60)
        before = log.replayed(question(mine))
        for size in (1, 7):
            monkeypatch.setattr("myself_i2i.registry.answering.chunk.CHUNK", size)
            monkeypatch.setattr("myself_i2i.registry.answering.following.CHUNK", size)
            assert before == log.replayed(question(mine))
            assert before == log.followed(question(mine), Following(log.read))

    def test_only_when_changes(self, mine: Looks) -> None:
        """Asked twice at one size of the log, nothing but the moment of the answer differs."""
        log = used(mine)
        one, other = (log.replayed(question(mine), at=at) for at in (NOON, NOON + timedelta(days=1)))
        assert one == replace(other, answered_at=NOON)

    def test_grows_no_hits_by_later_entries(self, mine: Looks) -> None:
        """An answer at a size says nothing of what was logged later."""
        log = used(mine)
        size = len(log.data)
        before = log.replayed(question(mine), size)
        log.mark(MAKER, sources=[source(mine, FILE)])
        following = Following(log.read)
        assert before == log.followed(question(mine), following, size) == log.replayed(question(mine), size)


def _order(hit: Hit) -> tuple[object, ...]:
    same, layout = hit.same, hit.layout
    bits = same.distance if same and same.near else 1 << 15
    return bits, layout.distance if layout else 9, hit.index, hit.what == "source", hit.sha256


def _near_by_hand(log: DrawnLog, mine: Looks) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    for index, data in enumerate(log.data):
        statement = Statement.parse(Entry.from_bytes(data).envelope.payload)
        if statement.predicate_type != Mark.PREDICATE_TYPE:
            continue
        mark = Mark.from_json(dict(statement.predicate))
        for sha256, looks in [(None, mark.fingerprints), *((s.sha256, s.fingerprints) for s in mark.sources)]:
            same = layout = None
            if SAME in looks:
                bits = distance(bytes.fromhex(looks[SAME]), bytes.fromhex(mine.same))
                same = bits <= table(Asked.SAME).near
            if LAYOUT in looks:
                kept, own = (Fingerprint.from_text(LAYOUT, text) for text in (looks[LAYOUT], mine.layout))
                layout = round(1 - similarity(kept, own), 3) <= table(Asked.LAYOUT).near
            if same or layout:
                found.add((index, sha256, same, layout))
    return found


class TestHits:
    def test_source(self, mine: Looks) -> None:
        """A recorded source that looks near is told with its mark, its distance and the basis that its maker declares."""
        log = used(mine)
        (hit,) = log.replayed(question(mine)).hits
        assert (What.SOURCE, 1, FILE, MAKER.keyid, "own-drawing", ("init",)) == (
            hit.what,
            hit.index,
            hit.sha256,
            hit.maker,
            hit.basis,
            hit.roles,
        )
        assert hit.same is not None
        assert hit.layout is not None
        assert (0, True, True) == (hit.same.distance, hit.same.near, hit.layout.near)

    def test_output(self, mine: Looks) -> None:
        """A marked picture whose layout is near is told too, whatever sources it names."""
        log = DrawnLog()
        log.mark(MAKER, mine.moved(seeded(1), 60, 0.3).both)
        (hit,) = log.replayed(question(mine)).hits
        assert (What.OUTPUT, None) == (hit.what, hit.sha256)
        assert hit.same is not None
        assert hit.layout is not None
        assert (60, False, True) == (hit.same.distance, hit.same.near, hit.layout.near)

    def test_view(self, mine: Looks) -> None:
        """Asked in several orientations, the answer says which one was nearest."""
        log = used(mine)
        others = [Looks.drawn(seeded(seed)).same for seed in range(1, 8)]
        asked = Question(fingerprints={SAME: (*others, mine.same)})
        (hit,) = log.replayed(asked).hits
        assert hit.same is not None
        assert (7, 0) == (hit.same.view, hit.same.distance)

    def test_most(self, mine: Looks) -> None:
        """Past the most hits all are counted and the nearest are told."""
        log = DrawnLog()
        chance = seeded(4)
        for number in range(MOST_HITS + 20):
            log.mark(MAKER, sources=[source(mine.moved(chance, number % 17, 3), FILE)])
        answer = log.replayed(question(mine))
        bits = [hit.same.distance for hit in answer.hits if hit.same]
        assert (MOST_HITS, MOST_HITS + 20) == (len(answer.hits), answer.near.sources)
        assert bits == sorted(bits)

    def test_one_maker(self, mine: Looks) -> None:
        """Asked about one maker, nothing of anybody else is counted."""
        log = used(mine)
        log.mark(ARTIST, sources=[source(mine, FILE)])
        answer = log.replayed(question(mine, maker=ARTIST.keyid))
        assert ([2], 1) == ([hit.index for hit in answer.hits], answer.recorded.marks)

    def test_period(self, mine: Looks) -> None:
        """A period holds what was logged at its beginning, and not what was logged at its end."""
        log = used(mine)
        at = NOON + timedelta(minutes=1)
        counts = [
            log.replayed(question(mine, since=since, until=until)).recorded.marks
            for since, until in [
                (at, None),
                (at + timedelta(seconds=1), None),
                (None, at),
                (None, at + timedelta(seconds=1)),
            ]
        ]
        assert [1, 0, 0, 1] == counts


class TestCounts:
    def test_what_was_looked_at(self, mine: Looks) -> None:
        """The answer counts marks, sources that were looked at, sealed ones, and those of which nothing is told."""
        log = DrawnLog()
        far = Looks.drawn(seeded(9))
        log.mark(
            MAKER,
            far.both,
            [source(far, "01" * 32), source(None, "02" * 32, sealed=True), source(None, "03" * 32)],
        )
        log.mark(MAKER)
        counted = log.replayed(question(mine)).recorded
        assert (2, 1, 1, 1, 1, 1) == (
            counted.marks,
            counted.sources,
            counted.sealed,
            counted.sources_untold,
            counted.outputs,
            counted.outputs_untold,
        )

    def test_flat(self, mine: Looks) -> None:
        """A recorded picture that is too flat to be told from others was not looked at."""
        log = DrawnLog()
        log.mark(MAKER, {SAME: "00" * 31 + "ff", LAYOUT: Fingerprint(LAYOUT, bytes(512)).text})
        counted = log.replayed(question(mine)).recorded
        assert (0, 1) == (counted.outputs, counted.outputs_untold)

    def test_flat_question(self) -> None:
        """A question by a flat picture is refused: everything would be near by chance."""
        asked = Question(
            fingerprints={SAME: ("00" * 31 + "ff",), LAYOUT: (Fingerprint(LAYOUT, bytes(512)).text,)}
        )
        with pytest.raises(InputError, match="too little structure"):
            DrawnLog().replayed(asked)


class TestPermissions:
    def test_beside(self, mine: Looks) -> None:
        """A permission for the source stands beside it, whoever signed it, with its place in the log."""
        log = DrawnLog()
        envelope = log.permit(ARTIST, FILE)
        log.mark(MAKER, sources=[source(mine, FILE)])
        (hit,) = log.replayed(question(mine)).hits
        (found,) = hit.permissions
        assert (0, envelope.digest, ARTIST.keyid, "anyone", Standing.STANDS) == (
            found.index,
            found.statement,
            found.key,
            found.grantee,
            found.standing,
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"grantee": key("another").keyid},
            {"valid_from": NOON + timedelta(days=1)},
            {"until": NOON + timedelta(minutes=1)},
        ],
        ids=["another maker", "not yet", "not any more"],
    )
    def test_not_covering(self, mine: Looks, changes: dict[str, object]) -> None:
        """A permission to another maker, or for another time, is not shown as covering."""
        log = DrawnLog()
        log.permit(ARTIST, FILE, **changes)  # type: ignore[arg-type]
        log.mark(MAKER, sources=[source(mine, FILE)])
        (hit,) = log.replayed(question(mine)).hits
        assert () == hit.permissions

    def test_own(self, mine: Looks) -> None:
        """A maker cannot permit to themselves."""
        log = DrawnLog()
        log.permit(MAKER, FILE)
        log.mark(MAKER, sources=[source(mine, FILE)])
        (hit,) = log.replayed(question(mine)).hits
        assert () == hit.permissions

    def test_withdrawn_before(self, mine: Looks) -> None:
        """One that was taken back before the mark was logged does not cover it."""
        log = DrawnLog()
        log.withdraw(log.permit(ARTIST, FILE), ARTIST)
        log.mark(MAKER, sources=[source(mine, FILE)])
        (hit,) = log.replayed(question(mine)).hits
        assert () == hit.permissions

    def test_withdrawn_after(self, mine: Looks) -> None:
        """One that was taken back later still covers the mark, and its withdrawal counts from when it was public."""
        log = DrawnLog()
        permission = log.permit(ARTIST, FILE)
        log.mark(MAKER, sources=[source(mine, FILE)])
        at = log.now
        log.withdraw(permission, ARTIST, at=NOON)
        (hit,) = log.replayed(question(mine)).hits
        (found,) = hit.permissions
        assert (Standing.WITHDRAWN, at) == (found.standing, found.withdrawn_at)

    def test_withdrawn_by_another(self, mine: Looks) -> None:
        """Nobody takes back what somebody else said."""
        log = DrawnLog()
        log.withdraw(log.permit(ARTIST, FILE), MAKER)
        log.mark(MAKER, sources=[source(mine, FILE)])
        (hit,) = log.replayed(question(mine)).hits
        assert 1 == len(hit.permissions)

    def test_flood(self, mine: Looks) -> None:
        """The permission that the mark itself names is shown however many others there are."""
        log = DrawnLog()
        for number in range(80):
            log.permit(key(f"flood {number}"), FILE)
        named = log.permit(ARTIST, FILE)
        log.mark(MAKER, sources=[source(mine, FILE, permission=named.digest)])
        asked = question(mine)
        (hit,) = log.replayed(asked).hits
        assert (MOST_PERMISSIONS, named.digest) == (len(hit.permissions), hit.permissions[0].statement)
        assert log.replayed(asked) == log.followed(asked, Following(log.read))


class TestStanding:
    def test_withdrawn(self, mine: Looks) -> None:
        """A mark and a pledge that were taken back are shown all the same, as taken back."""
        log = used(mine)
        for envelope in log.envelopes[:2]:
            log.withdraw(envelope, MAKER)
        (hit,) = log.replayed(question(mine)).hits
        assert (Standing.WITHDRAWN, Standing.WITHDRAWN) == (hit.standing, hit.pledge)

    def test_suspended_key(self, mine: Looks) -> None:
        """Everything of a key that the operator suspended is shown as suspended, until the operator resumes it."""
        log = used(mine)
        log.suspend(keyid=MAKER.keyid)
        (hit,) = log.replayed(question(mine)).hits
        assert (Standing.SUSPENDED, Standing.SUSPENDED) == (hit.standing, hit.pledge)
        log.suspend(keyid=MAKER.keyid, action=SuspensionAction.RESUME)
        (hit,) = log.replayed(question(mine)).hits
        assert (Standing.STANDS, Standing.STANDS) == (hit.standing, hit.pledge)

    def test_suspended_by_another(self, mine: Looks) -> None:
        """A suspension by any key but the operator's is nothing."""
        log = used(mine)
        log.suspend(keyid=MAKER.keyid, by=ARTIST)
        (hit,) = log.replayed(question(mine)).hits
        assert Standing.STANDS == hit.standing

    @pytest.mark.parametrize(
        ("who", "standing"), [(MAKER, Standing.STANDS), (ARTIST, Standing.NONE)], ids=["pledged", "not"]
    )
    def test_asked(self, mine: Looks, who: PrivateKey, standing: Standing) -> None:
        """Asked about one maker, the answer says how that maker's pledge stands."""
        answer = used(mine).replayed(question(mine, maker=who.keyid))
        assert standing == answer.pledge


class TestWire:
    @pytest.mark.parametrize("seed", range(5))
    def test_round_trip(self, seed: int) -> None:
        """An answer is read back as the same value, and fits one statement."""
        chance = seeded(seed)
        mine = Looks.drawn(chance)
        answer = drawn_log(chance, mine, 60).replayed(question(mine))
        data = canonical_json(answer.to_json())
        assert answer == Answer.from_json(json.loads(data))

    def test_operator(self, mine: Looks) -> None:
        """The answer names the operator's key."""
        assert OPERATOR.public_key == used(mine).replayed(question(mine)).public_key
