"""The story of one picture: how it came to be, back to its sources, as signed records say, and as people read it.

`tell` gathers it from statements; `lines` writes it as text, `draw` and `svg` as a drawing, `story_document` and
`report_document` as documents, which `html` and `pdf` write down. Nothing here judges: it shows what is recorded, who
wrote that down, and what that does not show.
"""

from myself_i2i.story.as_json import as_json
from myself_i2i.story.document import Document
from myself_i2i.story.draw import Look, draw
from myself_i2i.story.files import Shelf, fill_shelf
from myself_i2i.story.graph import PICTURES, tell
from myself_i2i.story.html import html
from myself_i2i.story.pages import story_document
from myself_i2i.story.pdf import pdf
from myself_i2i.story.reading import statements_of
from myself_i2i.story.report import Kept, Report, Told, make_report
from myself_i2i.story.report_page import report_document
from myself_i2i.story.svg import svg
from myself_i2i.story.tree import lines
from myself_i2i.story.values import DECLARED_ORIGIN, Picture, Standing, StandingKind, Step, Story, Use

__all__ = [
    "DECLARED_ORIGIN",
    "PICTURES",
    "Document",
    "Kept",
    "Look",
    "Picture",
    "Report",
    "Shelf",
    "Standing",
    "StandingKind",
    "Step",
    "Story",
    "Told",
    "Use",
    "as_json",
    "draw",
    "fill_shelf",
    "html",
    "lines",
    "make_report",
    "pdf",
    "report_document",
    "statements_of",
    "story_document",
    "svg",
    "tell",
]
