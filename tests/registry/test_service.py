from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, select

from myself_i2i.attestation import Envelope, Subject
from myself_i2i.errors import Error, InputError, LimitError, RegistryError, UsageError, VerificationError
from myself_i2i.fingerprint import ISCC, PDQ64, Fingerprint
from myself_i2i.predicates import Suspension, read_signed
from myself_i2i.predicates.suspension import SuspendedStatement, SuspensionAction, SuspensionReason
from myself_i2i.registry.admission import Reason, RefusedError
from myself_i2i.registry.facts import Published, Standing
from myself_i2i.registry.log import MemoryFiles
from myself_i2i.registry.service import Registry
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.standing import Fold
from myself_i2i.registry.store import reading
from myself_i2i.registry.store.schema import DERIVED, MANIFEST
from myself_i2i.registry.store.standings import TableStandings
from myself_i2i.tlog import Receipt
from tests.registry.support import (
    NOW,
    PublishedPicture,
    journal,
    made,
    open_registry,
    person,
    picture,
    pledge,
    profile,
    publish,
    wish,
)

Opening = Callable[..., Registry]
MAKER, ARTIST, STRANGER = person("maker"), person("artist"), person("stranger")


@pytest.fixture
def opening(database_url: str, tmp_path: Path) -> Iterator[Opening]:
    """Opens the registry on one database, as often as a test likes; closes all."""
    made_here: list[Registry] = []

    def open_(**options: Any) -> Registry:
        made_here.append(open_registry(tmp_path / "registry", **({"database": database_url} | options)))
        return made_here[-1]

    yield open_
    for one in made_here:
        one.close()


@pytest.fixture
def registry(opening: Opening) -> Registry:
    return opening()


def pdq64_of(one: PublishedPicture) -> bytes:
    return Fingerprint.from_text(PDQ64, one.says.fingerprints[PDQ64]).value


def tables(registry: Registry) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is made from the log."""

    def rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]

    with reading(registry.engine) as connection:
        return {table.name: rows(connection, table) for table in DERIVED}


def suspension(registry: Registry, *, resume: bool = False, **what: Any) -> Suspension:
    return Suspension(
        public_key=registry.keys.operator.public_key,
        action=SuspensionAction.RESUME if resume else SuspensionAction.SUSPEND,
        reason=SuspensionReason.REVIEWED if resume else SuspensionReason.UNDER_REVIEW,
        decided_at=NOW,
        **what,
    )


def named(envelope: Envelope) -> SuspendedStatement:
    return SuspendedStatement(envelope=envelope.digest, statement=envelope.payload_digest)


def refused(reason: Reason, act: Callable[[], object]) -> None:
    with pytest.raises(RefusedError) as told:
        act()
    assert reason == told.value.reason


def permit(registry: Registry, who: Any = ARTIST, seed: int = 1) -> Published:
    return registry.publish(who.permit(picture(seed)).envelope.to_json())


class TestPublish:
    def test_a_mark_is_found_again(self, registry: Registry) -> None:
        """A published mark is found by its code, its manifest, its digest, its maker, and by how it looks."""
        one = made(MAKER, 1, source=picture(7, name="source.png"))
        done = publish(registry, one)
        mark = registry.mark(done.digest)
        assert mark is not None
        assert [mark] * 3 == [
            registry.mark(one.marked.code),
            registry.mark(one.marked.code.lower().replace("-", " ")),
            registry.mark(one.says.manifest.id),
        ]
        assert (one.says, MAKER.keyid, "maker", one.marked.image_data, done.index) == (
            mark.says,
            mark.keyid,
            mark.maker_name,
            mark.image_data,
            mark.index,
        )
        assert one.manifest == registry.manifest(mark.manifest_id)
        answer = registry.near(PDQ64, [pdq64_of(one)], radius=10, limit=5)
        assert [(0, mark)] == [(hit.distance, hit.mark) for hit in answer.hits]
        assert (2, False) == (answer.as_of, answer.truncated)

    def test_every_answer_has_a_receipt(self, registry: Registry) -> None:
        """What was acknowledged has a receipt that checks offline against the log's key."""
        done = publish(registry, made(MAKER))
        receipt = Receipt.parse(registry.receipt(done.index))
        entry = registry.entry(done.index)
        assert done.index == receipt.verify(entry.to_bytes(), registry.log.key).index
        assert (done.digest, done.logged_at) == (entry.envelope.digest, entry.logged_at)
        assert receipt.checkpoint == registry.checkpoint()

    def test_the_same_again_is_the_same(self, opening: Opening) -> None:
        """The same envelope has the same answer: later, elsewhere, under other rules, and from a suspended key."""
        registry = opening()
        one = made(MAKER)
        first = publish(registry, one)
        registry.suspend(suspension(registry, keyid=MAKER.keyid))
        strict = opening(per_key_per_day=1, clock=lambda: NOW + timedelta(days=400))
        again = strict.publish(one.envelope.to_json(), manifest=one.manifest)
        assert (first.new, again.new) == (True, False)
        assert first == Published(again.index, again.digest, again.logged_at, new=True, code=again.code)
        assert again == strict.publish(one.envelope.to_json())

    def test_all_kinds_are_taken(self, registry: Registry) -> None:
        """Pledge, mark, permission, wish, profile, journal and withdrawal are published, each by its own signer."""
        publish(registry, made(MAKER))
        registry.publish(wish(ARTIST))
        permission = permit(registry)
        registry.publish(profile(STRANGER))
        registry.publish(journal(STRANGER))
        logged = registry.statement(permission.digest)
        assert logged is not None
        registry.publish(ARTIST.withdraw(read_signed(logged.envelope)).envelope.to_json())
        kinds = [type(one.predicate).__name__ for one in registry.statements()]
        assert ["Withdrawal", "Journal", "Profile", "Permission", "Wish", "Mark", "Pledge"] == kinds

    def test_records_travel_in_marks(self, registry: Registry) -> None:
        """A record or a source declaration is not published on its own."""
        pledge(registry, MAKER)
        refused(Reason.KIND, lambda: registry.publish(MAKER.declare(picture()).envelope.to_json()))

    def test_an_unknown_key_is_told_how_to_register(self, registry: Registry) -> None:
        """A key that was never heard of is refused with the way to register it, whatever it says."""
        one = made(STRANGER)
        permission = STRANGER.permit(picture()).envelope.to_json()
        for envelope, manifest in (
            (one.envelope.to_json(), one.manifest),
            (permission, None),
            (journal(STRANGER), None),
        ):
            with pytest.raises(RefusedError) as told:
                registry.publish(envelope, manifest=manifest)
            assert Reason.UNKNOWN_KEY == told.value.reason
            assert told.value.hint is not None
        assert () == tuple(registry.statements())

    def test_a_mark_needs_a_pledge(self, registry: Registry) -> None:
        """A wish or a profile registers a key, but not for marks."""
        registry.publish(wish(ARTIST))
        one = made(ARTIST)
        refused(Reason.NOT_STANDING, lambda: registry.publish(one.envelope.to_json(), manifest=one.manifest))

    def test_a_mark_comes_with_its_manifest(self, registry: Registry) -> None:
        """A mark without its manifest, or with a larger one than is taken, is refused."""
        pledge(registry, MAKER)
        one = made(MAKER)
        refused(Reason.MANIFEST, lambda: registry.publish(one.envelope.to_json()))
        with pytest.raises(LimitError):
            registry.publish(one.envelope.to_json(), manifest=bytes(registry.settings.manifest_bytes + 1))

    def test_nobody_speaks_for_another(self, registry: Registry) -> None:
        """A signature that does not hold, and a second one beside the signer's, are refused."""
        pledge(registry, MAKER)
        registry.publish(profile(STRANGER))
        envelope = made(MAKER).envelope
        other = made(STRANGER).envelope
        forged = Envelope(other.payload, envelope.signatures)
        with pytest.raises(VerificationError):
            registry.publish(forged.to_json())
        both = Envelope(envelope.payload, tuple(sorted((*envelope.signatures, *other.signatures))))
        with pytest.raises(Error):
            registry.publish(both.to_json())

    def test_a_time_to_come_is_refused(self, registry: Registry) -> None:
        """A stated time ahead of the clock is refused, unless it is within the clock's skew."""
        pledge(registry, MAKER)
        skew = timedelta(seconds=registry.settings.clock_skew_seconds)
        one, far = made(MAKER, at=NOW + skew), made(MAKER, at=NOW + skew + timedelta(seconds=1))
        registry.publish(one.envelope.to_json(), manifest=one.manifest)
        refused(Reason.MOMENT, lambda: registry.publish(far.envelope.to_json(), manifest=far.manifest))

    def test_a_day_has_its_share(self, opening: Opening) -> None:
        """A key says so much in 24 hours, counted in the database for all servers; it can always take back."""
        clock = [NOW]
        servers = [opening(per_key_per_day=3, clock=lambda: clock[0]) for _ in range(2)]
        servers[0].publish(wish(ARTIST))
        first = permit(servers[1], seed=1)
        permit(servers[0], seed=2)
        refused(Reason.TOO_MANY, lambda: permit(servers[1], seed=3))
        logged = servers[0].statement(first.digest)
        assert logged is not None
        servers[1].publish(ARTIST.withdraw(read_signed(logged.envelope)).envelope.to_json())
        clock[0] += timedelta(days=1)
        permit(servers[1], seed=3)

    def test_too_long_for_the_log(self, registry: Registry) -> None:
        """A statement that the log cannot hold is refused whole."""
        registry.publish(wish(ARTIST))
        subjects = [Subject("x" * 1000, {"sha256": f"{number:064x}"}) for number in range(60)]
        long = ARTIST.say(ARTIST.permit(picture()).predicate, *subjects)
        with pytest.raises(LimitError, match="in the log"):
            registry.publish(long.envelope.to_json())


class TestStanding:
    def test_withdrawn_stays_and_is_told(self, registry: Registry) -> None:
        """A withdrawn pledge is shown as withdrawn from then on, marks stay, and nothing new is taken until a new pledge."""
        one, two = made(MAKER, 1), made(MAKER, 2)
        done = publish(registry, one)
        taken_back = registry.publish(MAKER.withdraw(MAKER.pledge()).envelope.to_json())
        maker, mark = registry.maker(MAKER.keyid), registry.mark(done.digest)
        assert maker is not None
        assert maker.pledge is not None
        assert mark is not None
        assert (Standing.WITHDRAWN, taken_back.index) == (maker.standing, maker.pledge.changed_by)
        assert (Standing.STANDS, Standing.WITHDRAWN) == (mark.standing, mark.maker_standing)
        assert 1 == len(registry.near(PDQ64, [pdq64_of(one)], radius=0, limit=5).hits)
        refused(Reason.NOT_STANDING, lambda: publish(registry, two))
        registry.publish(renewed_pledge(MAKER))
        assert publish(registry, two).new

    def test_suspended_is_told_and_may_withdraw(self, registry: Registry) -> None:
        """A suspended key is shown as such with all it said, may take back, and says nothing new until it is resumed."""
        done = publish(registry, made(MAKER, 1))
        stopped = registry.suspend(suspension(registry, keyid=MAKER.keyid))
        maker, mark = registry.maker(MAKER.keyid), registry.mark(done.digest)
        assert maker is not None
        assert mark is not None
        assert (Standing.SUSPENDED, Standing.SUSPENDED, stopped.index) == (
            maker.standing,
            mark.standing,
            mark.logged.changed_by,
        )
        for envelope in (MAKER.permit(picture()).envelope.to_json(), renewed_pledge(MAKER)):
            refused(Reason.SUSPENDED, lambda envelope=envelope: registry.publish(envelope))  # type: ignore[misc]  # bound now
        registry.publish(
            MAKER.withdraw(read_signed(mark.logged.envelope, MAKER.key.public_key)).envelope.to_json()
        )
        registry.suspend(suspension(registry, resume=True, keyid=MAKER.keyid))
        again = registry.mark(done.digest)
        assert again is not None
        assert Standing.WITHDRAWN == again.standing
        assert publish(registry, made(MAKER, 2)).new

    def test_one_statement_is_suspended(self, registry: Registry) -> None:
        """The operator suspends one statement, and the rest of the key stands; another with its name comes first then."""
        one = made(MAKER, 1)
        first = publish(registry, one)
        pledge(registry, STRANGER)
        copy = made(STRANGER, 1)
        second = publish(registry, copy)
        assert first.code == second.code
        assert first.index == registry.mark(first.code or "").index  # type: ignore[union-attr]  # it is there
        registry.suspend(suspension(registry, statement=named(one.envelope)))
        assert second.index == registry.mark(first.code or "").index  # type: ignore[union-attr]  # it is there
        assert publish(registry, made(MAKER, 2)).new

    def test_only_the_operator_suspends(self, registry: Registry) -> None:
        """A suspension by anybody else is refused, and so is one of what is not here."""
        pledge(registry, MAKER)
        stranger = Suspension(
            public_key=STRANGER.key.public_key,
            action=SuspensionAction.SUSPEND,
            keyid=MAKER.keyid,
            reason=SuspensionReason.RULES,
            decided_at=NOW,
        )
        refused(Reason.OPERATOR_ONLY, lambda: registry.publish(STRANGER.say(stranger).envelope.to_json()))
        refused(Reason.NOT_HERE, lambda: registry.suspend(suspension(registry, keyid=STRANGER.keyid)))

    def test_only_ones_own_is_withdrawn_once(self, registry: Registry) -> None:
        """A withdrawal of another's statement, of one that is not here, of a withdrawal, or a second one, is refused."""
        pledge(registry, MAKER)
        registry.publish(profile(STRANGER))
        withdrawal = MAKER.withdraw(MAKER.pledge())
        theirs = STRANGER.withdraw(MAKER.pledge()).envelope.to_json()
        refused(Reason.NOT_HERE, lambda: registry.publish(theirs))
        nothing = STRANGER.withdraw(STRANGER.pledge()).envelope.to_json()
        refused(Reason.NOT_HERE, lambda: registry.publish(nothing))
        registry.publish(withdrawal.envelope.to_json())
        for more in (MAKER.withdraw(withdrawal), MAKER.withdraw(MAKER.pledge(), NOW - timedelta(1))):
            refused(Reason.NOT_HERE, lambda more=more: registry.publish(more.envelope.to_json()))  # type: ignore[misc]  # bound now

    def test_tables_say_what_the_log_says(self, registry: Registry) -> None:
        """The standing in the tables is that of a fold over the log's entries; tables made again are the same."""
        history(registry)
        fold = Fold()
        for index in range(registry.near(ISCC, [bytes(32)], radius=0, limit=1).as_of):
            envelope = registry.entry(index).envelope
            key = registry.maker(envelope.keyids[0])
            fold.add(index, read_signed(envelope, key.public_key if key else None))
        with reading(registry.engine) as connection:
            asked = TableStandings(connection)
            for who in (MAKER, ARTIST, STRANGER, person("nobody")):
                assert fold.key(who.keyid) == asked.key(who.keyid)
            for one in registry.statements():
                payload = one.envelope.payload_digest
                assert fold.said(payload) == asked.said(payload)
        before = tables(registry)
        assert all(before.values())
        registry.rebuild()
        assert before == tables(registry)


def renewed_pledge(who: Any) -> bytes:
    said = who.pledge().predicate
    fields = said.to_json() | {"displayName": "again"}
    data: bytes = who.say(type(said).from_json(fields)).envelope.to_json()
    return data


def history(registry: Registry) -> None:
    """A little of everything, in one log."""
    one, two = made(MAKER, 1), made(MAKER, 2)
    publish(registry, one)
    registry.publish(wish(ARTIST))
    permission = ARTIST.permit(picture(5))
    registry.publish(permission.envelope.to_json())
    registry.suspend(suspension(registry, keyid=ARTIST.keyid))
    registry.publish(ARTIST.withdraw(permission).envelope.to_json())
    publish(registry, two)
    registry.suspend(suspension(registry, statement=named(two.envelope)))
    registry.publish(profile(STRANGER))
    registry.publish(journal(STRANGER))
    registry.suspend(suspension(registry, keyid=STRANGER.keyid))
    registry.suspend(suspension(registry, keyid=STRANGER.keyid, resume=True))
    registry.publish(MAKER.withdraw(MAKER.pledge()).envelope.to_json())
    registry.publish(renewed_pledge(MAKER))


class TestReading:
    def test_absence_is_an_answer(self, registry: Registry) -> None:
        """What is not here is None or nothing, whatever was asked for; nothing is taken for a name that is none."""
        for name in ("", "x" * 64, "ab" * 32, "urn:c2pa:nothing", "04HMA-SW9NF-0", "'; --", "\x00"):
            assert registry.mark(name) is None
            assert registry.maker(name) is None
            assert registry.statement(name) is None
            assert registry.manifest(name) is None
            assert () == tuple(registry.marks(name))
            assert () == tuple(registry.statements(about=name))
        assert 0 == len(registry.near(PDQ64, [bytes(32)], radius=256, limit=10).hits)
        for index in (-1, 0, 2**70):
            with pytest.raises(InputError):
                registry.entry(index)

    def test_statements_about_a_picture(self, registry: Registry) -> None:
        """Permissions and wishes about a file are found by its digest, newest first, a page at a time."""
        registry.publish(wish(ARTIST))
        for _ in range(2):
            permit(registry, seed=1)
        permit(registry, seed=2)
        registry.publish(wish(ARTIST, picture(1)))
        subject = picture(1).subject
        for digest in subject.digest.values():
            found = registry.statements(about=digest)
            assert ["Wish", "Permission"] == [type(one.predicate).__name__ for one in found]
            assert found[1:] == registry.statements(about=digest, before=found[0].index)
            assert found[:1] == registry.statements(about=digest, limit=1)
        assert 4 == len(registry.statements(keyid=ARTIST.keyid))

    def test_marks_of_a_maker(self, registry: Registry) -> None:
        """A maker's marks come newest first, and the number of them is told."""
        pictures = [publish(registry, made(MAKER, seed)) for seed in range(3)]
        publish(registry, made(STRANGER, 9))
        found = registry.marks(MAKER.keyid)
        assert [one.index for one in reversed(pictures)] == [one.index for one in found]
        assert found[2:] == registry.marks(MAKER.keyid, before=found[1].index)
        maker = registry.maker(MAKER.keyid)
        assert maker is not None
        assert (3, 4) == (maker.marks, len(registry.marks()))
        assert (NOW, NOW) == (maker.pledged_at, maker.registered_at)

    def test_an_artist_is_known_too(self, registry: Registry) -> None:
        """A key without a pledge has a name, accounts and a standing."""
        registry.publish(profile(STRANGER))
        known = registry.maker(STRANGER.keyid)
        assert known is not None
        assert ("stranger", None, Standing.STANDS, 0) == (
            known.name,
            known.pledge,
            known.standing,
            known.marks,
        )

    @pytest.mark.parametrize("kind", [PDQ64, ISCC])
    def test_near_in_order(self, registry: Registry, kind: str) -> None:
        """Near marks come nearest first, each once, the earlier of two that are equally near first."""
        one = made(MAKER, 1)
        for seed in (1, 2):
            publish(registry, made(person(f"maker {seed}"), seed))
        publish(registry, one)
        value = Fingerprint.from_text(kind, one.says.fingerprints[kind]).value
        answer = registry.near(kind, [bytes(32), value], radius=None, limit=10)
        assert [1, 5] == [hit.mark.index for hit in answer.hits][:2]
        assert [0, 0] == [hit.distance for hit in answer.hits][:2]
        assert 3 == len(answer.hits)
        cut = registry.near(kind, [value], radius=256, limit=2)
        assert (2, True) == (len(cut.hits), cut.truncated)

    def test_near_asks_for_what_there_is(self, registry: Registry) -> None:
        """An algorithm that is not indexed and codes of another length are refused."""
        for kind, value in (("pdq_v9", bytes(32)), (PDQ64, bytes(31))):
            with pytest.raises(InputError):
                registry.near(kind, [value], radius=1, limit=1)


class TestProcesses:
    def test_two_servers_are_one_registry(self, opening: Opening) -> None:
        """What one server logged, the other finds, and both have the same keys."""
        first = opening(follow_seconds=1)
        second = opening()
        one = made(MAKER)
        publish(first, one)
        second._followed = 0.0
        assert first.keys.operator.public_key == second.keys.operator.public_key
        assert 1 == len(second.near(PDQ64, [pdq64_of(one)], radius=0, limit=5).hits)

    def test_threads(self, registry: Registry) -> None:
        """Several threads publish the same and different things: each thing stands once."""
        registry.publish(wish(ARTIST))
        answers: list[Published] = []

        def work(number: int) -> None:
            answers.extend(permit(registry, seed=seed) for seed in (number, 100))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 8 == len(answers)
        assert 5 == len({one.index for one in answers}) == sum(one.new for one in answers)


class TestFaults:
    def test_a_full_place_loses_nothing(self, opening: Opening) -> None:
        """A log that cannot be shown refuses, and the same again is acknowledged where it already stands."""
        files = MemoryFiles()
        registry = opening(files=files)
        registry.publish(wish(ARTIST))
        files.fail_write_and_not_persist = lambda path: path == "checkpoint"
        with pytest.raises(RegistryError):
            permit(registry)
        with pytest.raises(RegistryError):
            permit(registry)
        files.fail_write_and_not_persist = lambda _: False
        done = permit(registry)
        assert (1, False) == (done.index, done.new)
        receipt = Receipt.parse(registry.receipt(1))
        assert 1 == receipt.verify(registry.entry(1).to_bytes(), registry.log.key).index

    def test_the_index_comes_after(self, opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was logged while the index could not be written is found once it can."""
        registry = opening()
        one = made(MAKER)
        with monkeypatch.context() as patch:
            patch.setattr(registry._index, "follow", lambda *_: 0)  # as when the process died between the two
            publish(registry, one)
        registry.close()
        assert 1 == len(opening().near(PDQ64, [pdq64_of(one)], radius=0, limit=5).hits)

    def test_lost_manifests_come_back(self, registry: Registry) -> None:
        """A manifest whose bytes were lost is taken in again with its mark, and only that one."""
        one, two = made(MAKER, 1), made(MAKER, 2)
        publish(registry, one)
        with registry.engine.begin() as connection:
            connection.execute(delete(MANIFEST))
        registry.publish(one.envelope.to_json(), manifest=two.manifest)
        assert registry.manifest(one.says.manifest.id) is None
        registry.publish(one.envelope.to_json(), manifest=one.manifest)
        assert one.manifest == registry.manifest(one.says.manifest.id)

    def test_settings_that_cannot_be(self, tmp_path: Path) -> None:
        """A database of another kind is refused before anything is served."""
        with pytest.raises(UsageError):
            Registry.open(Settings(home=tmp_path, database="mysql://x"))
