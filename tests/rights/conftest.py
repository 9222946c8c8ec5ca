from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from myself_i2i.attestation import Envelope, PrivateKey, Subject, sign
from myself_i2i.predicates import Predicate, Signed, Withdrawal, make_statement, read_signed
from myself_i2i.rights import SourceFile, StatementSet

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def picture(number: int) -> SourceFile:
    """The n-th picture."""
    return SourceFile(name=f"{number}.png", sha256=f"{number:064x}", image_data=f"{number + 500:064x}")


def subject_of(file: SourceFile) -> Subject:
    """The subject for a picture."""
    return Subject(file.name, dict(file.digests()))


@dataclass
class Desk:
    """Where statements are signed and gathered: a maker, an artist, and somebody else."""

    maker: PrivateKey = field(default_factory=lambda: PrivateKey.generate(b"m" * 32))
    artist: PrivateKey = field(default_factory=lambda: PrivateKey.generate(b"a" * 32))
    stranger: PrivateKey = field(default_factory=lambda: PrivateKey.generate(b"s" * 32))
    signed: list[Signed] = field(default_factory=list)

    def say(self, key: PrivateKey, predicate: Predicate, *files: SourceFile) -> Envelope:
        """Sign and keep a statement; return its envelope."""
        envelope = sign(make_statement(predicate, [subject_of(file) for file in files]), key)
        self.signed.append(read_signed(envelope, key.public_key))
        return envelope

    def withdraw(self, key: PrivateKey, envelope: Envelope, at: datetime) -> Envelope:
        """Take a statement back."""
        return self.say(key, Withdrawal.of(envelope, withdrawn_at=at))

    def statements(self, more: Iterable[Signed] = ()) -> StatementSet:
        """All that was said."""
        return StatementSet([*self.signed, *more])


@pytest.fixture
def desk() -> Desk:
    """A desk with nothing said yet."""
    return Desk()
