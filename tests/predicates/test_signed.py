from datetime import datetime

import pytest

from myself_i2i.attestation import Envelope, PrivateKey, Statement, Subject, sign
from myself_i2i.errors import VerificationError
from myself_i2i.predicates import Pledge, Source, introduced_key, make_statement, read_signed
from myself_i2i.predicates.source import Basis


def pledge_by(key: PrivateKey, naming: PrivateKey, noon: datetime) -> Envelope:
    """A pledge signed by one key and naming another, or the same."""
    pledge = Pledge(
        text_version="1.0",
        language="ja",
        text_sha256="ab" * 32,
        public_key=naming.public_key,
        pledged_at=noon,
    )
    return sign(make_statement(pledge), key)


class TestReadSigned:
    def test_introduced(self, key: PrivateKey, noon: datetime) -> None:
        """A pledge carries its own key, so a stranger can verify it with nothing else."""
        envelope = pledge_by(key, key, noon)
        signed = read_signed(envelope)
        assert (key.keyid, envelope) == (signed.keyid, signed.envelope)
        assert isinstance(signed.predicate, Pledge)

    def test_given_key(self, key: PrivateKey, noon: datetime, picture: Subject) -> None:
        """A statement that introduces no key is verified with the one given."""
        envelope = sign(make_statement(Source(basis=Basis.OWN_PHOTO, declared_at=noon), [picture]), key)
        assert isinstance(read_signed(envelope, key.public_key).predicate, Source)

    def test_no_key(self, key: PrivateKey, noon: datetime, picture: Subject) -> None:
        """Without any key nothing is said, and the hint says where keys come from."""
        envelope = sign(make_statement(Source(basis=Basis.OWN_PHOTO, declared_at=noon), [picture]), key)
        with pytest.raises(VerificationError, match=key.keyid[:16]) as caught:
            read_signed(envelope)
        assert caught.value.hint is not None

    def test_names_another_key(self, key: PrivateKey, other_key: PrivateKey, noon: datetime) -> None:
        """Nobody can sign a pledge in which another person's key stands."""
        envelope = pledge_by(key, other_key, noon)
        with pytest.raises(VerificationError, match="not the key that signed"):
            read_signed(envelope, key.public_key)
        with pytest.raises(VerificationError):
            read_signed(envelope)

    def test_changed(self, key: PrivateKey, noon: datetime) -> None:
        """A changed payload is refused although its key is introduced."""
        envelope = pledge_by(key, key, noon)
        changed = Envelope(envelope.payload.replace(b'"ja"', b'"en"'), envelope.signatures)
        with pytest.raises(VerificationError):
            read_signed(changed)


class TestIntroducedKey:
    def test_only_a_signer(self, key: PrivateKey, other_key: PrivateKey, noon: datetime) -> None:
        """A key in the payload that signed nothing is not introduced."""
        assert key.public_key == introduced_key(pledge_by(key, key, noon))
        assert introduced_key(pledge_by(key, other_key, noon)) is None

    @pytest.mark.parametrize("payload", [b"", b"[]", b"\xff"])
    def test_junk(self, key: PrivateKey, payload: bytes) -> None:
        """A payload that is nothing introduces nothing."""
        envelope = sign(Statement((), "", {}, payload), key)
        assert introduced_key(envelope) is None

    def test_junk_key(self, key: PrivateKey, picture: Subject) -> None:
        """A "publicKey" that is no key introduces nothing."""
        for junk in ("AAAA", 5, None):
            envelope = sign(Statement.make([picture], "https://x.test/v1", {"publicKey": junk}), key)
            assert introduced_key(envelope) is None
