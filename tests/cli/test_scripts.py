import shutil
from pathlib import Path

import pytest

from tests.support.sessions import EXAMPLES, matches, parse, run

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example pictures, as a person would have them."""
    for part in ("generated", "sources"):
        shutil.copytree(EXAMPLES / part, tmp_path / part)
    return tmp_path


def play(text: str, folder: Path, language: str) -> None:
    for step in parse(text):
        code, lines = run(step, folder, language)
        shown = "\n".join([f"$ {step.command}", *lines, f"[{code}]"])
        assert (step.code, True) == (code, matches(step.expected, lines)), shown


class TestScripts:
    def test_there(self) -> None:
        """The folder of scripts is not empty; an empty one would test nothing."""
        assert len(SCRIPTS) >= 6

    @pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
    def test_script(self, script: Path, folder: Path) -> None:
        """Each script, run command by command, writes what it says and ends as it says."""
        language = "ja_JP.UTF-8" if script.stem.endswith(".ja") else "en_GB.UTF-8"
        play(script.read_text(encoding="utf-8"), folder, language)
