"""How things look on paper: reportlab, in one place."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from myself_i2i.story.figure import CURVE, HEAD, Box, Figure, Label, Line, Shape, Thumb, clean

__all__ = ["Paper"]

CID_FONT = "HeiseiKakuGo-W5"
FONT = "Japanese"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
PALETTE = {
    "ink": "#1d2430",
    "soft": "#5b6472",
    "line": "#c9c5ba",
    "card": "#ffffff",
    "paper": "#f4f2ec",
    "accent": "#0072b2",
    "warm": "#e69f00",
}
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
            textColor=_colour(tone),
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
        rule = ("LINEBELOW", (0, 0), (-1, -1), 0.5, _colour("line"))
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), rule, *_tight(3)]))
        return table

    def limit(self, title: str, items: Sequence[str]) -> Flowable:
        """What is not shown, set apart and kept on one page."""
        inside = [Paragraph(clean(title), self._style(11, 16)), *(self.bullet(item) for item in items)]
        table = Table([[inside]], colWidths=[WIDTH])
        table.setStyle(
            TableStyle(
                [
                    ("LINEBEFORE", (0, 0), (0, -1), 3, _colour("accent")),
                    ("LEFTPADDING", (0, 0), (-1, -1), 10),
                    ("BACKGROUND", (0, 0), (-1, -1), _colour("paper")),
                ]
            )
        )
        return KeepTogether([Spacer(1, 14), table])

    def thumbnail(self, data: str) -> Flowable:
        """The picture that the document is about."""
        side = 40 * mm
        return _Drawn(
            Figure(width=side, height=side, shapes=[Thumb(x=0, y=0, size=side, data=data)], spoken=""),
            self._font,
            scale=1,
        )

    def figure(self, figure: Figure) -> Flowable | None:
        """A drawing, as wide as the paper at most, cut between layers where a page ends; None when too small to read."""
        scale = min(WIDTH / figure.width, 0.9 if figure.scales else POINT)
        return _Drawn(figure, self._font, scale=scale) if scale >= SMALLEST else None

    def build(self, out: io.BytesIO, flow: list[Flowable], *, title: str, author: str, language: str) -> None:
        """Write the paper, each page numbered."""

        def numbered(canvas: Canvas, document: Any) -> None:
            canvas.setFont(self._font, 8)
            canvas.setFillColor(_colour("soft"))
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


class _Drawn(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A figure, or the part of it between two heights."""

    def __init__(
        self, figure: Figure, font: str, *, scale: float, top: float = 0, foot: float | None = None
    ) -> None:
        super().__init__()
        self._figure, self._font, self._scale = figure, font, scale
        self._top, self._foot = top, figure.height if foot is None else foot
        self.spaceBefore = self.spaceAfter = 6

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        del available_width, available_height
        return self._figure.width * self._scale, (self._foot - self._top) * self._scale

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Return the part that fits and the rest; nothing when no cut leaves a part that fits."""
        del available_width
        room = self._top + available_height / self._scale
        cuts = [cut for cut in self._figure.cuts if self._top < cut <= min(room, self._foot - 1)]
        if not cuts:
            return []
        return [self._part(self._top, cuts[-1]), self._part(cuts[-1], self._foot)]

    def _part(self, top: float, foot: float) -> _Drawn:
        return _Drawn(self._figure, self._font, scale=self._scale, top=top, foot=foot)

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.scale(self._scale, self._scale)
        height = self._foot - self._top
        clip = canvas.beginPath()
        clip.rect(0, 0, self._figure.width, height)
        canvas.clipPath(clip, stroke=0, fill=0)
        for shape in self._figure.shapes:
            if _spans(shape, self._top, self._foot):
                _draw(canvas, shape, self._foot, self._font)
        canvas.restoreState()


def _spans(shape: Shape, top: float, foot: float) -> bool:
    """Whether any of `shape` lies between the two heights; what does not is not written to that page."""
    match shape:
        case Line():
            heights = [y for _, y in shape.points]
            return min(heights) < foot and max(heights) > top
        case Label():
            return top < shape.y < foot + shape.size
        case Box():
            return shape.y < foot and shape.y + shape.height > top
        case Thumb():
            return shape.y < foot and shape.y + shape.size > top


def _draw(canvas: Canvas, shape: Shape, foot: float, font: str) -> None:
    """Draw one shape; `foot` is the height, in the figure, of the lower edge, from which paper counts up."""
    match shape:
        case Box():
            canvas.setFillColor(_colour(shape.fill))
            canvas.setStrokeColor(_colour(shape.stroke or shape.fill))
            canvas.setDash(*([4, 3], 0) if shape.dashed else ([], 0))
            radius = min(shape.radius, shape.width / 2, shape.height / 2)
            place = (shape.x, foot - shape.y - shape.height, shape.width, shape.height)
            canvas.roundRect(*place, radius, stroke=int(shape.stroke is not None), fill=1)
        case Line():
            _line(canvas, shape, foot)
        case Label():
            _label(canvas, shape, foot, font)
        case Thumb():
            image = ImageReader(io.BytesIO(base64.b64decode(shape.data.partition(",")[2])))
            corner = (shape.x, foot - shape.y - shape.size)
            canvas.drawImage(image, *corner, shape.size, shape.size, preserveAspectRatio=True, anchor="c")


def _label(canvas: Canvas, label: Label, foot: float, font: str) -> None:
    text = clean(label.text)
    width = canvas.stringWidth(text, font, label.size)
    x = label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    if label.halo:
        canvas.setFillColor(_colour("card"))
        canvas.rect(x - 2, foot - label.y - 3, width + 4, label.size + 2, stroke=0, fill=1)
    canvas.setFillColor(_colour(label.tone))
    canvas.setFont(font, label.size)
    canvas.drawString(x, foot - label.y, text)


def _line(canvas: Canvas, line: Line, foot: float) -> None:
    canvas.setStrokeColor(_colour(line.tone))
    canvas.setFillColor(_colour(line.tone))
    canvas.setDash(*([4, 3], 0) if line.dashed else ([], 0))
    path = canvas.beginPath()
    (x, y), *rest = line.points
    path.moveTo(x, foot - y)
    for to_x, to_y in rest:
        bend = (to_y - y) * CURVE
        path.curveTo(x, foot - y - bend, to_x, foot - to_y + bend, to_x, foot - to_y)
        x, y = to_x, to_y
    canvas.drawPath(path, stroke=1, fill=0)
    if line.arrow:
        head = canvas.beginPath()
        head.moveTo(x - HEAD, foot - y + 1.6 * HEAD)
        head.lineTo(x, foot - y)
        head.lineTo(x + HEAD, foot - y + 1.6 * HEAD)
        head.close()
        canvas.drawPath(head, stroke=0, fill=1)


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


def _colour(tone: str) -> Color:
    return HexColor(PALETTE[tone])


def _tight(points: float = 2) -> list[tuple[Any, ...]]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("TOP", "BOTTOM")]
