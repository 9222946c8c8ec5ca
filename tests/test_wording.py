import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import myself_i2i
from myself_i2i.wording import Text

PACKAGE = Path(myself_i2i.__file__).parent

NEVER = (
    "盗作", "泥棒", "シロ", "クロ", "認定", "証明済み", "反AI", "推進派", "AI術師",
    "certified", "verified artist", "stolen", "plagiari", "theft", "guilty",
)  # fmt: skip


def texts() -> list[tuple[str, dict[str, str]]]:
    """Every `Text(en=…, ja=…)` written in the package, with where it stands."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                parts = {
                    keyword.arg: keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg
                    and isinstance(keyword.value, ast.Constant)
                    and isinstance(keyword.value.value, str)
                }
                if set(parts) == {"en", "ja"}:
                    found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", parts))
    return found


TEXTS = texts()


class TestText:
    def test_found(self) -> None:
        """The walk over the package finds its sentences; an empty walk would test nothing."""
        assert len(TEXTS) > 100

    @pytest.mark.parametrize("word", NEVER)
    def test_never(self, word: str) -> None:
        """No accusing or camp word stands in any sentence a person may read, nor in any page."""
        places = [where for where, parts in TEXTS if any(word in part for part in parts.values())]
        places += [
            str(page)
            for page in [*PACKAGE.rglob("*.j2"), *PACKAGE.rglob("*.md")]
            if word in page.read_text(encoding="utf-8")
        ]
        assert [] == places

    def test_same_gaps(self) -> None:
        """Both languages fill the same gaps, so no sentence can fail in one language only."""

        def gaps(sentence: str) -> set[str]:
            return {name.split("!")[0] for _, name, _, _ in Formatter().parse(sentence) if name}

        odd = [where for where, parts in TEXTS if gaps(parts["en"]) != gaps(parts["ja"])]
        assert [] == odd

    def test_japanese_is_japanese(self) -> None:
        """Every Japanese sentence has Japanese characters in it; English was not copied over."""
        names = {"ControlNet", "DIR", "FILE"}
        said = [(where, re.sub(r"\{[^}]*\}", "", parts["ja"]).strip()) for where, parts in TEXTS]
        odd = [
            f"{where}: {words}"
            for where, words in said
            if words.isascii() and words not in names and any(c.isalpha() for c in words)
        ]
        assert [] == odd

    def test_format(self) -> None:
        """Filling a gap fills it in both languages."""
        filled = Text(en="{n} files", ja="{n}件").format(n=3)
        assert Text(en="3 files", ja="3件") == filled
        assert "3件" == filled.in_("ja")
        assert "3 files" == str(filled)
