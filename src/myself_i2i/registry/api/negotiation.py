"""What a client would like to get: pure readings of `Accept` and `Accept-Language` (RFC 9110, 12.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myself_i2i.wording import LANGUAGES, Language

__all__ = ["DEFAULT_LANGUAGE", "language_of", "media_type_of"]

DEFAULT_LANGUAGE: Final[Language] = "en"
_LONGEST: Final = 1_000
"""Characters of a header that are read: nobody's real wish is longer."""


def language_of(header: str) -> Language:
    """Return the language of ours that an `Accept-Language` header wants most, English when it wants neither."""
    best: tuple[float, Language] = (0.0, DEFAULT_LANGUAGE)
    for tag, weight in _weighted(header):
        wanted = tag.partition("-")[0]
        found = next((language for language in LANGUAGES if language == wanted), None)
        if found is not None and weight > best[0]:
            best = weight, found
    return best[1]


def media_type_of(header: str, offered: Sequence[str]) -> str:
    """Return the one of `offered` that an `Accept` header wants most; the first of them when it has no wish."""
    wishes = _weighted(header)

    def weight(offer: str) -> float:
        for wish in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
            found = [weight for name, weight in wishes if name == wish]
            if found:
                return max(found)
        return 0.0

    return max(offered, key=weight)


def _weighted(header: str) -> list[tuple[str, float]]:
    return [(name, weight) for part in header[:_LONGEST].split(",") for name, weight in [_one(part)] if name]


def _one(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                weight = float(parameter[2:])
            except ValueError:
                return name, 0.0
            return name, weight if 0.0 <= weight <= 1.0 else 0.0
    return name, 1.0
