"""The cases of vectors/verify: what was done to a picture, and what a check must say of it."""

from __future__ import annotations

from vectors.case import Case
from vectors.cases_changed import CHANGED
from vectors.cases_forged import FORGED, OTHERS
from vectors.cases_marks import COMPARED, MARKS

__all__ = ["CASES"]

CASES: tuple[Case, ...] = (*MARKS, *CHANGED, *FORGED, *OTHERS, *COMPARED)
"""All of them."""
