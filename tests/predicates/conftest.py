from datetime import UTC, datetime

import pytest

from myself_i2i.attestation import PrivateKey, Subject

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


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
    return NOON


@pytest.fixture
def picture() -> Subject:
    """A picture by digest."""
    return Subject("picture.png", {"sha256": "ab" * 32, "imageData/v1": "cd" * 32})
