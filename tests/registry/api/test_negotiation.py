import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.registry.api.negotiation import language_of, media_type_of

OFFERED = ("application/json", "text/plain", "text/html")


class TestLanguageOf:
    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("", "en"),
            ("ja", "ja"),
            ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
            ("en-GB,en;q=0.9,ja;q=0.8", "en"),
            ("fr,ja;q=0.2", "ja"),
            ("fr", "en"),
            ("ja;q=0", "en"),
            ("ja;q=2,en;q=0.1", "en"),
            ("ja;q=nan,en", "en"),
        ],
    )
    def test_wish(self, header: str, expected: str) -> None:
        """The language wanted most of those there are, English when none is."""
        assert expected == language_of(header)

    @given(st.text(max_size=60))
    def test_anything(self, header: str) -> None:
        """Any header has an answer."""
        assert language_of(header) in {"en", "ja"}


class TestMediaTypeOf:
    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("", "application/json"),
            ("*/*", "application/json"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
            ("text/plain", "text/plain"),
            ("text/*;q=0.5,application/json;q=0.4", "text/plain"),
            ("image/png", "application/json"),
        ],
    )
    def test_wish(self, header: str, expected: str) -> None:
        """The type wanted most, the first on a tie and when nothing fits."""
        assert expected == media_type_of(header, OFFERED)

    @given(st.text(max_size=60))
    def test_anything(self, header: str) -> None:
        """Any header has an answer."""
        assert media_type_of(header, OFFERED) in OFFERED
