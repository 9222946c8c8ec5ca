from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64, Fingerprint
from myself_i2i.journal import Notebook, WorkFile
from myself_i2i.ledger import Ledger, ledger_path


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
def random() -> Callable[[int], bytes]:
    """Bytes that look random, never the same twice in a test, the same in every run."""
    count = iter(range(10**9))
    return lambda size: hashlib.shake_256(f"salt {next(count)}".encode()).digest(size)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    """The ledger in it."""
    with Ledger.open(ledger_path(home)) as opened:
        yield opened


@pytest.fixture
def notebook(ledger: Ledger, home: Path, key: PrivateKey, random: Callable[[int], bytes]) -> Notebook:
    """A work's journal."""
    return Notebook(ledger, home, key, work="Autumn cover", randomness=random)


def work_file(number: int, *, looks: bool = True) -> WorkFile:
    """A file as it was read: other bytes for each number."""
    digest = hashlib.sha256(str(number).encode()).digest()
    found = (Fingerprint(ORIGIN, digest * 3, 90), Fingerprint(PDQ64, digest[::-1], 80)) if looks else ()
    return WorkFile(
        path=f"/nowhere/{number}.psd",
        size=1000 + number,
        modified=1_790_000_000_000_000_000 + number,
        sha256=digest.hex(),
        kind="psd" if looks else "sai2",
        fingerprints=found,
    )
