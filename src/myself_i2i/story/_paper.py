"""How things look on paper: reportlab, in one place."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from myself_i2i.story._drawn import Drawn, colour_of
from myself_i2i.story.figure import Figure, Thumb, clean

__all__ = ["Paper"]

CID_FONT = "HeiseiKakuGo-W5"
FONT = "Japanese"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
POINT = 0.72
"""Points for one pixel of a drawing, so that its words are about as large as the text."""
SMALLEST = 0.25
"""Words of a drawing are 3 points high at this scale: what is smaller nobody can read on paper."""


class Paper:
    """One font and its styles."""

    def __init__(self, font: Path | None) -> None:
        self._font = _font(font)
        self._body = self._style(9.5, 15)
        self._small = self._style(8.5, 13, tone="soft")
        self._cell = self._style(8, 11.5)
        self._head = self._style(8, 11.5, tone="soft")

    def _style(self, size: float, leading: float, *, tone: str = "ink", **more: Any) -> ParagraphStyle:
        # "CJK" lets a line break between any two characters, and between words of Latin text first.
        return ParagraphStyle(
            f"{size}{tone}{more}",
            fontName=self._font,
            fontSize=size,
            leading=leading,
            textColor=colour_of(tone),
            wordWrap="CJK",
            spaceAfter=3,
            **more,
        )

    def title(self, text: str) -> Flowable:
        """The document's title."""
        return Paragraph(clean(text), self._style(17, 24))

    def heading(self, text: str) -> Flowable:
        """A heading that stays with what follows."""
        return Paragraph(clean(text), self._style(12, 17, spaceBefore=14, keepWithNext=1))

    def paragraph(self, text: str, *, small: bool = False) -> Flowable:
        """Running text."""
        return Paragraph(clean(text), self._small if small else self._body)

    def bullet(self, text: str) -> Flowable:
        """One point of a list."""
        style = self._style(9.5, 15, leftIndent=11, bulletIndent=1)
        return Paragraph(clean(text), style, bulletText="•")

    def facts(self, rows: Iterable[tuple[str, str]]) -> Flowable:
        """Labels and values."""
        cells = [[Paragraph(clean(a), self._head), Paragraph(clean(b), self._cell)] for a, b in rows]
        table = Table(cells, colWidths=[WIDTH * 0.2, WIDTH * 0.8], hAlign="LEFT")
        table.setStyle(
            TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), *_tight()])
        )
        return table

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Flowable:
        """Rows under heads, the heads again on each page."""
        cells = [[Paragraph(clean(head), self._head) for head in heads]]
        cells += [[Paragraph(clean(cell), self._cell) for cell in row] for row in rows]
        table = Table(cells, colWidths=[WIDTH * share for share in widths], repeatRows=1)
        rule = ("LINEBELOW", (0, 0), (-1, -1), 0.5, colour_of("line"))
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), rule, *_tight(3)]))
        return table

    def limit(self, title: str, items: Sequence[str]) -> Flowable:
        """What is not shown, set apart and kept on one page."""
        inside = [Paragraph(clean(title), self._style(11, 16)), *(self.bullet(item) for item in items)]
        table = Table([[inside]], colWidths=[WIDTH])
        table.setStyle(
            TableStyle(
                [
                    ("LINEBEFORE", (0, 0), (0, -1), 3, colour_of("accent")),
                    ("LEFTPADDING", (0, 0), (-1, -1), 10),
                    ("BACKGROUND", (0, 0), (-1, -1), colour_of("paper")),
                ]
            )
        )
        return KeepTogether([Spacer(1, 14), table])

    def thumbnail(self, data: str) -> Flowable:
        """The picture that the document is about."""
        side = 40 * mm
        return Drawn(
            Figure(width=side, height=side, shapes=[Thumb(x=0, y=0, size=side, data=data)], spoken=""),
            self._font,
            scale=1,
        )

    def figure(self, figure: Figure) -> Flowable | None:
        """A drawing, as wide as the paper at most, cut between layers where a page ends; None when too small to read."""
        scale = min(WIDTH / figure.width, 0.9 if figure.scales else POINT)
        return Drawn(figure, self._font, scale=scale) if scale >= SMALLEST else None

    def build(self, out: io.BytesIO, flow: list[Flowable], *, title: str, author: str, language: str) -> None:
        """Write the paper, each page numbered."""

        def numbered(canvas: Canvas, document: Any) -> None:
            canvas.setFont(self._font, 8)
            canvas.setFillColor(colour_of("soft"))
            canvas.drawCentredString(A4[0] / 2, 9 * mm, str(document.page))

        paper = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=16 * mm,
            bottomMargin=16 * mm,
            title=title,
            author=author,
            lang=language,
            invariant=1,
        )
        paper.build(flow, onFirstPage=numbered, onLaterPages=numbered)


def _font(path: Path | None) -> str:
    """Register the font at `path` when it is one that can be put in (TrueType outlines), else Adobe's by name."""
    if path is not None:
        try:
            pdfmetrics.registerFont(TTFont(FONT, str(path), subfontIndex=0))
        except (TTFError, OSError):
            pass  # PostScript outlines, as Noto Sans CJK has them, cannot be put in by this library
        else:
            return FONT
    pdfmetrics.registerFont(UnicodeCIDFont(CID_FONT))
    return CID_FONT


def _tight(points: float = 2) -> list[tuple[Any, ...]]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("TOP", "BOTTOM")]
