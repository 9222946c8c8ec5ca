"""The vectors, run as another implementation would run them: from the files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.attestation import Envelope, PublicKey
from myself_i2i.c2pa.trust import Anchors, TrustLists, load_anchors, trust_settings
from myself_i2i.predicates import read_signed
from myself_i2i.rights import StatementSet
from myself_i2i.verification import Knowledge, Report, check
from tests.support.marked import AT

VECTORS = Path(__file__).parents[1] / "vectors"
FOLDERS = sorted(path for path in (VECTORS / "verify").glob("*") if path.is_dir())
SIZE = 2**20


def answer(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a case's report must say, and what it says, the same fields of both."""
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    sidecar = None if told["sidecar"] is None else (folder / told["sidecar"]).read_bytes()
    data = (folder / told["picture"]).read_bytes()
    knowledge = knowledge_of(folder, told["knowledge"])
    report = check(data, name=folder.name, checked_at=AT, knowledge=knowledge, sidecar=sidecar)
    wanted: dict[str, Any] = told["report"]
    found = fields(report)
    return wanted, {name: found[name] for name in wanted}


def knowledge_of(folder: Path, known: dict[str, Any]) -> Knowledge:
    """What the reader of a case knows."""

    def anchors(name: str) -> Anchors:
        return (
            load_anchors((VECTORS / "trust" / f"{known[name]}.pem").read_bytes())
            if name in known
            else Anchors()
        )

    lists = TrustLists(
        manifest=anchors("manifest_list"), private=anchors("private_list"), tsa=anchors("tsa_list")
    )
    statements = None
    if "statements" in known:
        keys = {(key := PublicKey.from_base64(text)).keyid: key for text in known["keys"]}
        envelopes = [
            Envelope.from_json(one) for one in json.loads((folder / known["statements"]).read_bytes())
        ]
        statements = StatementSet([read_signed(one, keys[one.keyids[0]]) for one in envelopes])
    return Knowledge(
        trust=trust_settings(lists),
        own=frozenset(known.get("own", ())),
        makers=known.get("makers", {}),
        statements=statements,
    )


def fields(report: Report) -> dict[str, Any]:
    """The fields that cases name, from the printed report."""
    printed = report.to_json()
    return {
        **{name: printed[name] for name in ("marked", "refused", "step", "consistent")},
        **{name: printed[name]["answer"] for name in ("intact", "signer", "consistency")},
        "name": printed["signer"]["name"],
        "image_input": printed["claims"]["image_input"],
        "others": [[other["kind"], other["holds"]] for other in printed["others"]],
    }


class TestVerify:
    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_answer(self, folder: Path) -> None:
        """Each case gives its answer, and its name says whether the check may end with 0."""
        wanted, found = answer(folder)
        assert wanted == found
        assert wanted["consistent"] is not folder.name.endswith("_fail")

    def test_all_there(self) -> None:
        """The folders are the cases of the script that made them, none missing, none left over."""
        from vectors.cases import CASES  # noqa: PLC0415 - making the cases costs time that the other tests save

        assert sorted(case.name for case in CASES) == [folder.name for folder in FOLDERS]

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_explained(self, folder: Path) -> None:
        """Each case says what was done and why the answer must be so."""
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert all(word in text for word in ("**What:**", "**Answer:**", "**Made by:**"))

    def test_small(self) -> None:
        """All vectors together stay small enough for every clone."""
        assert 0 < sum(path.stat().st_size for path in VECTORS.rglob("*") if path.is_file()) < SIZE
