import pytest

from myself_i2i.attestation import PrivateKey, Statement, Subject


@pytest.fixture
def key() -> PrivateKey:
    """A key that is the same in every run."""
    return PrivateKey.generate(bytes(range(32)))


@pytest.fixture
def other_key() -> PrivateKey:
    """Somebody else's key."""
    return PrivateKey.generate(bytes(range(1, 33)))


@pytest.fixture
def statement() -> Statement:
    """A small statement about one file."""
    subject = Subject("猫.png", {"sha256": "ab" * 32, "imageData/v1": "cd" * 32})
    return Statement.make([subject], "https://example.test/kind/v1", {"says": "日本語", "strength": 0.55})
