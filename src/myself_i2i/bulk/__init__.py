"""Thousands of files at once: worker processes, resuming, one summary, one page to look at."""

from myself_i2i.bulk.pool import Outcome, run
from myself_i2i.bulk.progress import Journal
from myself_i2i.bulk.summary import Summary

__all__ = ["Journal", "Outcome", "Summary", "run"]
