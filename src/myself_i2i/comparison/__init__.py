"""How near two pictures are, with measured error rates and without a verdict.

`Looks.of` takes what is needed of a file's bytes; `compare` answers three questions about two pictures, `ask` about one
picture and kept fingerprints. `comparison_document` makes the private report. Spec: spec/comparison.md.
"""

from myself_i2i.comparison.as_json import comparison_json, finding_json
from myself_i2i.comparison.comparing import ask, compare
from myself_i2i.comparison.interface import (
    Comparison,
    Dated,
    Finding,
    Frame,
    NearestFrame,
    Nearness,
    Question,
    Rate,
    Reason,
)
from myself_i2i.comparison.looks import Kept, Looks
from myself_i2i.comparison.nearest import nearest_frame, rank
from myself_i2i.comparison.page import Side, comparison_document

__all__ = [
    "Comparison",
    "Dated",
    "Finding",
    "Frame",
    "Kept",
    "Looks",
    "NearestFrame",
    "Nearness",
    "Question",
    "Rate",
    "Reason",
    "Side",
    "ask",
    "compare",
    "comparison_document",
    "comparison_json",
    "finding_json",
    "nearest_frame",
    "rank",
]
