"""One command over many files: in this process for a few, in worker processes for many, resumable, with progress."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from myself_i2i.bulk import Journal, run
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import Error
from myself_i2i.image import decode
from myself_i2i.wording import Text

__all__ = ["Done", "Plan", "thumbnail", "work_through"]

FEW = 24
"""Up to so many files are read in this process: starting workers would take longer."""
THUMBNAIL = 192
WORKING = Text(en="reading", ja="読み取り中")

Work = Callable[[Path], dict[str, Any]]
"""What is done with one file; MUST be importable by name (a function, or a partial of one) and return JSON values."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go through the files."""

    jobs: int | None = None
    """Worker processes; None chooses by the number of files and processors."""
    timeout: float = 60.0
    """Most seconds for one file in a worker."""
    resume: Path | None = None
    """Where finished results are kept, or None."""
    settings: str = ""
    """What the results depend on besides the file; other settings do not share results."""


@dataclass(frozen=True, slots=True)
class Done:
    """One file and what came of it."""

    path: Path
    """The file."""
    result: dict[str, Any] | None
    """What the work returned, or None."""
    failure: Text | None
    """Why there is nothing, or None."""


def work_through(
    paths: Sequence[Path], work: Work, plan: Plan, terminal: Terminal, label: Text = WORKING
) -> Iterator[Done]:
    """Yield what came of each file, in order; failures are results, so one broken file never stops the rest."""
    with ExitStack() as stack:
        journal = None if plan.resume is None else stack.enter_context(Journal(plan.resume, plan.settings))
        bar = stack.enter_context(terminal.progress(label, len(paths))) if len(paths) > 1 else None
        for done in _in_order(paths, work, plan, journal):
            if bar is not None:
                bar.advance(bar.task_ids[0])
            yield done


def _in_order(paths: Sequence[Path], work: Work, plan: Plan, journal: Journal | None) -> Iterator[Done]:
    if journal is None:
        yield from _fresh(paths, work, plan)
        return
    # Kept and fresh results are merged back into the order of the paths.
    kept = [journal.knows(path) for path in paths]
    fresh = _fresh([path for path, known in zip(paths, kept, strict=True) if not known], work, plan)
    for path, known in zip(paths, kept, strict=True):
        if known and (result := journal.get(path)) is not None:
            yield Done(path, result, None)
            continue
        done = next(fresh) if not known else _here(path, work)
        if done.result is not None:
            journal.keep(path, done.result)
        yield done


def _fresh(paths: Iterable[Path], work: Work, plan: Plan) -> Iterator[Done]:
    paths = list(paths)
    if plan.jobs == 1 or (plan.jobs is None and len(paths) <= FEW):
        for path in paths:
            yield _here(path, work)
        return
    jobs = plan.jobs or min(os.cpu_count() or 1, 16)
    for outcome in run(paths, work, jobs=jobs, timeout=plan.timeout):
        yield Done(outcome.item, outcome.value, outcome.failure)


def _here(path: Path, work: Work) -> Done:
    try:
        return Done(path, work(path), None)
    except Error as error:
        return Done(path, None, error.message)


def thumbnail(data: bytes) -> str | None:
    """Return a small preview as a data: URI, or None when the picture cannot be decoded."""
    try:
        picture: Image.Image = decode(data)
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "WEBP", quality=70)
    except (Error, OSError, ValueError):
        return None
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
