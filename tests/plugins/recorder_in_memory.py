"""A `recording.Recorder` that keeps what it is told, with switches for what can go wrong."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from myself_i2i.errors import RightsError
from myself_i2i.recording.interface import Facts, Origin
from myself_i2i.wording import Text

__all__ = ["InMemoryRecorder", "InMemoryRun", "Noted"]


@dataclass(frozen=True)
class Noted:
    """One input as it was noted."""

    role: str
    name: str | None
    origin: Origin
    path: Path | None = None
    sha256: str | None = None
    image: Any = field(default=None, compare=False)


@dataclass
class InMemoryRun:
    """One run."""

    recorder: InMemoryRecorder
    inputs: list[Noted] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    outputs: list[tuple[Path, str]] = field(default_factory=list)
    """Path and sha256 at the moment it was noted."""
    checked: int = 0
    ended: bool = False

    def input(
        self,
        role: str,
        *,
        path: str | Path | None = None,
        data: bytes | None = None,
        image: Any = None,
        name: str | None = None,
        origin: Origin = Origin.FILE,
    ) -> None:
        """Keep one input, its file read now."""
        self.recorder.break_if(self.recorder.fail_input)
        file = None if path is None else Path(path)
        content = data if data is not None else file.read_bytes() if file is not None else None
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        self.inputs.append(Noted(role, name, origin, file, digest, image))

    def parameters(self, facts: Facts) -> None:
        """Keep the facts; a later call replaces what it sets."""
        set_ = {
            name: getattr(facts, name) for name in facts.__slots__ if getattr(facts, name) not in (None, ())
        }
        self.facts = replace(self.facts, **set_)

    def check(self) -> None:
        """Refuse what has no basis in `bases`, in strict mode."""
        self.checked += 1
        if not self.recorder.strict:
            return
        for one in self.inputs:
            if one.role != "mask" and one.sha256 not in self.recorder.bases:
                raise RightsError(
                    Text(en=f"{one.name} has no rights basis", ja=f"{one.name} を使ってよい根拠がありません"),
                    hint=Text(en="myself-i2i sources add", ja="myself-i2i sources add"),
                )

    def output(self, path: str | Path, *, image: Any = None) -> None:
        """Keep one output, its file read now."""
        del image
        self.recorder.break_if(self.recorder.fail_output)
        self.outputs.append((Path(path), hashlib.sha256(Path(path).read_bytes()).hexdigest()))

    def end(self) -> None:
        """Keep that the run is over."""
        self.ended = True


@dataclass
class InMemoryRecorder:
    """Keeps every run; `records` are those that an output made."""

    strict: bool = False
    bases: set[str | None] = field(default_factory=set)
    """sha256 of the sources that have a basis."""
    fail_begin: bool = False
    fail_input: bool = False
    fail_output: bool = False
    runs: list[InMemoryRun] = field(default_factory=list)
    flushed: int = 0
    on_flush: Callable[[], None] = lambda: None

    def break_if(self, broken: bool) -> None:  # noqa: FBT001  # a switch is a boolean
        """Fail as a disk does, where a switch says so."""
        if broken:
            raise OSError(errno.EIO, "switched to fail")

    def begin(self) -> InMemoryRun:
        """Begin a run."""
        self.break_if(self.fail_begin)
        self.runs.append(InMemoryRun(self))
        return self.runs[-1]

    def flush(self, timeout: float | None = None) -> bool:
        """Count the call."""
        del timeout
        self.flushed += 1
        self.on_flush()
        return True

    def close(self) -> None:
        """Nothing to end."""

    @property
    def records(self) -> list[InMemoryRun]:
        """The runs that made something."""
        return [run for run in self.runs if run.outputs]
