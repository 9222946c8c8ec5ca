import pytest

from myself_i2i.cli._language import choose_language
from myself_i2i.cli._main import _without_language


class TestChooseLanguage:
    @pytest.mark.parametrize(
        ("arguments", "environment", "language"),
        [
            ([], {}, "en"),
            ([], {"LANG": "ja_JP.UTF-8"}, "ja"),
            ([], {"LANG": "ja_JP.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
            ([], {"LC_ALL": "", "LANG": "ja"}, "ja"),
            (["--lang", "ja", "check"], {"LANG": "en"}, "ja"),
            (["check", "--lang=en"], {"LANG": "ja"}, "en"),
            (["--lang", "fr"], {"LANG": "ja"}, "ja"),
        ],
    )
    def test_order(self, arguments: list[str], environment: dict[str, str], language: str) -> None:
        """`--lang` comes before the locale, the locale's variables in POSIX order, English last."""
        assert language == choose_language(arguments, environment)


class TestWithoutLanguage:
    @pytest.mark.parametrize(
        ("given", "left"),
        [
            (["check", "--lang", "ja", "a.png"], ["check", "a.png"]),
            (["--lang=en", "check"], ["check"]),
            (["check", "--", "--lang", "ja"], ["check", "--", "--lang", "ja"]),
            (["--lang", "fr"], ["--lang", "fr"]),
        ],
    )
    def test_anywhere(self, given: list[str], left: list[str]) -> None:
        """`--lang` may stand anywhere before "--"; a value that is no language of ours is left to be refused."""
        assert left == _without_language(given)
