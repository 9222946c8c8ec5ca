from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.marking.post_length import LIMIT, weighted_length


class TestWeightedLength:
    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("", 0),
            ("a" * 280, 280),
            ("あ" * 140, 280),
            ("ｱ", 2),
            ("é", 1),
            ("e\u0301", 1),
            ("“quoted”", 8),
            ("…", 2),
            ("😷", 2),
            ("https://example.com/a/very/long/address?that=goes&on=and-on-and-on-and-on", 23),
            ("見て https://example.com/絵", 2 * 2 + 1 + 23 + 2),
            ("#Myself_i2i", 11),
            ("e.g. v1.2.3", 11),
        ],
    )
    def test_vectors(self, text: str, length: int) -> None:
        """Counted as twitter-text's configuration v3 counts."""
        assert length == weighted_length(text)

    def test_bare_domain(self) -> None:
        """A bare domain may be made a link: the longer count is taken."""
        assert 23 == weighted_length("example.com")
        assert 60 == weighted_length("example.com/" + "a" * 48)

    @given(st.text(), st.text())
    def test_grows(self, first: str, second: str) -> None:
        """A line more is never shorter."""
        assert weighted_length(first) <= weighted_length(f"{first}\n{second}")

    @given(st.text(st.characters(codec="ascii", exclude_characters=".:")))
    def test_plain(self, text: str) -> None:
        """Without links or domains Latin text counts one each."""
        assert len(text) == weighted_length(text)

    @given(st.text(max_size=50))
    def test_composed(self, text: str) -> None:
        """Composed and decomposed forms count the same."""
        assert weighted_length(unicodedata.normalize("NFD", text)) == weighted_length(text)

    def test_limit(self) -> None:
        """The bound is X's."""
        assert 280 == LIMIT
