from typing import Any

import pytest

from myself_i2i.inspection._json_fields import first_number, first_scalar, first_text, text_list


class TestFields:
    @pytest.mark.parametrize(
        "data", [None, [], "x", 3, {"a": None}, {"a": []}, {"a": {"a": 1}}, {"a": ""}, {"a": True}]
    )
    def test_anything_unexpected_is_absent(self, data: Any) -> None:
        """A value of another type or shape is treated as absent."""
        assert (None, None, None) == (first_text(data, "a"), first_number(data, "a"), first_scalar(data, "a"))

    def test_first_that_fits(self) -> None:
        """The first name with a fitting value counts."""
        data = {"a": None, "b": " ", "c": "0.5", "d": 7, "e": float("inf"), "f": 10**400}

        assert ("0.5", 0.5, 7) == (
            first_text(data, "a", "b", "c"),
            first_number(data, "e", "f", "c"),
            first_scalar(data, "a", "d"),
        )

    def test_text_list(self) -> None:
        """A text or a list of texts gives a bounded list of texts."""
        assert (["x"], ["x", "y"], ["x"]) == (
            text_list("x"),
            text_list(["x", 1, "", "y"]),
            text_list(["x"] * 9, limit=1),
        )
