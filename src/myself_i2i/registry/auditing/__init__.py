"""Replaying a whole log from its public files, with nothing but the log's key: `audit`. Spec: spec/registry-answers.md."""

from myself_i2i.registry.auditing.auditing import NOT_CHECKED, Asked, Audit, audit
from myself_i2i.registry.auditing.entries import Entries, Trouble
from myself_i2i.registry.auditing.reading import PublishedLog

__all__ = ["NOT_CHECKED", "Asked", "Audit", "Entries", "PublishedLog", "Trouble", "audit"]
