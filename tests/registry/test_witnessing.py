"""Cosignatures from both ends: a witness of a real registry's log, and the registry that keeps its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from myself_i2i.client.witnessing import TwoViewsError, Witness
from myself_i2i.errors import InputError, UsageError, VerificationError
from myself_i2i.registry.service import Registry
from myself_i2i.registry.settings import Settings
from myself_i2i.registry.witnessing import cosign, witnesses
from myself_i2i.tlog import (
    Checkpoint,
    Note,
    NoteKey,
    Receipt,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
)
from tests.registry.support import NOW, open_registry, person, pledge

NAMES = ("witness.example/one", "witness.example/two")
AT = int(NOW.timestamp())


@dataclass
class Shown:
    """A log's files, as a registry shows them, or as it was told to."""

    registry: Registry
    instead: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """One file."""
        return self.instead[path] if path in self.instead else self.registry.files.read(path)


def witness(folder: Path, name: str = NAMES[0]) -> Witness:
    """A witness whose key is made of its name."""
    return Witness(
        folder / f"{name[-3:]}.sqlite",
        name,
        Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b".")),
    )


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with two known witnesses and one entry."""
    keys = ", ".join(str(witness(tmp_path, name).key) for name in NAMES)
    with open_registry(tmp_path / "registry", witnesses=keys) as opened:
        pledge(opened, person("first"))
        yield opened


def cosigned_by(note: bytes, folder: Path) -> set[str]:
    """Names of the witnesses whose cosignatures on a note hold."""
    found = verify_cosignatures(Note.parse(note), [witness(folder, name).key for name in NAMES])
    return {one.witness.name for one in found}


class TestWitness:
    def test_first_and_next(self, registry: Registry, tmp_path: Path) -> None:
        """A witness cosigns the first head it sees, and then those that continue it."""
        one = witness(tmp_path)
        first = one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        for name in ("second", "third"):
            pledge(registry, person(name))
        then = one.cosign(Shown(registry), registry.log.key, cosigned_at=AT + 1)
        assert (None, 1, first.checkpoint, 3) == (
            first.before,
            first.checkpoint.size,
            then.before,
            then.checkpoint.size,
        )
        assert {NAMES[0]} == cosigned_by(then.note, tmp_path)

    def test_same_again(self, registry: Registry, tmp_path: Path) -> None:
        """The same head may be cosigned again, at a later time."""
        one = witness(tmp_path)
        notes = {
            one.cosign(Shown(registry), registry.log.key, cosigned_at=AT + number).note for number in range(2)
        }
        assert 2 == len(notes)

    def test_another_view(self, registry: Registry, tmp_path: Path) -> None:
        """Of a head that does not continue the one before nothing is cosigned, and both are handed out as evidence."""
        one = witness(tmp_path)
        seen = one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        with open_registry(tmp_path / "other") as other:
            for name in ("somebody", "else"):
                pledge(other, person(name))
            head, _ = open_checkpoint(other.checkpoint(), other.log.key)
            forged = sign_checkpoint(
                Checkpoint(registry.log.key.name, head.size, head.root), registry.keys.log
            )
            with pytest.raises(TwoViewsError) as caught:
                one.cosign(Shown(other, {"checkpoint": forged.to_bytes()}), registry.log.key, cosigned_at=AT)
        views = [
            open_checkpoint(note, registry.log.key)[0] for note in (caught.value.before, caught.value.now)
        ]
        assert [seen.checkpoint.size, 2] == [view.size for view in views]
        again = one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        assert seen.checkpoint == again.before

    def test_same_size_other_root(self, registry: Registry, tmp_path: Path) -> None:
        """Two heads of one size are two views."""
        one = witness(tmp_path)
        one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        with open_registry(tmp_path / "other") as other:
            pledge(other, person("somebody"))
            head, _ = open_checkpoint(other.checkpoint(), other.log.key)
            forged = sign_checkpoint(Checkpoint(registry.log.key.name, 1, head.root), registry.keys.log)
            with pytest.raises(TwoViewsError):
                one.cosign(Shown(other, {"checkpoint": forged.to_bytes()}), registry.log.key, cosigned_at=AT)

    def test_never_back(self, registry: Registry, tmp_path: Path) -> None:
        """A head that is older than one cosigned is not cosigned."""
        one = witness(tmp_path)
        old = registry.checkpoint()
        pledge(registry, person("second"))
        one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        with pytest.raises(VerificationError, match="already"):
            one.cosign(Shown(registry, {"checkpoint": old}), registry.log.key, cosigned_at=AT)

    def test_broken_copy(self, registry: Registry, tmp_path: Path) -> None:
        """Tiles that do not fit the head are a broken copy, and evidence of nothing."""
        one = witness(tmp_path)
        one.cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        pledge(registry, person("second"))
        shown = Shown(registry, {"tile/0/000.p/2": bytes(64)})
        with pytest.raises(InputError, match="tiles"):
            one.cosign(shown, registry.log.key, cosigned_at=AT)

    def test_other_log(self, registry: Registry, tmp_path: Path) -> None:
        """A head that another key signed is not cosigned."""
        other = NoteKey(registry.log.key.name, bytes(range(32)))
        with pytest.raises(VerificationError):
            witness(tmp_path).cosign(Shown(registry), other, cosigned_at=AT)

    def test_no_log(self, registry: Registry, tmp_path: Path) -> None:
        """A place without a log is told as that."""
        with pytest.raises(InputError, match="no log"):
            witness(tmp_path).cosign(Shown(registry, {"checkpoint": None}), registry.log.key, cosigned_at=AT)


class TestRegistry:
    def test_shown(self, registry: Registry, tmp_path: Path) -> None:
        """A cosignature on the published head stands under it, and in receipts."""
        done = witness(tmp_path).cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        cosign(registry, done.note)
        assert {NAMES[0]} == cosigned_by(registry.checkpoint(), tmp_path)
        receipt = Receipt.parse(registry.receipt(0))
        keys = [witness(tmp_path, name).key for name in NAMES]
        entry = registry.entry(0).to_bytes()
        logged = receipt.verify(entry, registry.log.key, witnesses=keys, quorum=1)
        assert AT == logged.cosignatures[0].cosigned_at

    def test_two(self, registry: Registry, tmp_path: Path) -> None:
        """Cosignatures of two witnesses stand beside each other, each witness's newest."""
        for at in (AT, AT + 5):
            for name in NAMES:
                one = witness(tmp_path, name)
                cosign(registry, one.cosign(Shown(registry), registry.log.key, cosigned_at=at).note)
        note = Note.parse(registry.checkpoint())
        found = verify_cosignatures(note, [witness(tmp_path, name).key for name in NAMES])
        assert ([AT + 5] * 2, 3) == ([one.cosigned_at for one in found], len(note.signatures))

    def test_stays_in_receipts(self, registry: Registry, tmp_path: Path) -> None:
        """When the log grew, receipts of what stands under the cosigned head keep the cosignature; later ones have none."""
        done = witness(tmp_path).cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        pledge(registry, person("second"))
        cosign(registry, done.note)
        checkpoints = [Receipt.parse(registry.receipt(index)).checkpoint for index in range(2)]
        assert [{NAMES[0]}, set()] == [cosigned_by(note, tmp_path) for note in checkpoints]
        assert set() == cosigned_by(registry.checkpoint(), tmp_path)

    def test_log_goes_on(self, registry: Registry, tmp_path: Path) -> None:
        """A cosigned head is continued like any other, also after the registry was opened again."""
        done = witness(tmp_path).cosign(Shown(registry), registry.log.key, cosigned_at=AT)
        cosign(registry, done.note)
        with open_registry(tmp_path / "registry") as again:
            pledge(again, person("second"))
            head, _ = open_checkpoint(again.checkpoint(), again.log.key)
        assert 2 == head.size

    def test_stranger(self, registry: Registry, tmp_path: Path) -> None:
        """A cosignature by a witness that is not in the settings changes nothing."""
        before = registry.checkpoint()
        done = witness(tmp_path, "nobody.example/six").cosign(
            Shown(registry), registry.log.key, cosigned_at=AT
        )
        with pytest.raises(VerificationError, match="no cosignature by a witness"):
            cosign(registry, done.note)
        assert before == registry.checkpoint()

    def test_false(self, registry: Registry, tmp_path: Path) -> None:
        """A cosignature that does not hold is refused."""
        note = Note.parse(witness(tmp_path).cosign(Shown(registry), registry.log.key, cosigned_at=AT).note)
        line = note.signatures[-1]
        false = type(line)(line.name, line.key_id, line.value[:-1] + bytes([line.value[-1] ^ 1]))
        with pytest.raises(VerificationError):
            cosign(registry, Note(note.text, (*note.signatures[:-1], false)).to_bytes())

    def test_other_head(self, registry: Registry, tmp_path: Path) -> None:
        """A head that our key signed and that is not ours is not shown to anybody."""
        one = witness(tmp_path)
        forged = sign_checkpoint(Checkpoint(registry.log.key.name, 1, bytes(32)), registry.keys.log)
        files = Shown(registry, {"checkpoint": forged.to_bytes()})
        note = one.cosign(files, registry.log.key, cosigned_at=AT).note
        with pytest.raises(VerificationError, match="not its head"):
            cosign(registry, note)

    @pytest.mark.parametrize("data", [b"", b"words", b"x" * 100_000], ids=["empty", "words", "large"])
    def test_no_note(self, registry: Registry, data: bytes) -> None:
        """What is no note is refused as that."""
        with pytest.raises(InputError):
            cosign(registry, data)


class TestSettings:
    def test_none(self) -> None:
        """Without the setting there are no witnesses."""
        assert () == witnesses(Settings())

    @pytest.mark.parametrize("key", ["words", str(NoteKey("log.example", bytes(range(32))))])
    def test_wrong(self, key: str) -> None:
        """A key that is none, or a log's, is a wrong setting."""
        with pytest.raises(UsageError):
            witnesses(Settings(witnesses=key))
