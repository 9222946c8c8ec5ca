"""A document on paper (A4), for those who want a file to hand in. Needs reportlab: the extra `pdf`.

Japanese needs a Japanese font. One that this machine has and that may be put in is put in; otherwise the PDF names
Adobe's HeiseiKakuGo-W5, which every common viewer replaces by a Japanese font of its own (docs/adr/0008-graph-layout.md).
The same document gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from myself_i2i.errors import UsageError
from myself_i2i.marking.badge import find_japanese_font
from myself_i2i.story.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Facts,
    Heading,
    Limit,
    Paragraph,
    Table,
    Thumbnail,
)
from myself_i2i.wording import Language, Text

if TYPE_CHECKING:
    from myself_i2i.story._paper import Paper

__all__ = ["pdf"]

MISSING = Text(
    en="a PDF needs the library reportlab, which is not installed",
    ja="PDF を作るにはライブラリ reportlab が必要ですが、インストールされていません",
)
HOW = Text(
    en='install it with `pip install "myself-i2i[pdf]"`, or write the report as HTML and print it from a browser',
    ja='`pip install "myself-i2i[pdf]"` で入れるか、HTML で書き出してブラウザから印刷してください',
)
TOO_WIDE = Text(
    en="The drawing is too wide for paper: the page made with --html has it whole.",
    ja="図が紙に収まらない大きさです。--html で作るページには全体があります。",
)


def pdf(document: Document, *, font: Path | None = None) -> bytes:
    """Return `document` as a PDF; `font` is a TrueType font with Japanese, looked for on this machine when None.

    Raises `UsageError` with the way out when reportlab is not installed.
    """
    try:
        from myself_i2i.story._paper import Paper  # noqa: PLC0415  # an optional library stands behind it
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "reportlab":
            raise
        raise UsageError(MISSING, hint=HOW) from error
    paper = Paper(font or find_japanese_font())
    out = io.BytesIO()
    flow = [paper.title(escape(document.title))]
    for block in document.blocks:
        flow += _flow(block, paper, document.language)
    paper.build(out, flow, title=document.title, author=document.author, language=document.language)
    return out.getvalue()


def _flow(block: Block, paper: Paper, language: Language) -> Iterator[Any]:
    match block:
        case Heading():
            yield paper.heading(escape(block.text))
        case Paragraph():
            yield paper.paragraph(escape(block.text), small=block.small)
        case Facts():
            yield paper.facts([(escape(label), escape(value)) for label, value in block.rows])
        case Bullets():
            yield from (paper.bullet(escape(item)) for item in block.items)
        case Table():
            heads = [escape(head) for head in block.heads]
            rows = [[escape(cell).replace("\n", "<br/>") for cell in row] for row in block.rows]
            yield paper.table(heads, rows, block.widths)
        case Chart():
            drawn = paper.figure(block.figure)
            yield drawn or paper.paragraph(escape(TOO_WIDE.in_(language)))
        case Thumbnail():
            yield paper.thumbnail(block.data)
        case Limit():
            yield paper.limit(escape(block.title), [escape(item) for item in block.items])
