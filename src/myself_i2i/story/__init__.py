"""The story of one picture: how it came to be, back to its sources, as signed records say, and as people read it.

`tell` gathers it from statements; `lines` writes it as text, `draw` as a picture, `story_document` and
`report_document` as pages. Nothing here judges: it shows what is recorded, who wrote that down, and what that does not show.
"""

from myself_i2i.story.graph import PICTURES, tell
from myself_i2i.story.values import (
    DECLARED_ORIGIN,
    Picture,
    Standing,
    StandingKind,
    Step,
    Story,
    Use,
)

__all__ = [
    "DECLARED_ORIGIN",
    "PICTURES",
    "Picture",
    "Standing",
    "StandingKind",
    "Step",
    "Story",
    "Use",
    "tell",
]
