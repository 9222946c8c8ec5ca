import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.attestation.strict_json import JSON_BYTES, JSON_DEPTH, canonical_json, parse_strict
from myself_i2i.errors import InputError, LimitError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


class TestParseStrict:
    @pytest.mark.parametrize(
        "data",
        [
            b'{"a":1,"a":2}',
            b'{"a":{"b":1,"b":1}}',
            b"NaN",
            b"[Infinity]",
            b"1e999",
            b"1" * 5000,
            b'"\\ud800"',
            b'{"\\udfff":1}',
            b"\xff",
            b"\xef\xbb\xbf{}",
            b"{} {}",
            b"",
            b"'a'",
        ],
    )
    def test_refused(self, data: bytes) -> None:
        """What two JSON readers could read differently, or one could not write again, is refused."""
        with pytest.raises(InputError):
            parse_strict(data, where="it")

    def test_depth(self) -> None:
        """Nesting is allowed up to the bound, and refused one level past it and far past it."""
        parse_strict(b"[" * JSON_DEPTH + b"]" * JSON_DEPTH, where="it")
        for depth in (JSON_DEPTH + 2, 100_000):
            with pytest.raises(LimitError):
                parse_strict(b"[" * depth + b"]" * depth, where="it")

    def test_size(self) -> None:
        """One byte past the bound is refused before anything is parsed."""
        text = b'"' + b"a" * (JSON_BYTES - 2) + b'"'
        assert JSON_BYTES - 2 == len(parse_strict(text, where="it"))
        with pytest.raises(LimitError, match=str(JSON_BYTES)):
            parse_strict(text + b" ", where="it")

    @given(
        st.binary(max_size=200)
        | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
    def test_only_our_errors(self, data: bytes) -> None:
        """Any bytes either parse or raise InputError."""
        with contextlib.suppress(InputError):
            parse_strict(data, where="it")


class TestCanonicalJson:
    @given(VALUES)
    def test_round_trip(self, value: Any) -> None:
        """What is written canonically reads back equal, and is written the same again."""
        data = canonical_json(value)
        again = parse_strict(data, where="it")
        assert value == again
        assert data == canonical_json(again)

    def test_order(self) -> None:
        """Names are sorted and nothing is spaced, as RFC 8785 says."""
        assert '{"a":[1,0.5,"é"],"b":null}'.encode() == canonical_json({"b": None, "a": [1.0, 0.5, "é"]})

    @pytest.mark.parametrize("value", [2**60, float("nan"), "\ud800", {"\ud800": 1}, {1: 2}, object()])
    def test_refused(self, value: Any) -> None:
        """A value that JSON cannot carry without loss is refused."""
        with pytest.raises(InputError):
            canonical_json(value)

    def test_plain_json_reads_it(self) -> None:
        """The standard library reads the same value."""
        value = {"text": 'a"\\\n\u2028', "n": -0.0}
        assert value == json.loads(canonical_json(value))
