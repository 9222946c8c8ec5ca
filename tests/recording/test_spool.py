import json
import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from myself_i2i.attestation import PrivateKey, Subject, sign
from myself_i2i.cli._main import run
from myself_i2i.cli._terminal import Terminal
from myself_i2i.ledger import KeyStore, ledger_path
from myself_i2i.predicates import Generation, Source, make_statement
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.recording.spool import (
    SPOOL,
    put_in_spool,
    spool_is_empty,
    spooled,
    take_in_spool,
)
from tests.recording.conftest import SECONDS, Studio

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def record(number: int, written_by: WrittenBy = WrittenBy.RECORDER) -> bytes:
    """An unsigned record of the n-th picture."""
    said = Generation(written_by=written_by, mode="t2i", image_input="no", recorded_at=NOON)
    return make_statement(said, [Subject(f"{number}.png", {"sha256": f"{number:064x}"})]).payload


def take_in(home: Path, seed: int) -> int:
    """Take the spool in, in a process of its own."""
    return take_in_spool(home, PrivateKey.generate(bytes([seed]) * 32)).entered


class TestWithoutKey:
    def test_waits(self, studio: Studio) -> None:
        """Before there is a key, records wait unsigned, and the person is told once how to make one."""
        recorder = studio.recorder()
        for number in range(3):
            recorder.begin().output(studio.picture(f"{number}.png", number))
        assert recorder.flush(SECONDS)
        assert 3 == len(studio.spool)
        [said] = studio.told
        assert "myself-i2i pledge" in said.en
        assert "myself-i2i pledge" in said.ja
        assert not ledger_path(studio.home).exists()

    def test_next_recorder(self, studio: Studio) -> None:
        """The next recorder that finds a key signs and enters what waited."""
        before = studio.recorder()
        before.begin().output(studio.picture("1.png", 1))
        before.close()
        key = studio.key()
        studio.recorder().close()
        assert [] == studio.spool
        assert {"1.png"} == set(studio.records())
        with studio.ledger() as ledger:
            assert 1 == len(ledger.by_keyid(key.keyid))

    def test_key_made_meanwhile(self, studio: Studio) -> None:
        """A key made while the host runs is found by the next record, and what waited comes with it."""
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("1.png", 1))
        assert recorder.flush(SECONDS)
        studio.key()
        recorder.begin().output(studio.picture("2.png", 2))
        assert recorder.flush(SECONDS)
        assert {"1.png", "2.png"} == set(studio.records())
        assert [] == studio.spool

    def test_passphrase(self, studio: Studio) -> None:
        """A protected key is never asked for: records wait, and are signed when somebody opens it."""
        key = studio.key(passphrase="correct horse")
        recorder = studio.recorder()
        recorder.begin().output(studio.picture("1.png", 1))
        recorder.close()
        assert 1 == len(studio.spool)
        assert "passphrase" in studio.told[0].en
        assert 1 == take_in_spool(studio.home, key).entered
        assert {"1.png"} == set(studio.records())

    def test_chain_in_one_session(self, studio: Studio) -> None:
        """Without key and ledger a session still knows which of its own pictures went into the next."""
        recorder = studio.recorder()
        first = studio.picture("1.png", 1)
        recorder.begin().output(first)
        run = recorder.begin()
        run.input("init", path=first)
        run.output(studio.picture("2.png", 2))
        recorder.close()
        studio.key()
        studio.recorder().close()
        records = studio.records()
        assert [records["2.png"].inputs[0].sha256] == [parent.sha256 for parent in records["2.png"].parents]


class TestTakeIn:
    def test_exactly_once(self, studio: Studio) -> None:
        """A record that was entered, but whose file was not removed (a crash between), is not entered again."""
        key = studio.key()
        path = put_in_spool(studio.home, record(1))
        assert 1 == take_in_spool(studio.home, key).entered
        path.write_bytes(record(1))
        assert 1 == take_in_spool(studio.home, key).entered
        assert 1 == len(studio.statements())
        assert spool_is_empty(studio.home)

    def test_two_at_once(self, studio: Studio) -> None:
        """Two programs that take the same spool in at the same time enter each record once."""
        studio.key()
        for number in range(40):
            put_in_spool(studio.home, record(number))
        context = multiprocessing.get_context("spawn")
        with context.Pool(2) as pool:
            done = pool.starmap(take_in, [(studio.home, 1), (studio.home, 1)])
        assert sum(done) >= 40
        assert 40 == len(studio.statements())
        assert spool_is_empty(studio.home)

    def test_signed(self, studio: Studio) -> None:
        """A signed envelope is entered as it is."""
        key = studio.key()
        said = Generation(written_by=WrittenBy.RECORDER, mode="t2i", image_input="no", recorded_at=NOON)
        envelope = sign(make_statement(said, [Subject("x.png", {"sha256": "ab" * 32})]), key)
        put_in_spool(studio.home, envelope.to_json())
        assert 1 == take_in_spool(studio.home, key).entered
        with studio.ledger() as ledger:
            assert ledger.get(envelope.digest) is not None

    @pytest.mark.parametrize(
        "content",
        [
            make_statement(
                Source(basis=Basis.OWN_DRAWING, declared_at=NOON), [Subject("x", {"sha256": "ab" * 32})]
            ).payload,
            record(1, WrittenBy.HAND),
        ],
        ids=["a source", "by hand"],
    )
    def test_nothing_else_is_signed(self, studio: Studio, content: bytes) -> None:
        """Whoever can write into the folder cannot have anything signed but a recorder's record."""
        key = studio.key()
        put_in_spool(studio.home, content)
        done = take_in_spool(studio.home, key)
        assert (0, 1) == (done.entered, len(done.left))
        assert 1 == len(spooled(studio.home))

    def test_strange_signer(self, studio: Studio) -> None:
        """An envelope by a key that the ledger does not know is left, and the others are entered."""
        key = studio.key()
        said = Generation(written_by=WrittenBy.RECORDER, mode="t2i", image_input="no", recorded_at=NOON)
        other = PrivateKey.generate(b"o" * 32)
        envelope = sign(make_statement(said, [Subject("x.png", {"sha256": "ab" * 32})]), other)
        put_in_spool(studio.home, envelope.to_json())
        put_in_spool(studio.home, record(1))
        done = take_in_spool(studio.home, key)
        assert (1, 1) == (done.entered, len(done.left))
        assert {"1.png"} == set(studio.records())

    @pytest.mark.parametrize("damage", [b"", b"{", b"\xff" * 90, json.dumps({"a": 1}).encode()])
    def test_damaged(self, studio: Studio, damage: bytes) -> None:
        """A file that was cut or changed is left where it is, with the reason; the others are entered."""
        key = studio.key()
        broken = put_in_spool(studio.home, record(1))
        broken.write_bytes(damage)
        put_in_spool(studio.home, record(2))
        done = take_in_spool(studio.home, key)
        assert (1, [broken]) == (done.entered, [path for path, _ in done.left])
        assert {"2.png"} == set(studio.records())

    def test_half_written(self, studio: Studio) -> None:
        """What a killed writer left half written is no record, and is swept away after an hour."""
        key = studio.key()
        put_in_spool(studio.home, record(1))
        part = studio.home / SPOOL / "x.1.part"
        part.write_bytes(b"{")
        assert 1 == take_in_spool(studio.home, key).entered
        assert part.exists()
        put_in_spool(studio.home, record(2))
        old = time.time() - 7200
        os.utime(part, (old, old))
        assert 1 == take_in_spool(studio.home, key).entered
        assert not part.exists()

    def test_private(self, studio: Studio) -> None:
        """Nobody else can read what waits: a prompt may stand in it."""
        path = put_in_spool(studio.home, record(1))
        assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)

    def test_command(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Any command that opens the ledger enters what waits, and says so on stderr."""
        studio.key()
        put_in_spool(studio.home, record(1))
        monkeypatch.setenv("MYSELF_I2I_HOME", str(studio.home))
        assert 0 == run(["ledger", "verify"], Terminal("en"))
        assert "1 waiting records" in capsys.readouterr().err
        assert {"1.png"} == set(studio.records())
        assert KeyStore(studio.home).names() == ("default",)
