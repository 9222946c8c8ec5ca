from datetime import datetime

import pytest

from myself_i2i.attestation import PrivateKey, Subject, sign
from myself_i2i.errors import InputError
from myself_i2i.predicates import Source, Withdrawal, make_statement
from myself_i2i.predicates.source import Basis


class TestWithdrawal:
    def test_of(self, key: PrivateKey, noon: datetime, picture: Subject) -> None:
        """A withdrawal names the envelope and the signed bytes, and both are its subjects."""
        envelope = sign(make_statement(Source(basis=Basis.OWN_PHOTO, declared_at=noon), [picture]), key)
        withdrawal = Withdrawal.of(envelope, withdrawn_at=noon, reason="間違えました")
        assert (envelope.digest, envelope.payload_digest) == (withdrawal.envelope, withdrawal.statement)
        assert [{"sha256": envelope.digest}, {"sha256": envelope.payload_digest}] == [
            dict(subject.digest) for subject in withdrawal.subjects()
        ]

    def test_names_both(self) -> None:
        """A withdrawal without the digest of the signed bytes is refused: the other one can be evaded."""
        with pytest.raises(InputError, match="statement"):
            Withdrawal.from_json(
                {"withdraws": {"envelope": "ab" * 32}, "withdrawnAt": "2026-11-03T12:00:00Z"}
            )
