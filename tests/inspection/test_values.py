import math

import pytest

from myself_i2i.inspection.interface import Evidence, parse_json
from myself_i2i.inspection.values import (
    dicts,
    evidence,
    find_key,
    mapping,
    number,
    sequence,
    shown,
    text,
    unit,
)

DEEP = 900


class TestNarrowing:
    @pytest.mark.parametrize("value", [None, 3, True, [], {}, "", "  "])
    def test_text_is_nothing(self, value: object) -> None:
        """Whatever is no text, or an empty one, is no text."""
        assert text(value) is None

    def test_text(self) -> None:
        """A text loses the space around it."""
        assert "a" == text(" a ")

    @pytest.mark.parametrize(
        ("value", "wanted"), [(1, 1.0), ("0.5", 0.5), (True, None), (math.nan, None), ("inf", None)]
    )
    def test_number(self, value: object, wanted: float | None) -> None:
        """A number may be written as text; booleans and values that are not finite are none."""
        assert wanted == number(value)

    def test_huge_number(self) -> None:
        """An integer too large for a float is treated as absent."""
        assert number(10**400) is None

    @pytest.mark.parametrize(
        ("value", "wanted"), [(0, 0.0), (1, 1.0), (1.1, None), (-0.1, None), ("x", None)]
    )
    def test_unit(self, value: object, wanted: float | None) -> None:
        """A share outside 0 to 1 is treated as absent."""
        assert wanted == unit(value)

    def test_containers(self) -> None:
        """Values of another shape become empty, so that a reader can go on."""
        assert ({}, [], [{"a": 1}]) == (mapping([1]), sequence({"a": 1}), dicts([1, {"a": 1}, None]))


class TestFindKey:
    def test_in_reading_order(self) -> None:
        """Values are found at any depth, in the order of the file."""
        value = {"x": [{"n": 1}, {"y": {"n": 2}}], "z": {"n": 3}}
        assert [1, 2, 3] == list(find_key(value, "n"))

    def test_deep(self) -> None:
        """Depth costs no stack."""
        value = parse_json('{"a":' * DEEP + '{"n": 7}' + "}" * DEEP)
        assert [7] == list(find_key(value, "n"))


class TestEvidence:
    def test_only_what_stands_there(self) -> None:
        """Only keys that stand in the record become evidence."""
        assert [Evidence("W: a", "1")] == evidence("W", {"a": 1}, "a", "b")

    def test_deep_value(self) -> None:
        """A value nested to the limit of the parser is shown or cut, never an exception."""
        for depth in range(DEEP, DEEP + 100):
            assert shown(parse_json("[" * depth + "]" * depth))
