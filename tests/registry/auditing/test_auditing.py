from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from myself_i2i.attestation import Envelope, PrivateKey, sign
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates import Answer, make_statement, read_signed
from myself_i2i.predicates.answer import Near
from myself_i2i.registry.auditing import Asked, Audit, audit
from myself_i2i.registry.entry import Entry
from myself_i2i.tlog import (
    Checkpoint,
    Receipt,
    Tile,
    hash_reader,
    inclusion_proof,
    leaf_hash,
    node_hash,
    pack_entries,
    sign_checkpoint,
    tiles_of,
)
from myself_i2i.tlog.tile import ENTRIES, subtree_hash
from myself_i2i.wording import Text
from tests.registry.answering.logs import (
    LOG,
    LOG_KEY,
    NOON,
    OPERATOR,
    ORIGIN,
    DrawnLog,
    Looks,
    drawn_log,
    key,
    question,
    seeded,
)

MINE = Looks.drawn(seeded(0))


@dataclass
class Files:
    """A log's files in memory; what was read is remembered."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        """One file."""
        self.asked.append(path)
        return self.files.get(path)


def published(log: DrawnLog, size: int | None = None) -> Files:
    """The files of a drawn log."""
    data = log.data[:size]
    files: dict[str, bytes] = {"checkpoint": log.note(size).to_bytes()}
    for tile in tiles_of(len(data)):
        start = tile.index * 256
        if tile.level == ENTRIES:
            files[tile.path] = pack_entries(data[start : start + tile.width])
        elif tile.level == 0:
            files[tile.path] = b"".join(leaf_hash(one) for one in data[start : start + tile.width])
        else:
            below = [Tile(tile.level - 1, start + at) for at in range(tile.width)]
            files[tile.path] = b"".join(subtree_hash(files[one.path]) for one in below)
    return Files(files)


def run(files: Files, **asked: object) -> Audit:
    """An audit."""
    return audit(files, Asked(key=LOG_KEY, **asked), progress=lambda *_: None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def log() -> DrawnLog:
    """A log of some entries."""
    chance = seeded(1)
    # A pledge of everybody first: in a real log no key speaks before it introduced itself.
    made = DrawnLog()
    for number in range(4):
        made.pledge(key(f"person {number}"))
    return drawn_log(chance, MINE, 300, made)


def answered(log: DrawnLog, size: int | None = None, who: PrivateKey = OPERATOR) -> bytes:
    """A signed answer."""
    return sign(make_statement(log.replayed(question(MINE), size)), who).to_json()


class TestLog:
    def test_holds(self, log: DrawnLog) -> None:
        """A whole log is read to its end, every entry with its signature."""
        found = run(published(log))
        assert (300, 0, True) == (sum(found.entries.kinds.values()), found.entries.wrong, found.holds)
        assert (NOON, 300) == (found.entries.first, found.head.size)

    def test_progress(self, log: DrawnLog) -> None:
        """Progress is told from nothing to the whole."""
        told: list[tuple[int, int]] = []
        audit(published(log), Asked(key=LOG_KEY), progress=lambda *done: told.append(done))
        assert [(0, 300), (256, 300), (300, 300)] == told

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
    def test_sizes(self, log: DrawnLog, size: int) -> None:
        """Logs of any size are audited, empty ones too."""
        assert size == run(published(log, size)).head.size

    def test_each_file(self, log: DrawnLog) -> None:
        """One changed byte in any file is found."""
        whole = published(log)
        for path, data in whole.files.items():
            changed = Files({**whole.files, path: data[:-1] + bytes([data[-1] ^ 1])})
            with pytest.raises((VerificationError, InputError)):
                run(changed)

    def test_missing(self, log: DrawnLog) -> None:
        """A missing file is said by its name."""
        files = published(log)
        del files.files["tile/0/000"]
        with pytest.raises(InputError, match="tile/0/000"):
            run(files)

    def test_no_log(self) -> None:
        """A place without a checkpoint is no log."""
        with pytest.raises(InputError, match="no log"):
            run(Files({}))

    def test_other_key(self, log: DrawnLog) -> None:
        """A log of another key is not this one."""
        with pytest.raises(VerificationError):
            audit(
                published(log),
                Asked(key=replace(LOG_KEY, public=key("x").public_key.der[-32:])),
                progress=lambda *_: None,
            )

    def test_grew_meanwhile(self, log: DrawnLog) -> None:
        """A log that grew since its head was read, so that partial tiles became full ones, is audited all the same."""
        files = published(log)
        files.files["checkpoint"] = log.note(200).to_bytes()
        assert 200 == run(files).head.size

    def test_wrong_entry(self) -> None:
        """Entries that do not hold are told by their place, and the rest is read on."""
        log = DrawnLog()
        log.pledge(key("a"))
        log.mark(key("unknown"))
        log.data.append(b"no entry")
        entry = Entry.from_bytes(log.data[0])
        (signature,) = entry.envelope.signatures
        broken = replace(signature, sig=bytes(64))
        log.data.append(Entry(replace(entry.envelope, signatures=(broken,)), entry.logged_at).to_bytes())
        log.mark(key("a"))
        found = run(published(log))
        assert ([1, 2, 3], 3, False) == (
            [one.index for one in found.entries.troubles],
            found.entries.wrong,
            found.holds,
        )

    def test_backwards(self) -> None:
        """Entries whose stated time runs backwards are counted; that alone is no fault."""
        log = DrawnLog()
        log.pledge(key("a"))
        log.data.insert(0, Entry(log.envelopes[0], log.now).to_bytes())
        found = run(published(log))
        assert (1, True) == (found.entries.backwards, found.holds)


class TestOlder:
    @pytest.mark.parametrize("size", [0, 1, 100, 256, 299, 300])
    def test_beginning(self, log: DrawnLog, size: int) -> None:
        """A head that was kept is found to be the log's beginning."""
        found = run(published(log), older=(log.note(size).to_bytes(),))
        assert found.older is not None
        assert size == found.older.size

    @pytest.mark.parametrize("size", [0, 1, 100, 256, 300])
    def test_another_view(self, log: DrawnLog, size: int) -> None:
        """A head of the same log that is not its beginning shows a second view, and is refused."""
        other = sign_checkpoint(Checkpoint(ORIGIN, size, node_hash(b"", b"")), LOG)
        with pytest.raises(VerificationError, match="others than"):
            run(published(log), older=(other.to_bytes(),))

    def test_shrunk(self, log: DrawnLog) -> None:
        """A log that has fewer entries than it once signed is refused."""
        with pytest.raises(VerificationError, match="signed a head of 300"):
            run(published(log, 200), older=(log.note().to_bytes(),))


class TestReceipt:
    @pytest.mark.parametrize("index", [0, 17, 199])
    def test_holds(self, log: DrawnLog, index: int) -> None:
        """A receipt under an older head of the log holds."""
        assert index == run(published(log), receipt=_receipt(log, index, 200)).receipt

    def test_other_entry(self, log: DrawnLog) -> None:
        """A receipt with a proof for another place does not hold."""
        receipt = Receipt.parse(_receipt(log, 5, 200))
        with pytest.raises(VerificationError):
            run(published(log), receipt=replace(receipt, index=6).to_bytes())


def _receipt(log: DrawnLog, index: int, size: int) -> bytes:
    files = published(log, size)
    read = hash_reader(size, lambda tile: files.files[tile.path])
    return Receipt(index, inclusion_proof(index, size, read), log.note(size).to_bytes()).to_bytes()


class TestAnswer:
    @pytest.mark.parametrize("size", [1, 150, 300])
    def test_recomputed(self, log: DrawnLog, size: int) -> None:
        """An answer at any earlier size comes out of the log again, to the last byte."""
        found = run(published(log), answer=answered(log, size), operator=OPERATOR.public_key)
        assert found.answer is not None
        assert (found.answer, True) == (found.recomputed, found.holds)

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: replace(one, near=Near(sources=0, outputs=0)),
            lambda one: replace(one, hits=one.hits[1:]),
            lambda one: replace(one, recorded=replace(one.recorded, sealed=0)),
        ],
        ids=["counts", "hits", "sealed"],
    )
    def test_changed(self, log: DrawnLog, change: Callable[[Answer], Answer]) -> None:
        """An answer that leaves something out does not hold, although the registry signed it."""
        given = change(log.replayed(question(MINE)))
        found = run(published(log), answer=sign(make_statement(given), OPERATOR).to_json())
        assert (False, False) == (found.same_facts, found.holds)

    def test_words(self, log: DrawnLog) -> None:
        """An answer in the words of another version holds when what it says is the same."""
        given = replace(log.replayed(question(MINE)), says=Text(en="in other words", ja="別の言葉で"))
        found = run(published(log), answer=sign(make_statement(given), OPERATOR).to_json())
        assert (True, True) == (found.answer != found.recomputed, found.holds)

    def test_other_operator(self, log: DrawnLog) -> None:
        """An answer by another key than the operator's is refused."""
        other = key("other")
        given = replace(log.replayed(question(MINE)), public_key=other.public_key)
        with pytest.raises(VerificationError):
            run(
                published(log),
                answer=sign(make_statement(given), other).to_json(),
                operator=OPERATOR.public_key,
            )

    def test_other_head(self, log: DrawnLog) -> None:
        """An answer at a head that is not this log's shows a second view."""
        note = sign_checkpoint(Checkpoint(ORIGIN, 150, bytes(32)), LOG).to_bytes().decode()
        given = replace(log.replayed(question(MINE)), checkpoint=note)
        with pytest.raises(VerificationError, match="others than"):
            run(published(log), answer=sign(make_statement(given), OPERATOR).to_json())

    def test_no_answer(self, log: DrawnLog) -> None:
        """Another statement is no answer."""
        with pytest.raises(InputError, match="no answer"):
            run(published(log), answer=log.envelopes[0].to_json())

    def test_changed_between(self, log: DrawnLog) -> None:
        """A server that shows other entries when they are read again is found out."""
        files = published(log)

        class Turning(Files):
            def read(self, path: str) -> bytes | None:
                data = super().read(path)
                if data and "entries" in path and self.asked.count(path) > 1:
                    return data[:-1] + b"!"
                return data

        with pytest.raises(VerificationError, match="than a moment ago"):
            run(Turning(files.files), answer=answered(log))


def test_signed(log: DrawnLog) -> None:
    """An answer is a signed statement like any other, whose subject is the question."""
    signed = read_signed(Envelope.from_json(answered(log)))
    assert isinstance(signed.predicate, Answer)
    subjects: Mapping[str, str] = signed.statement.subjects[0].digest
    assert {"sha256": signed.predicate.question.digest} == dict(subjects)
