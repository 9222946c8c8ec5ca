import pytest

from myself_i2i.web.language import asked_language, choose_language


class TestChooseLanguage:
    @pytest.mark.parametrize(
        ("asked", "header", "expected"),
        [
            ("ja", "en", "ja"),
            ("en", "ja", "en"),
            (None, "ja,en;q=0.5", "ja"),
            (None, "fr,ja;q=0.4,en;q=0.3", "ja"),
            (None, "", "en"),
            ("fr", "ja", "ja"),
            ("../ja", "", "en"),
        ],
    )
    def test_who_decides(self, asked: str | None, header: str, expected: str) -> None:
        """What the address says comes first, then the browser, then English; anything else counts as not said."""
        assert expected == choose_language(asked, header)

    def test_asked(self) -> None:
        """Only a language of ours was asked for."""
        assert ["ja", None, None] == [asked_language(one) for one in ("ja", "JA", None)]
