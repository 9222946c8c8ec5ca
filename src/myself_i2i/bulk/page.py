"""One HTML page over a whole folder: charts on top, a card with a thumbnail for each picture, the limit printed.

The page is one file: no script, no font, no request to anywhere, so it can be sent or kept as it is. Cards are
written as they come, so memory does not grow with the number of files.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from myself_i2i.errors import InputError
from myself_i2i.wording import Language, Text

__all__ = ["Card", "Page", "Row"]

CARDS = Text(en="Pictures", ja="画像")
NO_THUMBNAIL = Text(en="no preview", ja="プレビューなし")


@dataclass(frozen=True, slots=True)
class Row:
    """One label and value on a card."""

    label: str
    """The label, in the reader's language."""
    value: str
    """The value; strangers' text is escaped by the template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One picture on the page."""

    title: str
    """Its file name."""
    folder: str = ""
    """Where it lies, shown small."""
    headline: str
    """The one answer to read first, e.g. "image file went in: yes"."""
    tone: str
    """"yes", "no", "unknown" or "error": a neutral shade and a shape, never red or green."""
    thumbnail: str | None = None
    """A data: URI, or None."""
    rows: Sequence[Row] = ()
    """Label and value lines."""
    details: Sequence[Row] = ()
    """Folded away."""
    fold: str = ""
    """What the fold says, in the reader's language."""


class Page:
    """Writes one report page; use `add` for each card, then `write` once."""

    def __init__(self, language: Language) -> None:
        # Imported here because every command over files would wait for it, and few write a page.
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

        self._language: Language = language
        environment = Environment(
            loader=PackageLoader("myself_i2i.bulk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._page = environment.get_template("page.html.j2")
        self._card = environment.get_template("card.html.j2")
        self._cards = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed by `write` or with the page

    def add(self, card: Card) -> None:
        """Write one card; it is kept on disk until `write`."""
        words = {"no_thumbnail": NO_THUMBNAIL.in_(self._language)}
        self._cards.write(self._card.render(card=card, words=words))

    def write(
        self, path: Path, *, title: str, intro: str, charts: Sequence[tuple[str, str]], limit: str
    ) -> None:
        """Write the page to `path`, replacing it whole or not at all.

        `charts` are (heading, SVG made by `bar_chart`); every other string is escaped. Raises InputError when the
        file cannot be written.
        """
        from markupsafe import Markup  # noqa: PLC0415  # see `__init__`

        values: dict[str, Any] = {
            "language": self._language,
            "title": title,
            "intro": intro,
            "charts": [(heading, Markup(svg)) for heading, svg in charts],  # noqa: S704  # our own SVG, escaped there
            "limit": limit,
            "cards": CARDS.in_(self._language),
        }
        head, tail = self._page.render(**values).split("<!--cards-->")
        part = path.with_name(path.name + ".part")
        try:
            with part.open("w", encoding="utf-8") as out:
                out.write(head)
                self._cards.seek(0)
                shutil.copyfileobj(self._cards, out)
                out.write(tail)
            part.replace(path)
        except OSError as error:
            raise InputError(
                Text(
                    en=f"cannot write the report to {path}: {error.strerror}",
                    ja=f"レポートを {path} に書き込めません: {error.strerror}",
                ),
                hint=Text(en="choose another place with --html", ja="--html で別の場所を指定してください"),
            ) from error
        finally:
            self._cards.close()
            part.unlink(missing_ok=True)
