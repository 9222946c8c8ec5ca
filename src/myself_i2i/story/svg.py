"""A drawing as SVG: for a page, whose style gives the colours, or as a file that carries its own."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

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

__all__ = ["STYLE", "svg"]

STYLE = (
    "--ink:#1d2430;--soft:#5b6472;--paper:#fbfaf7;--card:#fff;--line:#c9c5ba;--accent:#0072b2;--warm:#e69f00"
)
DARK = "--ink:#e8e6e0;--soft:#a3a9b3;--paper:#16191f;--card:#1f242c;--line:#4a515d;--accent:#56b4e9;--warm:#e69f00"
FONTS = "system-ui,'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI',sans-serif"


def svg(figure: Figure, *, standalone: bool = False) -> str:
    """Return `figure` as one SVG element; with `standalone`, with its own colours for light and dark.

    Every word is escaped. The content is described for screen readers; nothing in it is fetched from anywhere.
    """
    body = "".join(map(_shape, figure.shapes))
    style = ""
    if standalone:
        style = (
            f"<style>svg{{{STYLE};font-family:{FONTS};background:var(--paper)}}"
            f"@media(prefers-color-scheme:dark){{svg{{{DARK}}}}}</style>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(figure.width)} {_n(figure.height)}"'
        f' width="{_n(figure.width)}" height="{_n(figure.height)}" role="img"'
        f" aria-label={quoteattr(clean(figure.spoken))}>{style}{body}</svg>"
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Box():
            return _box(shape)
        case Line():
            return _line(shape)
        case Label():
            return _label(shape)
        case Thumb():
            return (
                f'<image x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.size)}" height="{_n(shape.size)}"'
                f" href={quoteattr(shape.data)}/>"
            )
        case Raster():
            return (
                f'<image x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
                f' preserveAspectRatio="none" href={quoteattr(shape.data)}/>'
            )
        case Polygon():
            return _polygon(shape)


def _box(box: Box) -> str:
    stroke = f";stroke:var(--{box.stroke})" if box.stroke else ""
    dashes = ' stroke-dasharray="5 4"' if box.dashed else ""
    rectangle = (
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
        f' rx="{_n(box.radius)}"{dashes} style="fill:var(--{box.fill}){stroke}"'
    )
    return f"{rectangle}><title>{_text(box.title)}</title></rect>" if box.title else f"{rectangle}/>"


def _line(line: Line) -> str:
    (x, y), *rest = line.points
    path = f"M{_n(x)} {_n(y)}"
    for next_x, next_y in rest:
        bend = (next_y - y) * CURVE
        path += f"C{_n(x)} {_n(y + bend)} {_n(next_x)} {_n(next_y - bend)} {_n(next_x)} {_n(next_y)}"
        x, y = next_x, next_y
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    drawn = f'<path d="{path}" fill="none" stroke-width="1.5"{dashes} style="stroke:var(--{line.tone})"/>'
    if line.arrow:
        head = f"M{_n(x - HEAD)} {_n(y - 1.6 * HEAD)}L{_n(x)} {_n(y)}L{_n(x + HEAD)} {_n(y - 1.6 * HEAD)}Z"
        drawn += f'<path d="{head}" style="fill:var(--{line.tone})"/>'
    return drawn


def _polygon(polygon: Polygon) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in polygon.points)
    dashes = ' stroke-dasharray="5 4"' if polygon.dashed else ""
    shape = f'<polygon points="{points}" fill="none" stroke-linejoin="round"'
    return (
        f'{shape} stroke-width="4" style="stroke:var(--card);stroke-opacity:.8"/>'
        f'{shape} stroke-width="2"{dashes} style="stroke:var(--{polygon.tone})"/>'
    )


def _label(label: Label) -> str:
    weight = ' font-weight="600"' if label.bold else ""
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    halo = ";stroke:var(--paper);stroke-width:4px;paint-order:stroke" if label.halo else ""
    return (
        f'<text x="{_n(label.x)}" y="{_n(label.y)}" font-size="{_n(label.size)}"{weight}{anchor}'
        f' style="fill:var(--{label.tone}){halo}">{_text(label.text)}</text>'
    )


def _text(text: str) -> str:
    return escape(clean(text))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
