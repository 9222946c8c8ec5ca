"""Inspection on real files that are not in the repository: the goals, and that what is printed fits the schema."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from myself_i2i.inspection.files import inspect_file
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.inspection.matching import SourceIndex, match_inputs
from tests.inspection.test_report import VALIDATOR, strict

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "score_corpus.py"


@pytest.fixture
def corpus() -> Path:
    """The folder with real files, or skip."""
    folder = Path(os.environ.get("MYSELF_I2I_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not (folder / "generators" / "manifest.jsonl").is_file():
        pytest.skip("no real files here (MYSELF_I2I_CORPUS)")
    return folder


@pytest.mark.corpus
class TestRealFiles:
    def test_goals(self, corpus: Path) -> None:
        """Every goal of the score holds."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(corpus)], capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        assert "FAIL" not in done.stdout

    def test_schema(self, corpus: Path) -> None:
        """What is printed for each file fits the schema, and no reader failed."""
        reader = manifest_reader()
        for line in (corpus / "generators" / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
            name = json.loads(line)["file"]
            found = inspect_file(corpus / "generators" / name, name=name, manifest_reader=reader)
            VALIDATOR.validate(json.loads(strict(found.to_json())))
            assert not [note for note in found.notes if note.en.startswith("the reader for")]

    def test_inputs_match_files(self, corpus: Path) -> None:
        """Where a file records the sha256 of its init file and that file lies here, the two are matched."""
        sources = SourceIndex()
        for path in sorted((corpus / "pairs").glob("*_src.*")):
            sources.add(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        outputs = sorted((corpus / "pairs").glob("*_out_*"))
        found = [match_inputs(inspect_file(path), sources) for path in outputs]
        recorded = [one for one in found if any(item.sha256 for item in one.inputs)]
        assert recorded
        for one in recorded:
            matched = [match.source.partition("_src")[0] for match in one.matches if match.by == "sha256"]
            assert [Path(one.file).name.partition("_out")[0]] == matched
