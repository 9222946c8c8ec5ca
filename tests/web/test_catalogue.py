from __future__ import annotations

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest

from myself_i2i.predicates.generation import MODES
from myself_i2i.predicates.source import Basis
from myself_i2i.registry.standing import KINDS
from myself_i2i.web.catalogue import read_catalogues
from myself_i2i.wording import LANGUAGES, Language
from tests.test_wording import NEVER

SCRIPT = Path(__file__).parents[2] / "scripts" / "catalogues.py"
ALSO_NEVER = (
    "パクリ", "トレパク", "疑い", "犯人", "学習画像", "類似性が認め", "依拠性が認め", "検証済み",
    "fake", "thief", "cheat", "suspicious", "verified", "proven", "proves", "offender",
)  # fmt: skip
"""More that no page may say: slang, a court's findings, and words that promise more than a record shows."""
CATALOGUES = read_catalogues()


def gaps(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


class Tags(HTMLParser):
    """The tags of a sentence, and which of them are open at its end."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(sentence)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens; it has no attributes."""
        assert [] == attrs
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """The tag opened last closes."""
        assert tag == self.open.pop()


class TestBoth:
    def test_same_keys(self) -> None:
        """Every sentence is there in both languages, and none is empty."""
        ja, en = CATALOGUES["ja"].words, CATALOGUES["en"].words
        assert set(ja) == set(en)
        assert [] == [key for words in (ja, en) for key, sentence in words.items() if not sentence.strip()]
        assert len(ja) > 150

    def test_same_gaps(self) -> None:
        """Both languages fill the same gaps."""
        ja, en = CATALOGUES["ja"].words, CATALOGUES["en"].words
        assert [] == [key for key in ja if gaps(ja[key]) != gaps(en[key])]

    def test_japanese_is_japanese(self) -> None:
        """English was not copied over: what has no Japanese in it is the name of a language, or the same in both."""
        copied = [
            key
            for key, sentence in CATALOGUES["ja"].words.items()
            if not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", sentence)
            and re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", sentence))
        ]
        assert ["site.switch"] == copied

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_plain_html(self, language: Language) -> None:
        """A sentence has no markup but code and strong, closed; a script's words have none at all."""
        for key, sentence in CATALOGUES[language].words.items():
            tags = Tags(sentence)
            assert [] == tags.open, key
            assert tags.seen <= (set() if ".js." in key else {"code", "strong"}), key


class TestNever:
    @pytest.mark.parametrize("word", [*NEVER, *ALSO_NEVER])
    def test_no_accusing_word(self, word: str) -> None:
        """No page accuses, takes a camp's side, or promises more than a record shows."""
        said = [
            (language, key)
            for language, catalogue in CATALOGUES.items()
            for key, sentence in catalogue.words.items()
            if word in sentence.lower() or word in sentence
        ]
        assert [] == said


class TestCatalogue:
    def test_values_are_escaped(self) -> None:
        """What strangers wrote is text, whatever it looks like."""
        said = CATALOGUES["en"].say("maker.called", name="<b>x</b>", key="k")
        assert "&lt;b&gt;x&lt;/b&gt;" in said

    def test_unknown_key_and_gap(self) -> None:
        """A page that asks for a sentence that is not there, or leaves a gap open, fails in tests and not in front of people."""
        with pytest.raises(KeyError):
            CATALOGUES["en"].say("no.such.key")
        with pytest.raises(KeyError):
            CATALOGUES["en"].say("maker.called", name="x")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_value_has_words(self, language: Language) -> None:
        """Each mode, basis and kind of statement has its words, so no page can meet one without."""
        words = CATALOGUES[language].words
        wanted = {f"mode.{mode}" for mode in MODES}
        wanted |= {f"basis.{basis.value.replace('-', '_')}" for basis in Basis}
        wanted |= {f"kind.{kind}" for kind in KINDS.values()}
        assert set() == wanted - set(words)


class TestScript:
    def test_up_to_date(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """The catalogues hold exactly the keys that the pages use: `python scripts/catalogues.py` would change nothing."""
        spec = importlib.util.spec_from_file_location("catalogues", SCRIPT)
        assert spec is not None
        assert spec.loader is not None
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        monkeypatch.setattr("sys.argv", [str(SCRIPT), "--check"])
        assert (0, "") == (script.main(), capsys.readouterr().out)
