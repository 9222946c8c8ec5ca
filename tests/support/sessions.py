"""Terminal sessions as text, run for real and compared: the README's, and the scripts under tests/cli/scripts.

A line that starts with "$ " is a command for the shell; what follows is what it writes (stdout and stderr as a person sees
them). "…" alone on a line stands for any lines, "…" within a line for any text. "[1]" is the exit code, when not 0. A blank line ends a step; what follows it is prose.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples" / "pictures"


@dataclass
class Step:
    """One command and what it should write."""

    command: str
    expected: list[str] = field(default_factory=list)
    code: int = 0


def parse(text: str) -> list[Step]:
    """Return the steps of a session."""
    steps: list[Step] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:]))
            inside = True
        elif not line.strip():
            inside = False
        elif inside and (found := re.fullmatch(r"\[(\d+)\]", line.strip())):
            steps[-1].code = int(found[1])
        elif inside:
            steps[-1].expected.append(line.rstrip())
    return steps


def run(step: Step, folder: Path, language: str = "en_GB.UTF-8") -> tuple[int, list[str]]:
    """Run one command in `folder` with a data folder of its own; return exit code and lines, blank ones left out."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "MYSELF_I2I_HOME": str(folder / "home"),
        "LC_ALL": language,
        "PYTHONUTF8": "1",
        "COLUMNS": "200",
    }
    environment |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    done = subprocess.run(
        ["/bin/sh", "-c", step.command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, [line.rstrip() for line in done.stdout.splitlines() if line.strip()]


def matches(expected: list[str], got: list[str]) -> bool:
    """Return whether the lines fit, "…" standing for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in got)) is not None
