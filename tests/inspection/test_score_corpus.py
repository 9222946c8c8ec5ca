import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.pictures import png

SCRIPT = Path(__file__).parents[2] / "scripts" / "score_corpus.py"
INIT = json.dumps({"sui_image_params": {"prompt": "x", "initimage": "a.png", "initimagecreativity": 0.4}})
TEXT = json.dumps({"sui_image_params": {"prompt": "x", "model": "m"}})


def row(name: str, mode: str, *, outside: bool | str, **more: Any) -> dict[str, Any]:
    """A line of the manifest."""
    truth = {
        "mode": mode,
        "outside_image": outside,
        "input_files": [],
        "denoise": None,
        **more.pop("truth", {}),
    }
    return {
        "file": name,
        "app": "swarmui",
        "truth": truth,
        "alt_modes": [],
        "pixels": "generated",
        "tags": [],
        **more,
    }


def score(folder: Path, *rows: dict[str, Any], **files: bytes) -> tuple[int, str]:
    """Exit status and output for these rows and files."""
    generators = folder / "generators"
    generators.mkdir()
    (generators / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for name, data in files.items():
        (generators / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


class TestScore:
    def test_all_right(self, tmp_path: Path) -> None:
        """With every answer right all goals pass."""
        rows = [
            row("i", "i2i", outside=True, truth={"input_files": ["a.png"], "denoise": 0.4}),
            row("t", "t2i", outside=False),
        ]
        status, output = score(
            tmp_path, *rows, i=png(texts={"parameters": INIT}), t=png(texts={"parameters": TEXT})
        )
        assert 0 == status, output
        assert "FAIL" not in output

    def test_wrong_answer(self, tmp_path: Path) -> None:
        """A wrong answer fails the goal and is listed with its evidence."""
        status, output = score(tmp_path, row("t", "i2i", outside=True), t=png(texts={"parameters": TEXT}))
        assert 1 == status
        assert "- t: wrong; mode" in output
        assert "FAIL  no wrong answer to the main question (1 wrong)" in output

    def test_missing_input(self, tmp_path: Path) -> None:
        """A named input that was not found fails the goal."""
        status, output = score(
            tmp_path,
            row("i", "i2i", outside=True, truth={"input_files": ["b.png"]}),
            i=png(texts={"parameters": INIT}),
        )
        assert 1 == status
        assert "missing b.png" in output

    def test_cannot_prove(self, tmp_path: Path) -> None:
        """What metadata cannot prove counts neither way; nor does an unknown truth."""
        rows = [
            row("t", "i2i", outside=True, tags=["metadata_cannot_prove"]),
            row("t", "unknown", outside="unknown"),
        ]
        status, output = score(tmp_path, *rows, t=png(texts={"parameters": TEXT}))
        assert 0 == status, output
        assert "0 with a known, provable answer" in output

    def test_unverified_signature(self, tmp_path: Path) -> None:
        """A NovelAI file whose signature does not verify fails the goal."""
        comment = json.dumps(
            {"request_type": "PromptGenerateRequest", "sampler": "k", "uc": "", "signed_hash": "AA"}
        )
        texts = {"Software": "NovelAI", "Comment": comment}
        status, output = score(tmp_path, row("n", "t2i", outside=False, app="novelai"), n=png(texts=texts))
        assert 1 == status
        assert "FAIL  every signed NovelAI file verified (1 not)" in output

    def test_screenshots_apart(self, tmp_path: Path) -> None:
        """Node-editor screenshots stand in a table of their own."""
        shot = row("t", "t2i", outside=False, pixels="ui_screenshot")
        _, output = score(tmp_path, shot, t=png(texts={"parameters": TEXT}))
        assert "total                        1" in output.split("node-editor screenshots")[1]

    def test_broken_file(self, tmp_path: Path) -> None:
        """A file that cannot be inspected fails its goal and stops nothing."""
        status, output = score(tmp_path, row("x", "t2i", outside=False), x=b"nothing")
        assert 1 == status
        assert "FAIL  every file inspected" in output

    def test_no_folder(self, tmp_path: Path) -> None:
        """Without the files it says so in a sentence and fails."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(tmp_path / "none")], capture_output=True, text=True, check=False
        )
        assert 1 == done.returncode
        assert "no real files to score" in done.stderr
