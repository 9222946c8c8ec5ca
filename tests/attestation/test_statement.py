import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation import STATEMENT_TYPE, Statement, Subject
from myself_i2i.errors import InputError, LimitError


def statement_json(**changes: Any) -> bytes:
    """A right statement with some fields changed; None takes a field away."""
    fields = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "a.png", "digest": {"sha256": "ab" * 32}}],
        "predicateType": "https://example.test/kind/v1",
        "predicate": {},
    } | changes
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


class TestMake:
    def test_parse_returns_it(self, statement: Statement) -> None:
        """A statement that is made parses back equal, fields and bytes."""
        again = Statement.parse(statement.payload)
        assert statement == again
        assert (statement.subjects, dict(statement.predicate)) == (again.subjects, dict(again.predicate))

    def test_canonical(self, statement: Statement) -> None:
        """The payload does not depend on the order in which fields were given."""
        subject = Subject("猫.png", {"imageData/v1": "cd" * 32, "sha256": "ab" * 32})
        other = Statement.make([subject], statement.predicate_type, {"strength": 0.55, "says": "日本語"})
        assert statement.payload == other.payload

    def test_refuses_what_parse_refuses(self) -> None:
        """Nothing can be made that its reader would refuse."""
        with pytest.raises(InputError, match="subject"):
            Statement.make([], "https://example.test/kind/v1", {})
        with pytest.raises(InputError, match="sha256"):
            Statement.make([Subject("a", {"sha256": "AB" * 32})], "https://example.test/kind/v1", {})


class TestParse:
    @pytest.mark.parametrize(
        "changes",
        [
            {"_type": "https://in-toto.io/Statement/v0.1"},
            {"_type": None},
            {"subject": None},
            {"subject": []},
            {"subject": ["a"]},
            {"subject": [{"name": "a"}]},
            {"subject": [{"digest": {}}]},
            {"subject": [{"digest": {"sha256": "ab"}}]},
            {"subject": [{"digest": {"imageData/v1": "AB" * 32}}]},
            {"subject": [{"digest": {"sha512": 5}}]},
            {"subject": [{"digest": {"": "ab"}}]},
            {"subject": [{"name": 5, "digest": {"sha256": "ab" * 32}}]},
            {"subject": [{"name": "a" * 2000, "digest": {"sha256": "ab" * 32}}]},
            {"predicateType": None},
            {"predicateType": ""},
            {"predicateType": 5},
            {"predicate": []},
            {"predicate": "x"},
        ],
    )
    def test_refused(self, changes: dict[str, Any]) -> None:
        """Each field with a wrong type or content is refused."""
        with pytest.raises(InputError):
            Statement.parse(statement_json(**changes))

    def test_not_an_object(self) -> None:
        """JSON that is no object is refused."""
        with pytest.raises(InputError):
            Statement.parse(b"[]")

    def test_keeps_the_bytes(self) -> None:
        """A stranger's own spacing and unknown fields stay in the payload, and in its digest."""
        payload = statement_json(annotations={"x": 1}).replace(b", ", b" ,\n ")
        assert payload == Statement.parse(payload).payload

    def test_optional(self) -> None:
        """The predicate may be absent, and so may a subject's name, as in-toto allows."""
        statement = Statement.parse(
            statement_json(predicate=None, subject=[{"digest": {"sha512": "00"}, "uri": "x"}])
        )
        assert ({}, Subject("_", {"sha512": "00"})) == (statement.predicate, statement.subjects[0])

    def test_too_large(self) -> None:
        """A statement past 1 MiB is refused."""
        with pytest.raises(LimitError):
            Statement.parse(statement_json(predicate={"x": "a" * 2**20}))

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(STATEMENT_TYPE),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["_type", "subject", "predicateType", "predicate", "digest", "name", "sha256"]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=15,
        )
    )
    def test_only_our_errors(self, value: Any) -> None:
        """Any JSON either parses or raises InputError."""
        with contextlib.suppress(InputError):
            Statement.parse(json.dumps(value).encode())


class TestDigests:
    def test_all_subjects(self) -> None:
        """The digests of one algorithm are gathered over all subjects."""
        subjects = [Subject("a", {"sha256": "aa" * 32}), Subject("b", {"sha256": "bb" * 32, "md5": "cc"})]
        statement = Statement.make(subjects, "https://example.test/kind/v1", {})
        assert {"aa" * 32, "bb" * 32} == statement.digests("sha256")
        assert {"cc"} == statement.digests("md5")
        assert frozenset() == statement.digests("sha512")
