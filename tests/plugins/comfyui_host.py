"""A stand-in ComfyUI with the node pack in it, an in-memory recorder behind it, and a command line that only listens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.plugins.comfyui_pack import pack_module
from tests.plugins.comfyui_standin import StandIn
from tests.plugins.recorder_in_memory import InMemoryRecorder

__all__ = ["Host", "Shell", "host_in", "sha256"]

commands = pack_module("commands")


@dataclass
class Shell:
    """Stands for the command line: keeps what it was asked, answers as told."""

    code: int = 0
    out: str = ""
    talk: str = ""
    declared: set[tuple[str, str]] = field(default_factory=set)
    """File name and basis of what the ledger has."""
    asked: list[list[str]] = field(default_factory=list)
    act: Callable[[Sequence[str]], None] = lambda _: None

    def __call__(self, arguments: Sequence[str]) -> Any:
        """Run one command."""
        self.asked.append(list(arguments))
        self.act(arguments)
        return commands.Outcome(self.code, self.out, self.talk)

    def known(self, path: Path, basis: str) -> bool:
        """Whether the ledger has it."""
        return (path.name, basis) in self.declared


@dataclass
class Host:
    """A stand-in ComfyUI with the pack in it."""

    comfy: StandIn
    recorder: InMemoryRecorder
    shell: Shell

    def put(self, name: str, shade: int = 10) -> str:
        """Put a picture into the input folder; return its sha256."""
        path = self.comfy.base / "input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (shade, 0, 0)).save(path)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def told(self) -> list[str]:
        """What the person was shown."""
        return [data["en"] for event, data in self.comfy.server.sent if event == "myself_i2i.tell"]


def host_in(tmp_path: Path) -> Host:
    """Return a new one with its folders under `tmp_path`."""
    comfy, recorder, shell = StandIn(tmp_path), InMemoryRecorder(), Shell()
    tell = pack_module("guard").Teller(comfy.server.send_sync)
    files = pack_module("files").HostFiles(comfy.modules["folder_paths"])
    classes, names = pack_module("joining").join(
        comfy.modules, recorder, tell, commands=commands.Commands(files, tell, run=shell, known=shell.known)
    )
    assert set(classes) == set(names)
    comfy.classes |= classes
    return Host(comfy, recorder, shell)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
