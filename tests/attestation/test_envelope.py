import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import ENVELOPE_BYTES, PAYLOAD_TYPE, Envelope, PrivateKey, Statement, sign
from myself_i2i.errors import Error, InputError, LimitError, VerificationError


def fields_of(envelope: Envelope) -> dict[str, Any]:
    """The envelope as JSON objects, to be changed."""
    fields: dict[str, Any] = json.loads(envelope.to_json())
    return fields


class TestSignAndVerify:
    def test_returns_the_statement(self, statement: Statement, key: PrivateKey) -> None:
        """What one key signed, its public half verifies, returning the same statement."""
        assert statement == sign(statement, key).verify(key.public_key)

    def test_known_signature(self, statement: Statement, key: PrivateKey) -> None:
        """The signature is Ed25519 over DSSE's pre-authentication encoding, computed here by hand."""
        pae = b"DSSEv1 %d %b %d %b" % (
            len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(statement.payload), statement.payload,
        )  # fmt: skip
        assert key._key.sign(pae) == sign(statement, key).signatures[0].sig

    def test_other_key(self, statement: Statement, key: PrivateKey, other_key: PrivateKey) -> None:
        """Another key verifies nothing, and the error says which keys there are."""
        with pytest.raises(VerificationError) as caught:
            sign(statement, key).verify(other_key.public_key)
        assert caught.value.hint is not None
        assert key.keyid[:16] in caught.value.hint.ja

    def test_other_key_under_this_keyid(
        self, statement: Statement, key: PrivateKey, other_key: PrivateKey
    ) -> None:
        """A signature that only claims this key's keyid does not pass."""
        fields = fields_of(sign(statement, other_key))
        fields["signatures"][0]["keyid"] = key.keyid
        with pytest.raises(VerificationError):
            Envelope.from_json(fields).verify(key.public_key)

    def test_signed_bytes_not_a_statement(self, key: PrivateKey) -> None:
        """A right signature over something else still gives no statement."""
        envelope = sign(Statement((), "", {}, b'{"not": "a statement"}'), key)
        with pytest.raises(InputError):
            envelope.verify(key.public_key)

    def test_more_signatures(self, statement: Statement, key: PrivateKey, other_key: PrivateKey) -> None:
        """A second signature is kept, and either key verifies."""
        both = fields_of(sign(statement, key))
        both["signatures"] += fields_of(sign(statement, other_key))["signatures"]
        envelope = Envelope.from_json(both)
        assert sorted([key.keyid, other_key.keyid]) == list(envelope.keyids)
        assert statement == envelope.verify(key.public_key) == envelope.verify(other_key.public_key)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
    @given(data=st.data())
    def test_any_changed_byte(self, statement: Statement, key: PrivateKey, data: st.DataObject) -> None:
        """After any change of any byte of an envelope it says the same as before, or nothing at all."""
        raw = bytearray(sign(statement, key).to_json())
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= data.draw(st.integers(1, 255))
        with contextlib.suppress(InputError, VerificationError):
            assert statement == Envelope.from_json(bytes(raw)).verify(key.public_key)


class TestJson:
    def test_round_trip(self, statement: Statement, key: PrivateKey) -> None:
        """An envelope reads back equal from bytes, text and object, and is written the same."""
        envelope = sign(statement, key)
        raw = envelope.to_json()
        for form in (raw, raw.decode(), json.loads(raw)):
            again = Envelope.from_json(form)
            assert envelope == again
            assert (raw, envelope.digest) == (again.to_json(), again.digest)

    def test_one_digest(self, statement: Statement, key: PrivateKey, other_key: PrivateKey) -> None:
        """Spacing, order, URL-safe base64 and unsigned extra fields do not give an envelope a second digest."""
        both = fields_of(sign(statement, key))
        both["signatures"] += fields_of(sign(statement, other_key))["signatures"]
        digest = Envelope.from_json(both).digest
        both["signatures"].reverse()
        both["extra"] = "unsigned"
        both["payload"] = base64.urlsafe_b64encode(statement.payload).decode()
        assert digest == Envelope.from_json(json.dumps(both, indent=3)).digest

    def test_payload_digest(self, statement: Statement, key: PrivateKey, other_key: PrivateKey) -> None:
        """Adding a signature changes the envelope's digest, but not the digest of what was signed."""
        one = sign(statement, key)
        fields = fields_of(one)
        fields["signatures"] += fields_of(sign(statement, other_key))["signatures"]
        two = Envelope.from_json(fields)
        assert one.digest != two.digest
        assert one.payload_digest == two.payload_digest == statement.digest

    @pytest.mark.parametrize(
        "changes",
        [
            {"payloadType": "application/json"},
            {"payloadType": None},
            {"payload": 5},
            {"payload": ""},
            {"payload": "ab=c"},
            {"payload": "a b="},
            {"payload": "ＡＢ=="},
            {"signatures": []},
            {"signatures": {}},
            {"signatures": ["x"]},
            {"signatures": [{"keyid": "ab" * 32}]},
            {"signatures": [{"keyid": "ab" * 32, "sig": "YQ=="}]},
            {"signatures": [{"sig": "A" * 86 + "=="}]},
            {"signatures": [{"keyid": "AB" * 32, "sig": "A" * 86 + "=="}]},
            {"signatures": [{"keyid": "ab" * 32, "sig": "A" * 86 + "=="}] * 2},
            {"signatures": [{"keyid": f"{n:064x}", "sig": "A" * 86 + "=="} for n in range(17)]},
        ],
    )
    def test_refused(self, statement: Statement, key: PrivateKey, changes: dict[str, Any]) -> None:
        """Each field with a wrong type or content is refused."""
        with pytest.raises(InputError):
            Envelope.from_json(fields_of(sign(statement, key)) | changes)

    def test_surrogate_in_text(self) -> None:
        """Text that has no UTF-8 is refused like any other."""
        with pytest.raises(InputError):
            Envelope.from_json('{"payload": "\ud800"}')

    def test_too_large(self) -> None:
        """An envelope past its bound is refused unread."""
        with pytest.raises(LimitError):
            Envelope.from_json(b" " * (ENVELOPE_BYTES + 1))

    @given(st.binary(max_size=300))
    def test_only_our_errors(self, data: bytes) -> None:
        """Any bytes either parse or raise one of our errors."""
        with contextlib.suppress(Error):
            Envelope.from_json(data)
