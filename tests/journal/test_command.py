"""The command where a text script does not reach: a time-stamp server, a folder that changes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journal.workfiles import drawing, png
from tests.support.sessions import Step, run
from tests.support.timestamps import OPENSSL, TSA, serving

WAIT = 60.0


def said(folder: Path, command: str, code: int = 0) -> str:
    got, lines = run(Step(f"myself-i2i journal {command}"), folder)
    assert code == got, lines
    return "\n".join(lines)


def watching(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "MYSELF_I2I_HOME": str(folder / "home"),
        "LC_ALL": "en_GB.UTF-8",
        "PYTHONUTF8": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "myself_i2i", "journal", "watch", "works", *arguments],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an empty folder of works."""
    (tmp_path / "works").mkdir()
    return tmp_path


class TestWatch:
    def test_saved_while_watching(self, folder: Path) -> None:
        """What is saved while the command runs is noted within seconds; Ctrl-C ends it, and what was noted is kept."""
        process = watching(folder)
        assert process.stderr is not None
        try:
            lines: list[str] = []
            while "watching" not in "".join(lines):
                lines.append(process.stderr.readline())
            part = folder / "works" / "cover.png"
            data = png(drawing(2))
            with part.open("wb") as file:
                file.write(data[:1000])
                file.flush()
                time.sleep(1)
                file.write(data[1000:])
            while "frame 1" not in "".join(lines):
                lines.append(process.stderr.readline())
            assert "picture sealed" in lines[-1]
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=WAIT)[1]
        assert (130, True) == (process.returncode, "what was finished is kept" in rest)
        shown = json.loads(said(folder, "show --json"))
        assert [(1, str(part))] == [(one["frame"], one["file"]) for one in shown["frames"]]

    @pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")
    def test_time_stamp(self, folder: Path) -> None:
        """Noted offline, time-stamped when the authority answers; relied on when the person knows the authority."""
        pytest.importorskip("rfc3161_client")
        (folder / "works" / "a.png").write_bytes(png(drawing(1)))
        (folder / "tsa").mkdir()
        with serving(folder / "tsa") as url:
            pass  # nobody answers at this address any more
        assert "waits for the next" in said(folder, f"watch works --once --tsa {url}")
        (folder / "later").mkdir()
        with serving(folder / "later") as url:
            assert "time-stamped by" in said(folder, f"watch works --once --tsa {url}")
            assert "time-stamped" not in said(folder, f"watch works --once --tsa {url}")
        assert "adds nothing yet" in said(folder, "show")
        (folder / "root.pem").write_bytes(TSA.pem)
        run(Step("myself-i2i trust add root.pem --list private"), folder)
        assert "clock (time-stamp authority known here) says: existed by" in said(folder, "show")
        said(folder, "open 1")
        assert "existed by" in said(folder, "check opening.json works/a.png")
        # Where the library for time-stamps is not installed, all else is checked, and that one thing is said.
        (folder / "without").mkdir()
        (folder / "without" / "rfc3161_client.py").write_text("raise ImportError")
        code, lines = run(
            Step("PYTHONPATH=without myself-i2i journal check opening.json works/a.png"), folder
        )
        assert (0, True) == (code, "time-stamp that was not read" in "\n".join(lines))
        (shown,) = json.loads(said(folder, "show --json"))["frames"]
        assert (shown["shown_by"], True) == (
            shown["time_stamp"]["at"],
            shown["time_stamp"]["authority_known"],
        )

    def test_folder_gone(self, folder: Path) -> None:
        """A folder that is gone for a while is waited for."""
        process = watching(folder)
        assert process.stderr is not None
        try:
            while "watching" not in process.stderr.readline():
                pass
            (folder / "works").rename(folder / "away")
            assert "tried again" in process.stderr.readline()
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=WAIT)
        assert 130 == process.returncode
