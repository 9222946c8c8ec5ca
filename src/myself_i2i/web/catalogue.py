"""The words of the pages: one gettext catalogue a language, read from the .po file itself when the service starts.

Keys are names ("home.title"), so that neither language is the other's translation. A sentence may hold HTML of ours
(the catalogues are part of the package) and gaps in braces; what fills a gap is escaped.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po
from markupsafe import Markup

from myself_i2i.wording import LANGUAGES, Language

__all__ = ["DOMAIN", "Catalogue", "read_catalogues"]

DOMAIN: Final = "web"
"""The name of the catalogue files, without ".po"."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sentences of the pages in one language."""

    language: Language
    """Which."""
    words: Mapping[str, str]
    """Key to sentence."""

    def say(self, key: str, /, **values: object) -> Markup:
        """Return a sentence as HTML with its gaps filled, each value escaped. Raises `KeyError` for an unknown key or gap."""
        return Markup(self.words[key]).format(**values)  # noqa: S704 - the words of the package

    def raw(self, key: str, /) -> str:
        """Return a sentence with its gaps, for a script to fill. Raises `KeyError` for an unknown key."""
        return self.words[key]


def read_catalogues() -> Mapping[Language, Catalogue]:
    """Return the catalogue of each language, as the installed package has them."""
    return {language: _read(language) for language in LANGUAGES}


def _read(language: Language) -> Catalogue:
    place = files("myself_i2i.web") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = read_po(io.BytesIO(place.read_bytes()), locale=language, domain=DOMAIN, abort_invalid=True)
    return Catalogue(
        language, {str(one.id): str(one.string) for one in catalogue if one.id and not one.fuzzy}
    )
