"""A document as one HTML file: no script, no font, no request to anywhere, so it can be sent or kept as it is."""

from __future__ import annotations

from myself_i2i.story.document import Chart, Document
from myself_i2i.story.figure import clean
from myself_i2i.story.svg import svg

__all__ = ["html"]


def html(document: Document) -> str:
    """Return the page. Every word is escaped, and a policy in it forbids everything but its own style and data: images."""
    # Imported here because every command would wait for it, and few write a page.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("myself_i2i.story"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.j2")
    blocks = [
        (type(block).__name__, block, Markup(svg(block.figure)) if isinstance(block, Chart) else "")  # noqa: S704  # our own SVG, escaped there
        for block in document.blocks
    ]
    return clean(page.render(document=document, blocks=blocks))
