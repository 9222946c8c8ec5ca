import logging
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from myself_i2i_diffusers import VERSION
from myself_i2i_diffusers import _telling as telling

from tests.plugins_diffusers.conftest import SOURCE
from tests.test_wording import NEVER

PLUGIN = Path(SOURCE).parent


class TestPackage:
    def test_version(self) -> None:
        """The version in the code is the one in pyproject.toml."""
        assert (
            VERSION
            == tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        )

    def test_imports_nothing_heavy(self) -> None:
        """Importing the plug-in imports neither torch nor numpy nor diffusers."""
        code = "import sys, myself_i2i_diffusers; print([one for one in ('torch', 'numpy', 'diffusers') if one in sys.modules])"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": f"{SOURCE}:{PLUGIN.parents[1] / 'src'}"},
        )
        assert "[]" == done.stdout.strip()

    @pytest.mark.parametrize("word", NEVER)
    def test_words(self, word: str) -> None:
        """No accusing or camp word stands in the plug-in."""
        files = [*PLUGIN.rglob("*.py"), *PLUGIN.glob("*.md")]
        assert [] == [path.name for path in files if word in path.read_text(encoding="utf-8")]

    def test_readmes(self) -> None:
        """Both languages have the same sections and the same examples."""
        pages = [(PLUGIN / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")]
        heads = [sum(line.startswith("#") for line in page.splitlines()) for page in pages]
        assert (heads[0], pages[0].count("```")) == (heads[1], pages[1].count("```"))


class TestTelling:
    @pytest.mark.parametrize(
        ("variables", "expected"),
        [({"LANG": "ja_JP.UTF-8"}, "ja"), ({"LC_ALL": "en_GB.UTF-8", "LANG": "ja_JP.UTF-8"}, "en")],
    )
    def test_language(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
    ) -> None:
        """The person's language is that of their environment, in POSIX order."""
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert expected == telling.language()

    def test_once(self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
        """One kind of trouble is told once, in the person's language."""
        monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
        telling._TOLD.clear()
        with caplog.at_level(logging.WARNING):
            telling.trouble(OSError("disk"))
            telling.trouble(OSError("disk again"))
        telling._TOLD.clear()
        (one,) = caplog.messages
        assert "OSError: disk）" in one
        assert "画像は作られます" in one
