"""What holds for every plug-in folder, whatever it stands in."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.test_wording import NEVER

PLUGINS = Path(__file__).parents[2] / "plugins"
SOURCE = PLUGINS.parent / "src"
MINE = ("comfyui", "webui")
ALLOWED = {"attestation", "errors", "inspection", "ledger", "predicates", "recording", "rights", "wording"}
"""`recording` and the tiers it stands on."""
FILES = [path for name in MINE for path in sorted((PLUGINS / name).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """The packages of ours that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
        found |= {name.split(".")[1] for name in names if name.startswith("myself_i2i.")}
    return found


class TestImports:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PLUGINS).as_posix())
    def test_allowed(self, path: Path) -> None:
        """A plug-in imports `recording` and what it stands on, nothing above."""
        assert set() == imports(path) - ALLOWED

    def test_not_imported(self) -> None:
        """The library imports no plug-in."""
        assert [] == [
            path for path in SOURCE.rglob("*.py") if re.search(r"^(from|import) plugins", path.read_text())
        ]


class TestTexts:
    def test_sentences(self) -> None:
        """Every `Text` has both languages with the same gaps, and no word that accuses or takes sides."""
        found = 0
        for path in FILES:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and node.keywords:
                    parts = {
                        one.arg: one.value.value
                        for one in node.keywords
                        if isinstance(one.value, ast.Constant)
                    }
                    if set(parts) == {"en", "ja"}:
                        found += 1
                        gaps = [set(re.findall(r"{(\w+)}", str(parts[key]))) for key in ("en", "ja")]
                        assert gaps[0] == gaps[1], parts
                        assert not str(parts["ja"]).isascii(), parts
        assert 8 < found

    def test_never(self) -> None:
        """None of the words that never stand in front of a person stands in a plug-in, pages and labels included."""
        pages = [
            path
            for name in MINE
            for kind in ("*.py", "*.md", "*.json", "*.js", "*.toml")
            for path in (PLUGINS / name).rglob(kind)
        ]
        assert [] == [
            (path.name, word) for path in pages for word in NEVER if word in path.read_text(encoding="utf-8")
        ]


class TestRegistry:
    PROJECT = tomllib.loads((PLUGINS / "comfyui" / "pyproject.toml").read_text(encoding="utf-8"))

    def test_specification(self) -> None:
        """pyproject.toml keeps the registry's rules: name, version, licence, repository, publisher."""
        project, comfy = self.PROJECT["project"], self.PROJECT["tool"]["comfy"]
        assert re.fullmatch(r"[A-Za-z](?:[A-Za-z0-9]|[-_.](?![-_.]))*", project["name"])
        assert "comfyui" not in project["name"].lower()
        assert re.fullmatch(r"\d+\.\d+\.\d+", project["version"])
        assert (PLUGINS / "comfyui" / project["license"]["file"]).is_file()
        assert project["urls"]["Repository"].startswith("https://")
        assert comfy["PublisherId"]
        assert comfy["DisplayName"]

    def test_version(self) -> None:
        """The version in pyproject.toml is the one that records name."""
        source = (PLUGINS / "comfyui" / "connection.py").read_text(encoding="utf-8")
        assert f'VERSION: Final = "{self.PROJECT["project"]["version"]}"' in source

    @pytest.mark.parametrize("name", MINE)
    def test_alone(self, name: str) -> None:
        """Each folder can be installed alone: licence, and a page in each language."""
        assert {"LICENSE", "README.md", "README.ja.md"} <= {path.name for path in (PLUGINS / name).iterdir()}
