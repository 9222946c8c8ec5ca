"""Peak memory of `inspect` over 10,000 files: flat means that the end needs no more than the beginning.

Usage: memory.py [FILES]. Links to our example pictures under many names stand for the files; the command line is run as a
person would, with a page written, and the resident memory of it and its workers is sampled from /proc.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOL = Path(sys.executable).with_name("myself-i2i")
GOAL = 1.25
MIB = 1024


def resident(process: int) -> int:
    """Return the resident memory in KiB of a process and its children."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if int(folder.name) == process or int(fields.get("PPid", "0")) == process:
            total += int(fields.get("VmRSS", "0 kB").split()[0])
    return total


def main() -> int:
    """Run, sample, print; 0 when flat."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pictures = sorted((ROOT / "examples" / "pictures" / "generated").iterdir())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pictures"
        folder.mkdir()
        for number in range(files):
            source = pictures[number % len(pictures)]
            os.link(source, folder / f"{number:06}{source.suffix}") if _same_disk(source, folder) else (
                folder / f"{number:06}{source.suffix}"
            ).symlink_to(source)
        samples = []
        started = time.monotonic()
        environment = {**os.environ, "MYSELF_I2I_HOME": str(Path(name) / "home")}
        command = [TOOL, "inspect", folder, "--html", Path(name) / "report.html", "--jobs", "2"]
        running = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        while running.poll() is None:
            samples.append(resident(running.pid))
            time.sleep(0.25)
        seconds = time.monotonic() - started
    usable = [sample for sample in samples if sample][4:]
    third = max(1, len(usable) // 3)
    early, late = max(usable[:third]), max(usable[-third:])
    print(f"{files} files in {seconds:.1f} s ({files / seconds:.0f} files/s), exit {running.returncode}")
    print(
        f"peak of the first third {early / MIB:.0f} MiB, of the last third {late / MIB:.0f} MiB, ratio {late / early:.2f}"
    )
    print(f"goal: ratio at most {GOAL}  {'met' if late <= GOAL * early else 'MISSED'}")
    return 0 if late <= GOAL * early else 1


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


if __name__ == "__main__":
    sys.exit(main())
