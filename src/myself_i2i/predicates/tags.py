"""Finding the campaign's tag in posts, profiles and keyword lists.

A tag in a text shows that the text carries the tag, and nothing more.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PREDECESSOR_TAG", "TAG", "FoundTag", "TagKind", "find_tags", "keyword_tag"]

TAG = "#Myself_i2i"
PREDECESSOR_TAG = "#Noi2i"


class TagKind(StrEnum):
    """Which of the campaign's two tags."""

    CURRENT = "current"
    PREDECESSOR = "predecessor"
    """#Noi2i: the tag before the campaign's new name. It still counts as carrying the mark."""


@dataclass(frozen=True, slots=True)
class FoundTag:
    """One tag standing in a text."""

    kind: TagKind
    """Current or predecessor."""
    text: str
    """The tag as written, after NFKC (full-width forms become plain)."""


_KINDS = {TAG.lower(): TagKind.CURRENT, PREDECESSOR_TAG.lower(): TagKind.PREDECESSOR}
# Before: a letter or digit of the Latin kind, "&" or "/" make it part of a word, an HTML entity or a web
# address. Japanese may stand right before it, as people write. After: whatever continues a hashtag on X, kana,
# kanji and the middle dot included, makes another tag of it.
_TAGS = re.compile(
    r"(?<![A-Za-z0-9_&/])#(?:myself_i2i|noi2i)(?![\w\u30fb\u200c\u200d\u301c\uff5e])", re.IGNORECASE
)


def find_tags(text: str) -> tuple[FoundTag, ...]:
    """Return the campaign's tags in `text`, in order: any case, full-width or not, never inside a longer tag."""
    plain = unicodedata.normalize("NFKC", text)
    return tuple(FoundTag(_KINDS[found[0].lower()], found[0]) for found in _TAGS.finditer(plain))


def keyword_tag(keyword: str) -> FoundTag | None:
    """Return the tag that a whole keyword is (pixiv tags, `dc:subject`), with or without "#"; else None."""
    plain = unicodedata.normalize("NFKC", keyword).strip()
    kind = _KINDS.get(f"#{plain.removeprefix('#').lower()}")
    return FoundTag(kind, plain) if kind else None
