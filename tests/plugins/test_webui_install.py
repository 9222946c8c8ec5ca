from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


class TestInstall:
    @pytest.fixture
    def install(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """install.py, run as the webui runs it; what it asked pip for."""
        asked: list[str] = []
        launch: Any = SimpleNamespace(
            is_installed=lambda _: True, run_pip=lambda command, _: asked.append(command)
        )
        monkeypatch.setitem(sys.modules, "launch", launch)
        source = (Path(__file__).parents[2] / "plugins" / "webui" / "install.py").read_text()
        names: dict[str, Any] = {"__name__": "install"}
        exec(compile(source, "install.py", "exec"), names)  # noqa: S102  # our own file, as the webui does
        return SimpleNamespace(names=names, asked=asked, launch=launch)

    def test_there(self, install: Any) -> None:
        """Where everything is installed, pip is not asked for anything."""
        assert [] == install.asked

    def test_missing(self, install: Any) -> None:
        """Only packages that are not there in any version are wanted: the webui's own Pillow stays."""
        wanted = install.names["missing"](
            ["pillow>=99", "no-such-thing>=1", "other-thing>=1; extra == 'dev'"]
        )
        assert ["no-such-thing>=1"] == wanted

    def test_library(self, install: Any) -> None:
        """The library itself is installed without its dependencies."""
        install.launch.is_installed = lambda _: False
        install.names["install"]()
        assert ['install --no-deps "myself-i2i>=0.1,<1"'] == install.asked

    def test_old_python(self, install: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """On a Python that is too old nothing is installed, and both languages say so."""
        install.names["PYTHON"] = (99, 0)
        install.names["install"]()
        assert [] == install.asked
        assert "Python 99.0" in capsys.readouterr().out
