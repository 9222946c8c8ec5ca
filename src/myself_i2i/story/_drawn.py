"""A drawing on paper, whole or a part of it: reportlab's side of `story.figure`."""

from __future__ import annotations

import base64
import io

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from myself_i2i.story.figure import (
    CURVE,
    HEAD,
    Box,
    Figure,
    Label,
    Line,
    Polygon,
    Raster,
    Shape,
    Thumb,
    clean,
)

__all__ = ["Drawn", "colour_of"]

PALETTE = {
    "ink": "#1d2430",
    "soft": "#5b6472",
    "line": "#c9c5ba",
    "card": "#ffffff",
    "paper": "#f4f2ec",
    "accent": "#0072b2",
    "warm": "#e69f00",
}


class Drawn(Flowable):  # type: ignore[misc]  # reportlab ships no types
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

    def _part(self, top: float, foot: float) -> Drawn:
        return Drawn(self._figure, self._font, scale=self._scale, top=top, foot=foot)

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
        case Line() | Polygon():
            heights = [y for _, y in shape.points]
            return min(heights) < foot and max(heights) > top
        case Label():
            return top < shape.y < foot + shape.size
        case Box() | Raster():
            return shape.y < foot and shape.y + shape.height > top
        case Thumb():
            return shape.y < foot and shape.y + shape.size > top


def _draw(canvas: Canvas, shape: Shape, foot: float, font: str) -> None:
    """Draw one shape; `foot` is the height, in the figure, of the lower edge, from which paper counts up."""
    match shape:
        case Box():
            canvas.setFillColor(colour_of(shape.fill))
            canvas.setStrokeColor(colour_of(shape.stroke or shape.fill))
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
        case Raster():
            image = ImageReader(io.BytesIO(base64.b64decode(shape.data.partition(",")[2])))
            corner = (shape.x, foot - shape.y - shape.height)
            canvas.drawImage(image, *corner, shape.width, shape.height)
        case Polygon():
            _polygon(canvas, shape, foot)


def _label(canvas: Canvas, label: Label, foot: float, font: str) -> None:
    text = clean(label.text)
    width = canvas.stringWidth(text, font, label.size)
    x = label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    if label.halo:
        canvas.setFillColor(colour_of("card"))
        canvas.rect(x - 2, foot - label.y - 3, width + 4, label.size + 2, stroke=0, fill=1)
    canvas.setFillColor(colour_of(label.tone))
    canvas.setFont(font, label.size)
    canvas.drawString(x, foot - label.y, text)


def _line(canvas: Canvas, line: Line, foot: float) -> None:
    canvas.setStrokeColor(colour_of(line.tone))
    canvas.setFillColor(colour_of(line.tone))
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


def _polygon(canvas: Canvas, polygon: Polygon, foot: float) -> None:
    canvas.setLineJoin(1)
    for tone, width in (("card", 4), (polygon.tone, 2)):
        path = canvas.beginPath()
        (x, y), *rest = polygon.points
        path.moveTo(x, foot - y)
        for to_x, to_y in rest:
            path.lineTo(to_x, foot - to_y)
        path.close()
        canvas.setStrokeColor(colour_of(tone))
        canvas.setDash(*([4, 3], 0) if polygon.dashed and tone != "card" else ([], 0))
        canvas.setLineWidth(width)
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineWidth(1)


def colour_of(tone: str) -> Color:
    """Return the paper's colour for a role."""
    return HexColor(PALETTE[tone])
