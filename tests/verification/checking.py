"""How the tests of this folder check: one call, one schema, the same moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from myself_i2i.c2pa.trust import Anchors, TrustLists, TrustSettings, load_anchors, trust_settings
from myself_i2i.verification import Knowledge, Report, check
from tests.support.credentials import Authority
from tests.support.marked import AT

SPEC = Path(__file__).parents[2] / "spec"
SCHEMA = json.loads((SPEC / "check.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def checked(data: bytes, *, sidecar: bytes | None = None, **known: Any) -> Report:
    """The report on a file, whose JSON fits the schema; `known` are the fields of Knowledge."""
    report = check(data, name="file", checked_at=AT, knowledge=Knowledge(**known), sidecar=sidecar)
    printed = json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False)
    VALIDATOR.validate(json.loads(printed.encode()))
    return report


def listed(
    *, manifest: Authority | None = None, private: Authority | None = None, tsa: Authority | None = None
) -> TrustSettings:
    """Trust settings with these issuers on the lists."""
    found = [Anchors() if one is None else load_anchors(one.pem) for one in (manifest, private, tsa)]
    return trust_settings(TrustLists(manifest=found[0], private=found[1], tsa=found[2]))


def kinds(report: Report) -> list[tuple[str, bool]]:
    """What others add: kind, and whether it holds."""
    return [(other.kind, other.holds) for other in report.others]


def notes(report: Report) -> str:
    """All notes in English."""
    return "\n".join(note.en for note in report.notes)
