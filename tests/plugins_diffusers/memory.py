"""A recorder in memory, with fault switches: what a plug-in told, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myself_i2i.errors import RightsError
from myself_i2i.recording.interface import Facts, Origin
from myself_i2i.wording import Text


@dataclass(kw_only=True)
class Told:
    """One input as it was told."""

    role: str
    path: Path | None
    data: bytes | None
    image: Any
    name: str | None
    origin: Origin


@dataclass
class MemoryRun:
    """One run."""

    recorder: MemoryRecorder
    inputs: list[Told] = field(default_factory=list)
    facts: Facts | None = None
    checked_after: int | None = None
    outputs: list[Path] = field(default_factory=list)
    bytes_seen: list[bytes] = field(default_factory=list)
    images: list[Any] = field(default_factory=list)
    ended: int = 0

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
        """Note an input."""
        self.recorder.fault("input")
        told = Told(
            role=role, path=Path(path) if path else None, data=data, image=image, name=name, origin=origin
        )
        self.inputs.append(told)

    def parameters(self, facts: Facts) -> None:
        """Note the parameters."""
        self.recorder.fault("parameters")
        self.facts = facts

    def check(self) -> None:
        """Refuse, where a test says so."""
        self.recorder.fault("check")
        self.checked_after = len(self.inputs)
        if self.recorder.strict and self.inputs:
            raise RightsError(
                Text(
                    en="the input has no rights basis",
                    ja="入力画像の「使ってよい根拠」がまだ申告されていません",
                )
            )

    def output(self, path: str | Path, *, image: Any = None) -> None:
        """Note a file, and read it: it MUST be whole by now."""
        self.recorder.fault("output")
        self.outputs.append(Path(path))
        self.bytes_seen.append(Path(path).read_bytes())
        self.images.append(image)

    def end(self) -> None:
        """End."""
        self.ended += 1

    @property
    def roles(self) -> list[str]:
        """The roles in order."""
        return [one.role for one in self.inputs]


@dataclass
class MemoryRecorder:
    """A recorder that keeps everything; `fail` names the methods that raise."""

    strict: bool = False
    fail: set[str] = field(default_factory=set)
    runs: list[MemoryRun] = field(default_factory=list)
    flushed: int = 0

    def fault(self, method: str) -> None:
        """Raise where a test wants it."""
        if method in self.fail:
            raise OSError(method)

    def begin(self) -> MemoryRun:
        """Begin a run."""
        self.fault("begin")
        self.runs.append(MemoryRun(self))
        return self.runs[-1]

    def flush(self, timeout: float | None = None) -> bool:
        """Nothing waits here."""
        self.flushed += 1
        return timeout is None or timeout >= 0

    def close(self) -> None:
        """Nothing is open."""

    @property
    def run(self) -> MemoryRun:
        """The only run."""
        (only,) = self.runs
        return only
