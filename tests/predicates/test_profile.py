from datetime import datetime

import pytest

from myself_i2i.attestation import PrivateKey, Subject, sign
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates import Profile, make_statement, read_signed
from myself_i2i.predicates.registry import read_predicate


class TestProfile:
    def test_introduces_its_key(self, key: PrivateKey, noon: datetime) -> None:
        """A profile is about its own key and carries it, so that a stranger can check it."""
        profile = Profile(
            public_key=key.public_key,
            display_name="egaki",
            accounts=("https://social.example/@egaki",),
            introduced_at=noon,
        )
        signed = read_signed(sign(make_statement(profile), key))
        assert (profile, key.public_key) == (signed.predicate, signed.public_key)
        assert {"sha256": key.public_key.keyid} == dict(signed.statement.subjects[0].digest)

    def test_not_of_another(self, key: PrivateKey, other_key: PrivateKey, noon: datetime) -> None:
        """A profile with another's key, or about another's key, is refused."""
        theirs = Profile(public_key=other_key.public_key, introduced_at=noon)
        with pytest.raises(VerificationError):
            read_signed(sign(make_statement(theirs), key), key.public_key)
        statement = make_statement(theirs)
        about = [Subject("public key", {"sha256": key.public_key.keyid})]
        with pytest.raises(InputError, match="subjects"):
            read_predicate(type(statement).make(about, statement.predicate_type, statement.predicate))

    @pytest.mark.parametrize("change", [{"publicKey": "x"}, {"displayName": ""}, {"introducedAt": 1}])
    def test_refused(self, key: PrivateKey, noon: datetime, change: dict[str, object]) -> None:
        """A field of another shape is refused."""
        profile = Profile(public_key=key.public_key, introduced_at=noon)
        with pytest.raises(
            InputError, match=next(iter(change)) if "publicKey" not in change else "public key"
        ):
            Profile.from_json(profile.to_json() | change)
