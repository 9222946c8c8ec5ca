"""Recorded, marked, checked: what a maker's mark says when a recorder was there, with the command line as people use it."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from myself_i2i.cli._main import run
from myself_i2i.cli._terminal import Terminal
from myself_i2i.recording import Facts, open_recorder
from tests.recording.conftest import SECONDS
from tests.support.sessions import EXAMPLES


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A maker's folder: the example pictures, a pledge made."""
    for part in ("generated", "sources"):
        shutil.copytree(EXAMPLES / part, tmp_path / part)
    monkeypatch.setenv("MYSELF_I2I_HOME", str(tmp_path / "home"))
    assert 0 == call("pledge", "--name", "hanako", "--yes")
    return tmp_path


def call(*arguments: str | Path) -> int:
    """Run a command."""
    return run([str(argument) for argument in arguments], Terminal("en"))


def checked(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `check` finds."""
    capsys.readouterr()
    call("check", path, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[0])
    return found


def record(desk: Path, picture: Path, source: Path) -> None:
    """Record `picture` as a ComfyUI plug-in would that saw `source` being loaded."""
    recorder = open_recorder(
        tool="ComfyUI", tool_version="0.3.64", writer="myself-i2i-comfyui 0.1.0", home=desk / "home"
    )
    run_ = recorder.begin()
    run_.input("init", path=source)
    run_.parameters(Facts(mode="i2i", model="scenes-128.safetensors", strength=0.7))
    run_.check()
    run_.output(picture)
    run_.end()
    assert recorder.flush(SECONDS)
    recorder.close()


class TestRecordedMark:
    def test_step_recorded(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A recorded i2i run, marked and checked, stands at step "recorded", its source being the file that was loaded."""
        source, picture = desk / "sources/drawing.png", desk / "generated/comfyui-i2i.png"
        assert 0 == call("sources", "add", source, "--basis", "own-drawing")
        record(desk, picture, source)
        assert 0 == call("lint", picture)
        assert 0 == call("mark", picture, "--out", desk / "out")
        found = checked(desk / "out/comfyui-i2i.png", capsys)
        assert ("recorded", True, "agrees") == (
            found["step"],
            found["consistent"],
            found["consistency"]["answer"],
        )
        [stated] = found["claims"]["sources"]
        assert hashlib.sha256(source.read_bytes()).hexdigest() == stated["sha256"]
        assert "yes" == found["claims"]["image_input"]

    def test_swapped_source(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With another source in the record, the file's own `is_changed` contradicts it, and the check says so."""
        other, picture = desk / "sources/drawing-lines.png", desk / "generated/comfyui-i2i.png"
        assert 0 == call("sources", "add", other, "--basis", "own-drawing")
        record(desk, picture, other)
        assert 0 == call("mark", picture, "--out", desk / "out")
        found = checked(desk / "out/comfyui-i2i.png", capsys)
        assert (False, "contradicts") == (found["consistent"], found["consistency"]["answer"])
        loaded = hashlib.sha256((desk / "sources/drawing.png").read_bytes()).hexdigest()
        assert any(loaded[:12] in line["en"] for line in found["consistency"]["lines"])

    def test_chain(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A picture made from an own recorded one is marked without a word from its maker, and names its source."""
        first, second = desk / "generated/comfyui-t2i.png", desk / "generated/plain-t2i.png"
        recorder = open_recorder(tool="t", tool_version="1", writer="w 1", home=desk / "home")
        recorder.begin().output(first)
        run_ = recorder.begin()
        run_.input("init", path=first)
        run_.output(second)
        assert recorder.flush(SECONDS)
        recorder.close()
        assert 0 == call("lint", first, second)
        assert 0 == call("mark", second, "--out", desk / "out")
        found = checked(desk / "out/plain-t2i.png", capsys)
        assert ("recorded", "own-generation") == (found["step"], found["claims"]["sources"][0]["basis"])

    def test_undeclared(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A record whose input nobody declared makes no mark, and lint names what is missing and the command."""
        source, picture = desk / "sources/undeclared.png", desk / "generated/plain-t2i.png"
        record(desk, picture, source)
        assert 1 == call("mark", picture, "--out", desk / "out")
        capsys.readouterr()
        assert 1 == call("lint", picture)
        said = capsys.readouterr().out
        assert "the input undeclared.png (sha256 " in said
        assert "  $ myself-i2i sources add undeclared.png --basis BASIS" in said
