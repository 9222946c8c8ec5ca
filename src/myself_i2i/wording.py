"""One sentence in the two languages of the project.

Every sentence a person may read is a `Text`: the Japanese stands beside the English where the sentence is
used, so neither can be forgotten, and a test can walk over all of them. The renderer picks the language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in English and Japanese; neither is a translation of the other's grammar."""

    en: str
    ja: str

    def in_(self, language: Language) -> str:
        """Return the sentence in `language` ("ja" or "en")."""
        return self.ja if language == "ja" else self.en

    def format(self, **values: object) -> Text:
        """Return the sentence with its named gaps filled: a `Text` by its own language, all else the same in both."""
        filled = {language: _in(language, values) for language in LANGUAGES}
        return Text(en=self.en.format(**filled["en"]), ja=self.ja.format(**filled["ja"]))

    def __str__(self) -> str:
        return self.en


def _in(language: Language, values: dict[str, object]) -> dict[str, object]:
    """Return the values with each `Text` among them in `language`."""
    return {name: value.in_(language) if isinstance(value, Text) else value for name, value in values.items()}
