"""Answers of a real registry, about really marked pictures, and the audit of both."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from myself_i2i.attestation import Envelope
from myself_i2i.client.asking import question_of, read_answer
from myself_i2i.client.auditing import FolderLog
from myself_i2i.client.publishing import PublicKeys
from myself_i2i.errors import InputError, RegistryError, VerificationError
from myself_i2i.predicates import Answer, read_signed
from myself_i2i.registry.answering import Following, answer
from myself_i2i.registry.auditing import Asked, audit
from myself_i2i.registry.service import Registry
from myself_i2i.tlog import open_checkpoint
from tests.registry.answering.logs import LOG_KEY, DrawnLog, key
from tests.registry.support import made, open_registry, painting, person, picture, publish
from tests.support.pictures import png

MAKER = person("maker")
SOURCE = picture(7, name="source.png")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with a picture made of a source, one made of a sealed source, and one made of words."""
    with open_registry(tmp_path / "registry") as opened:
        publish(opened, made(MAKER, 1, source=SOURCE))
        publish(opened, made(MAKER, 2, source=picture(8, name="source.png"), seal=True))
        publish(opened, made(MAKER, 3))
        yield opened


def keys(registry: Registry) -> PublicKeys:
    """What somebody remembers of a registry."""
    return PublicKeys(registry.log.key, registry.keys.operator.public_key)


class TestAnswer:
    def test_source(self, registry: Registry) -> None:
        """The picture that went in is found, saved again and at another size; the sealed one is counted."""
        again = png(image=painting(7, 160))
        data = answer(registry, question_of(again).to_bytes())
        said = read_answer(data, keys(registry), question_of(again))
        (hit,) = said.hits
        assert (SOURCE.sha256, MAKER.keyid) == (hit.sha256, hit.maker)
        assert (3, 1, 1, 3) == (
            said.recorded.marks,
            said.recorded.sources,
            said.recorded.sealed,
            said.recorded.outputs,
        )

    def test_sealed(self, registry: Registry) -> None:
        """A sealed source is not found, and the answer says that it could not be looked at."""
        said = asked(registry, png(image=painting(8)))
        assert (0, 1) == (said.near.sources, said.recorded.sealed)
        assert "調べられた範囲では" in said.says.ja

    def test_audit(self, registry: Registry, tmp_path: Path) -> None:
        """The answer comes out of the public files again, without the registry."""
        data = answer(registry, question_of(SOURCE.data).to_bytes())
        found = audit(
            FolderLog(tmp_path / "registry" / "log"),
            Asked(key=registry.log.key, operator=registry.keys.operator.public_key, answer=data),
            progress=lambda *_: None,
        )
        assert (True, found.answer) == (found.holds, found.recomputed)

    def test_grows(self, registry: Registry) -> None:
        """What is logged after an answer is in the next one."""
        before = asked(registry, SOURCE.data)
        publish(registry, made(MAKER, 4, source=SOURCE))
        after = asked(registry, SOURCE.data)
        assert (1, 2) == (before.near.sources, after.near.sources)

    def test_two_servers(self, registry: Registry, tmp_path: Path) -> None:
        """Another process on the same database gives the same answer."""
        with open_registry(tmp_path / "registry") as other:
            assert asked(registry, SOURCE.data) == asked(other, SOURCE.data)

    def test_cosigned(self, registry: Registry) -> None:
        """The answer carries the log's own signature on its head, and none that may come or go."""
        head, note = open_checkpoint(asked(registry, SOURCE.data).checkpoint.encode(), registry.log.key)
        assert (4, 1) == (head.size, len(note.signatures))

    @pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff"], ids=repr)
    def test_no_question(self, registry: Registry, data: bytes) -> None:
        """What is no question is refused."""
        with pytest.raises(InputError):
            answer(registry, data)


def asked(registry: Registry, data: bytes) -> Answer:
    """The answer to the question of a picture."""
    signed = read_signed(Envelope.from_json(answer(registry, question_of(data).to_bytes())))
    assert isinstance(signed.predicate, Answer)
    return signed.predicate


class TestReading:
    def test_other_question(self, registry: Registry) -> None:
        """An answer to another question is refused by whoever asked."""
        asks = question_of(SOURCE.data)
        data = answer(registry, replace(asks, maker=MAKER.keyid).to_bytes())
        with pytest.raises(VerificationError, match="another question"):
            read_answer(data, keys(registry), asks)

    def test_other_registry(self, registry: Registry, tmp_path: Path) -> None:
        """An answer by another registry is refused, whoever sent it."""
        data = answer(registry, question_of(SOURCE.data).to_bytes())
        with open_registry(tmp_path / "other") as other, pytest.raises(VerificationError):
            read_answer(data, keys(other))

    def test_statement(self, registry: Registry) -> None:
        """Something else that the operator signed is no answer."""
        own = PublicKeys(registry.log.key, MAKER.key.public_key)
        with pytest.raises(InputError, match="no answer"):
            read_answer(MAKER.pledge().envelope.to_json(), own)

    def test_flat(self) -> None:
        """A picture without structure is not asked about: everything would be near."""
        with pytest.raises(InputError, match="too little structure"):
            question_of(png(image=Image.new("RGB", (64, 64), (200, 180, 160))))


class TestFollowing:
    def test_busy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """While one thread reads a long log others are told to come again, and do not pile up."""
        monkeypatch.setattr("myself_i2i.registry.answering.following.PATIENCE", 0.01)
        log = DrawnLog()
        log.pledge(key("a"))
        reading, go_on = threading.Event(), threading.Event()

        def read(start: int, end: int) -> Iterator[bytes]:
            reading.set()
            assert go_on.wait(30)
            return log.read(start, end)

        following = Following(read)
        head = open_checkpoint(log.note().to_bytes(), LOG_KEY)[0]
        first = threading.Thread(target=following.follow, args=(lambda: head,))
        first.start()
        assert reading.wait(30)
        with pytest.raises(RegistryError, match="still reading"):
            following.follow(lambda: head)
        go_on.set()
        first.join(30)
        assert head == following.follow(lambda: head)[0]

    def test_short(self) -> None:
        """A log that does not give all its entries has no answers."""
        log = DrawnLog()
        log.pledge(key("a"))
        head = open_checkpoint(log.note().to_bytes(), LOG_KEY)[0]
        with pytest.raises(RegistryError, match="0 of 1"):
            Following(lambda *_: []).follow(lambda: head)


def test_without_database() -> None:
    """Whoever audits needs no packages of the service."""
    code = (
        "import sys, myself_i2i.cli.audit; "
        "print([one for one in sys.modules if one.split('.')[0] in ('sqlalchemy', 'starlette', 'alembic')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
