"""How long X counts a text: twitter-text configuration v3.

https://github.com/twitter/twitter-text/blob/master/config/v3.json: 280 at a weight of 1 for Latin and the like and 2
for everything else (Japanese), every link 23. Emoji count 2 there, whatever they are made of; here each of their
parts counts, so a text that fits here always fits there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["LIMIT", "weighted_length"]

LIMIT: Final = 280
"""`maxWeightedTweetLength`."""

_LINK: Final = 23
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
# With a scheme anything is a link; without one X links known top-level domains, and the list grows. Whatever looks
# like a domain is therefore counted as the longer of the two.
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+[a-z]{2,24}(?::[0-9]{1,5})?(?:[/?#][\x21-\x7e]*)?"
_SCHEME: Final = re.compile(rf"https?://{_HOST}", re.IGNORECASE)
_DOMAIN: Final = re.compile(rf"(?<![\w@.-]){_HOST}", re.IGNORECASE)
_TWO_AS_EMOJI: Final = "\u00a9\u00ae"  # in a light range, but X shows and counts them as emoji


def weighted_length(text: str) -> int:
    """Return how long X counts `text`; at most `LIMIT` fits in a post.

    Exact for plain text and links with a scheme to a real domain; for emoji of several parts and for bare domains
    it is the larger of what X may count.
    """
    total, at = 0, 0
    composed = unicodedata.normalize("NFC", text)
    for link in _SCHEME.finditer(composed):
        total += _plain(composed[at : link.start()]) + _LINK
        at = link.end()
    return total + _plain(composed[at:])


def _plain(text: str) -> int:
    longer = sum(max(0, _LINK - _characters(match[0])) for match in _DOMAIN.finditer(text))
    return _characters(text) + longer


def _characters(text: str) -> int:
    return sum(_weight(c) for c in text)


def _weight(character: str) -> int:
    if character in _TWO_AS_EMOJI:
        return 2
    number = ord(character)
    return 1 if any(low <= number <= high for low, high in _LIGHT) else 2
