import contextlib
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey, Statement, Subject
from myself_i2i.errors import InputError
from myself_i2i.predicates import (
    PREDICATES,
    Pledge,
    Predicate,
    Source,
    Withdrawal,
    make_statement,
    read_predicate,
)
from myself_i2i.predicates.source import Basis, Licence
from myself_i2i.predicates.wish import Scope, Wish, WishAnswer
from tests.predicates.strategies import PREDICATES as ANY_PREDICATE

PICTURE = Subject("picture.png", {"sha256": "ab" * 32})


class TestRoundTrip:
    @given(ANY_PREDICATE)
    def test_read_back(self, predicate: Predicate) -> None:
        """Whatever can be said reads back as the same value from its statement's bytes."""
        statement = make_statement(predicate, [PICTURE])
        assert predicate == read_predicate(Statement.parse(statement.payload))

    @given(ANY_PREDICATE, st.dictionaries(st.text(max_size=5), st.integers(-1000, 1000), max_size=3))
    def test_unknown_fields(self, predicate: Predicate, extra: dict[str, int]) -> None:
        """Fields of a later minor version are ignored when read, and stay in the signed bytes."""
        fields = {f"x-{name}": value for name, value in extra.items()} | predicate.to_json()
        made = make_statement(predicate, [PICTURE])
        statement = Statement.make(made.subjects, predicate.PREDICATE_TYPE, fields)
        assert predicate == read_predicate(statement)
        assert all(name in statement.predicate for name in fields)


class TestTypes:
    def test_uris(self) -> None:
        """Each type has our base, its own name, and its version in the name."""
        names = {uri.removeprefix("https://myself-i2i.org/predicate/") for uri in PREDICATES}
        assert {
            "pledge/v1", "generation/v1", "source/v1", "permission/v1", "wish/v1", "journal/v1", "withdrawal/v1",
            "mark/v1", "profile/v1", "suspension/v1", "answer/v1",
        } == names  # fmt: skip


class TestMakeStatement:
    def test_own_subjects(self, key: PrivateKey, noon: datetime) -> None:
        """A pledge is about its text, a withdrawal about what it withdraws, an account wish about the key."""
        pledge = Pledge(
            text_version="1.0",
            language="ja",
            text_sha256="ab" * 32,
            public_key=key.public_key,
            pledged_at=noon,
        )
        assert {"ab" * 32} == make_statement(pledge).digests("sha256")
        withdrawal = Withdrawal(envelope="cd" * 32, statement="ef" * 32, withdrawn_at=noon)
        assert {"cd" * 32, "ef" * 32} == make_statement(withdrawal).digests("sha256")
        wish = Wish(
            public_key=key.public_key,
            i2i=WishAnswer.NO,
            scope=Scope.ACCOUNTS,
            accounts=("https://x",),
            wished_at=noon,
        )
        assert {key.keyid} == make_statement(wish).digests("sha256")

    def test_needs_subjects(self, noon: datetime) -> None:
        """A predicate about files without any file is refused."""
        with pytest.raises(InputError, match="subject"):
            make_statement(Source(basis=Basis.OWN_PHOTO, declared_at=noon))

    def test_nothing_dropped_in_silence(self, noon: datetime) -> None:
        """A field that the basis does not allow is refused, not left unread by the reader."""
        odd = Source(basis=Basis.OWN_DRAWING, licence=Licence(spdx="CC0-1.0"), declared_at=noon)
        with pytest.raises(InputError, match="Source"):
            make_statement(odd, [PICTURE])


class TestReadPredicate:
    def test_unknown_type(self) -> None:
        """A type from a later version is told as unknown, with what to do."""
        statement = Statement.make([PICTURE], "https://myself-i2i.org/predicate/pledge/v2", {})
        with pytest.raises(InputError, match="pledge/v2") as caught:
            read_predicate(statement)
        assert caught.value.hint is not None

    def test_other_subjects(self, key: PrivateKey, noon: datetime) -> None:
        """A pledge filed under another text than the one it names is refused."""
        pledge = Pledge(
            text_version="1.0",
            language="ja",
            text_sha256="ab" * 32,
            public_key=key.public_key,
            pledged_at=noon,
        )
        statement = Statement.make(
            [Subject("x", {"sha256": "00" * 32})], pledge.PREDICATE_TYPE, pledge.to_json()
        )
        with pytest.raises(InputError, match="subjects"):
            read_predicate(statement)

    @given(ANY_PREDICATE, st.data())
    def test_mutated(self, predicate: Predicate, data: st.DataObject) -> None:
        """With any field replaced by anything, reading gives a predicate or InputError, nothing else."""
        fields: dict[str, Any] = predicate.to_json()
        name = data.draw(st.sampled_from(sorted(fields)))
        junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
        value = data.draw(
            st.recursive(junk, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
        )
        target = data.draw(
            st.sampled_from([fields, *(x for x in fields.values() if isinstance(x, dict) and x)])
        )
        target[name if target is fields else data.draw(st.sampled_from(sorted(target)))] = value
        with contextlib.suppress(InputError):
            type(predicate).from_json(fields)

    @given(ANY_PREDICATE, st.data())
    def test_missing(self, predicate: Predicate, data: st.DataObject) -> None:
        """With any field taken away, reading gives a predicate that lacks it, or InputError."""
        fields = predicate.to_json()
        del fields[data.draw(st.sampled_from(sorted(fields)))]
        with contextlib.suppress(InputError):
            assert predicate != type(predicate).from_json(fields)
