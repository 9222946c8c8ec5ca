"""The composition root: ComfyUI's modules and a recorder in, the pack's nodes out, everything joined in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.recording.interface import Recorder

from .commands import Commands
from .files import HostFiles
from .guard import Teller, quietly
from .hooks import install
from .nodes import NAMES, node_classes
from .runs import Watcher

__all__ = ["join"]


def join(
    host: Mapping[str, Any],
    recorder: Recorder,
    tell: Teller,
    *,
    commands: Commands | None = None,
    strict: bool = True,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Join an open recorder to ComfyUI's modules; return the nodes and their names.

    Without `strict` no posted graph is examined: the recorder would refuse nothing, and each source would be read twice.
    """
    files = HostFiles(host["folder_paths"])
    watcher = Watcher(recorder, files, tell)
    commands = commands or Commands(files, tell)
    install(
        watcher,
        commands,
        strict=strict,
        server=host["server"],
        execution=host["execution"],
        nodes=host["nodes"],
    )
    classes: dict[str, Any] = {}
    with quietly("nodes", tell):
        classes = node_classes(host["nodes"], watcher, commands)
    return classes, {name: NAMES[name] for name in classes}
