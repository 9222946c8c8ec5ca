"""Inspection on real files that are not in the repository: the goals, and that what is printed fits the schema."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from myself_i2i.inspection.files import inspect_file
from myself_i2i.inspection.manifests import manifest_reader
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
            assert not [note for note in found.notes if note.startswith("the reader for")]
