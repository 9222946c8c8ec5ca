"""Inspect and check in files per second, against sd-parsers and sd-prompt-reader on the same files in one run.

Usage: run.py [inspect] [check]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
UV = ROOT / ".tool" / "bin" / "uv"
PEERS = {"sd-parsers": "sd-parsers==0.6", "sd-prompt-reader": "sd-prompt-reader==1.3.5"}
ROUNDS = 5


def files() -> list[Path]:
    """The pictures measured: our examples, and the real files when they are there."""
    folders = [ROOT / "examples" / "pictures", ROOT.parent / "shared" / "corpus" / "generators"]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".png", ".jpg", ".jpeg", ".webp", ".avif"}
    ]


def environment(name: str, requirement: str) -> Path:
    """Return the Python of the peer's own environment, made once."""
    folder = ROOT / ".bench" / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([UV, "venv", "-q", "--python", sys.executable, folder], check=True)
        subprocess.run([UV, "pip", "install", "-q", "--python", python, requirement], check=True)
    return python


def run(python: Path | str, script: str, listing: str) -> dict[str, float]:
    """Run one program once over the listing; return what it says."""
    done = subprocess.run(
        [python, HERE / script], input=listing, capture_output=True, text=True, check=True, cwd=HERE
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure and print one table for each thing asked for."""
    asked = sys.argv[1:] or ["inspect", "check"]
    pictures = files()
    listing = "\n".join(map(str, pictures)) + "\n"
    print(f"{len(pictures)} files, best of {ROUNDS} alternating rounds, one process each")
    programs: dict[str, tuple[Path | str, str]] = {
        f"myself-i2i {what}": (sys.executable, f"ours_{what}.py") for what in asked
    }
    for name, requirement in PEERS.items():
        programs[name] = (environment(name, requirement), f"peers/{name.replace('-', '_')}_peer.py")
    best: dict[str, float] = {}
    read: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, (python, script) in programs.items():
            result = run(python, script, listing)
            best[name] = min(best.get(name, float("inf")), result["seconds"])
            read[name] = result["read"]
    for name, seconds in best.items():
        print(f"{name:22} {len(pictures) / seconds:9.1f} files/s   read {read[name]:.0f}")
    for what in asked:
        ours = best[f"myself-i2i {what}"]
        for peer in PEERS:
            ratio = best[peer] / ours
            print(
                f"{what} against {peer}: {ratio:.2f} times as fast  goal > 1  {'met' if ratio > 1 else 'MISSED'}"
            )


if __name__ == "__main__":
    main()
