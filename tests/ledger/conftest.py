from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from myself_i2i.attestation import Envelope, PrivateKey, Subject, sign
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Pledge, Source, make_statement
from myself_i2i.predicates.source import Basis


@pytest.fixture
def key() -> PrivateKey:
    """A key that is the same in every run."""
    return PrivateKey.generate(bytes(range(32)))


@pytest.fixture
def other_key() -> PrivateKey:
    """Somebody else's key."""
    return PrivateKey.generate(bytes(range(1, 33)))


@pytest.fixture
def noon() -> datetime:
    """A moment."""
    return datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def make(key: PrivateKey, noon: datetime) -> Callable[[int], Envelope]:
    """Makes the n-th envelope: a source declaration about the n-th file."""

    def source(number: int) -> Envelope:
        subject = Subject(f"{number}.png", {"sha256": f"{number:064x}", "imageData/v1": f"{number + 1:064x}"})
        return sign(make_statement(Source(basis=Basis.OWN_DRAWING, declared_at=noon), [subject]), key)

    return source


@pytest.fixture
def pledge(key: PrivateKey, noon: datetime) -> Envelope:
    """A pledge, which carries its signer's key."""
    said = Pledge(
        text_version="1.0", language="ja", text_sha256="ab" * 32, public_key=key.public_key, pledged_at=noon
    )
    return sign(make_statement(said), key)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new, empty ledger."""
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened
