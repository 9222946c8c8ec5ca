"""One person's data folder with a recorder, real files and a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.attestation import PrivateKey, Statement, sign
from myself_i2i.attestation.keys import RANDOM_BYTES
from myself_i2i.ledger import EntryKind, KeyStore, Ledger, ledger_path
from myself_i2i.predicates import Generation, Source, make_statement
from myself_i2i.predicates.source import Basis
from myself_i2i.recording import Recorder, Settings, open_recorder
from myself_i2i.recording.digests import subject_of
from myself_i2i.recording.spool import SPOOL
from myself_i2i.wording import Text
from tests.support.pictures import png

SECONDS = 60.0
"""How long a test waits for a recorder on a busy machine."""


@dataclass
class Studio:
    """A person who makes pictures."""

    folder: Path
    told: list[Text] = field(default_factory=list)
    recorders: list[Recorder] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.folder / "home"

    @property
    def spool(self) -> list[Path]:
        """What waits."""
        return sorted((self.home / SPOOL).glob("*.json"))

    def key(self, *, seed: int = 1, passphrase: str | None = None) -> PrivateKey:
        """Make the person's key."""
        key = PrivateKey.generate(bytes([seed]) * 32)
        KeyStore(self.home).save(
            key, passphrase=passphrase, randomness=bytes(RANDOM_BYTES) if passphrase else b""
        )
        return key

    def recorder(self, settings: Settings | None = None) -> Recorder:
        """Open a recorder; closed when the test ends."""
        made = open_recorder(
            tool="Test UI",
            tool_version="1.2",
            writer="test 1",
            home=self.home,
            settings=settings,
            tell=self.told.append,
        )
        self.recorders.append(made)
        return made

    def picture(self, name: str, seed: int, **options: Any) -> Path:
        """Write a picture."""
        path = self.folder / name
        path.write_bytes(png(seed=seed, **options))
        return path

    def declare(self, path: Path, basis: Basis = Basis.OWN_DRAWING) -> str:
        """Declare a source, as `sources add` does; return its envelope's digest."""
        said = Source(basis=basis, declared_at=datetime(2026, 11, 3, tzinfo=UTC))
        statement = make_statement(said, [subject_of(path, path.read_bytes(), pixels=True)])
        key = KeyStore(self.home).load()
        with self.ledger() as ledger:
            return ledger.append(
                sign(statement, key), appended_at=datetime.now(UTC), public_key=key.public_key
            ).digest

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return Ledger.open(ledger_path(self.home))

    def statements(self, kind: str = Generation.PREDICATE_TYPE) -> list[Statement]:
        """What the ledger holds of one type, the whole ledger verified first."""
        with self.ledger() as ledger:
            ledger.verify()
            found = [Statement.parse(one.envelope.payload) for one in ledger.entries(EntryKind.ENVELOPE)]
        return [one for one in found if one.predicate_type == kind]

    def records(self) -> dict[str, Generation]:
        """The records in the ledger, by the file's name."""
        return {one.subjects[0].name: Generation.from_json(dict(one.predicate)) for one in self.statements()}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A person without a key yet."""
    made = Studio(tmp_path)
    yield made
    for recorder in made.recorders:
        recorder.close()
