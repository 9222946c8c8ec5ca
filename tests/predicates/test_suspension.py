from datetime import datetime

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import InputError
from myself_i2i.predicates import Suspension
from myself_i2i.predicates.suspension import SuspendedStatement, SuspensionAction, SuspensionReason

NAMED = SuspendedStatement(envelope="01" * 32, statement="02" * 32)


class TestSuspension:
    @pytest.mark.parametrize("action", list(SuspensionAction))
    @pytest.mark.parametrize("reason", list(SuspensionReason))
    def test_of_a_key(
        self, key: PrivateKey, noon: datetime, action: SuspensionAction, reason: SuspensionReason
    ) -> None:
        """A suspension of a key is about that key, and reads back."""
        made = Suspension(
            public_key=key.public_key, action=action, keyid="ab" * 32, reason=reason, decided_at=noon
        )
        assert made == Suspension.from_json(made.to_json())
        assert [{"sha256": "ab" * 32}] == [dict(subject.digest) for subject in made.subjects()]

    def test_of_a_statement(self, key: PrivateKey, noon: datetime) -> None:
        """A suspension of a statement is about its envelope and its signed bytes, so that either finds it."""
        made = Suspension(
            public_key=key.public_key,
            action=SuspensionAction.SUSPEND,
            statement=NAMED,
            reason=SuspensionReason.RULES,
            decided_at=noon,
        )
        assert made == Suspension.from_json(made.to_json())
        assert ["01" * 32, "02" * 32] == [subject.digest["sha256"] for subject in made.subjects()]

    @pytest.mark.parametrize(
        "change",
        [
            {"keyid": None},
            {"keyid": "x"},
            {"statement": {"envelope": "01" * 32, "statement": "02" * 32}},
            {"action": "erase"},
            {"reason": "I do not like it"},
        ],
    )
    def test_refused(self, key: PrivateKey, noon: datetime, change: dict[str, object]) -> None:
        """Neither or both of key and statement, another act, and a reason outside the list are refused."""
        made = Suspension(
            public_key=key.public_key,
            action=SuspensionAction.SUSPEND,
            keyid="ab" * 32,
            reason=SuspensionReason.RULES,
            decided_at=noon,
        )
        value = {name: field for name, field in (made.to_json() | change).items() if field is not None}
        with pytest.raises(InputError):
            Suspension.from_json(value)
