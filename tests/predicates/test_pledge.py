from datetime import datetime

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import InputError
from myself_i2i.predicates.pledge import Pledge


@pytest.fixture
def pledge(key: PrivateKey, noon: datetime) -> Pledge:
    """A pledge with everything in it."""
    return Pledge(
        text_version="1.0",
        language="ja",
        text_sha256="ab" * 32,
        public_key=key.public_key,
        display_name="みほん",
        accounts=("https://example.test/@mihon",),
        tags=("#Myself_i2i",),
        pledged_at=noon,
    )


class TestPledge:
    def test_wire_form(self, pledge: Pledge, key: PrivateKey) -> None:
        """The wire form is the one of spec/predicates/pledge.md."""
        assert {
            "text": {"version": "1.0", "language": "ja", "sha256": "ab" * 32},
            "publicKey": key.public_key.to_base64(),
            "displayName": "みほん",
            "accounts": ["https://example.test/@mihon"],
            "tags": ["#Myself_i2i"],
            "pledgedAt": "2026-11-03T12:00:00Z",
        } == pledge.to_json()

    @pytest.mark.parametrize("version", ["1", "../1.0", "１.０", "1.0\n", ""])
    def test_version(self, pledge: Pledge, version: str) -> None:
        """A version is two numbers: it can never become a path."""
        fields = pledge.to_json()
        fields["text"]["version"] = version
        with pytest.raises(InputError, match="version"):
            Pledge.from_json(fields)

    def test_key(self, pledge: Pledge) -> None:
        """A public key that is none is refused."""
        with pytest.raises(InputError, match="public key"):
            Pledge.from_json(pledge.to_json() | {"publicKey": "AAAA"})
