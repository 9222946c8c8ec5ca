"""Check a picture: bytes in, a report out. `check` is the one entry; its module lists the steps."""

from myself_i2i.verification.check import Knowledge, check
from myself_i2i.verification.evidence import LIMIT, STEPS, Step
from myself_i2i.verification.own_metadata import inspect_unmarked
from myself_i2i.verification.report import Report

__all__ = ["LIMIT", "STEPS", "Knowledge", "Report", "Step", "check", "inspect_unmarked"]
