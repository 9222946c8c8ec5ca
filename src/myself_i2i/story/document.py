"""A page or a paper as blocks: written once, shown as HTML and as PDF. All words are in one language already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from myself_i2i.story.figure import Figure
from myself_i2i.wording import Language

__all__ = [
    "Block",
    "Bullets",
    "Chart",
    "Document",
    "Facts",
    "Heading",
    "Limit",
    "Paragraph",
    "Table",
    "Thumbnail",
]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the document's title."""

    text: str
    """Its words."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    """Its words."""
    small: bool = False
    """An aside."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values."""

    rows: Sequence[tuple[str, str]]
    """Label and value."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: Sequence[str]
    """Its points."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; on a narrow screen each row becomes a card with the heads as labels."""

    heads: Sequence[str]
    """One a column."""
    rows: Sequence[Sequence[str]]
    """As many cells as heads; "\\n" breaks a line."""
    widths: Sequence[float]
    """Share of the width for each column."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing."""

    figure: Figure
    """What is drawn."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The picture that the document is about, small."""

    data: str
    """A data: URI."""
    name: str
    """What it is called, for those who do not see it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the document does not show: set apart, never left out."""

    title: str
    """What it is about."""
    items: Sequence[str]
    """Its points."""


Block = Heading | Paragraph | Facts | Bullets | Table | Chart | Thumbnail | Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole page or paper."""

    language: Language
    """Its language."""
    title: str
    """Its title."""
    author: str = ""
    """Who made it, for the file's properties."""
    blocks: Sequence[Block]
    """Its content, in order."""
