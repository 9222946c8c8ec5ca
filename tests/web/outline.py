"""What a page consists of, read with the standard library's parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Element", "Outline"]


@dataclass
class Element:
    """A tag with its attributes, and the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: tuple[str, ...] = ()
    """The tags around it."""

    def get(self, name: str) -> str | None:
        """An attribute."""
        return self.attributes.get(name)


VOID = frozenset(["br", "hr", "img", "input", "link", "meta"])


@dataclass
class Outline(HTMLParser):
    """All elements of a page, in order; a page that does not close what it opens is no page."""

    html: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        around = tuple(one.tag for one in self._open)
        made = Element(tag, {name: value or "" for name, value in attrs}, inside=around)
        self.elements.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """Close the element opened last."""
        assert tag == self._open.pop().tag

    def handle_data(self, data: str) -> None:
        """Note text, of every element around it."""
        for one in self._open:
            one.text += data

    def all(self, *tags: str) -> list[Element]:
        """The elements with these tags."""
        return [one for one in self.elements if one.tag in tags]

    def text(self, tag: str) -> str:
        """What the first element of this kind says."""
        return " ".join(self.all(tag)[0].text.split())
