import json
import re
from pathlib import Path

from myself_i2i.attestation import Envelope, PrivateKey

PAGE = (Path(__file__).parents[2] / "spec" / "statements.md").read_text(encoding="utf-8")
ENVELOPE, STATEMENT = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


class TestStatementsPage:
    def test_example_verifies(self) -> None:
        """The page's envelope verifies with the page's key, and holds the page's statement."""
        key = PrivateKey.generate(bytes(range(32))).public_key
        statement = Envelope.from_json(ENVELOPE).verify(key)
        assert json.loads(STATEMENT) == json.loads(statement.payload)

    def test_digests(self) -> None:
        """The names and digests in the page's table are those of its example."""
        key = PrivateKey.generate(bytes(range(32))).public_key
        envelope = Envelope.from_json(ENVELOPE)
        for value in (key.keyid, key.short_form, envelope.digest, envelope.payload_digest):
            assert f"`{value}`" in PAGE
