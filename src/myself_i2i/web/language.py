"""Which language a reader reads: `?lang=`, else what their browser asks for, else English. Pure."""

from __future__ import annotations

from myself_i2i.registry.api.negotiation import language_of
from myself_i2i.wording import LANGUAGES, Language

__all__ = ["asked_language", "choose_language"]


def asked_language(asked: str | None) -> Language | None:
    """Return the language that `?lang=` names; None for one that is not ours, which counts as not asked."""
    return next((language for language in LANGUAGES if language == asked), None)


def choose_language(asked: str | None, header: str) -> Language:
    """Return the language of a page: by `?lang=`, else by an Accept-Language header (RFC 9110 §12.5.4)."""
    return asked_language(asked) or language_of(header)
