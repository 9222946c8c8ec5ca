"""The composition root: opens the recorder for this webui."""

from __future__ import annotations

import importlib
import importlib.util
import re
from typing import Any, Final

from myself_i2i.recording import open_recorder

from .guard import tell
from .runs import Follower
from .settings import Chosen

__all__ = ["VERSION", "connect", "tool_of"]

VERSION: Final = "0.1.0"
"""The extension's own version."""
_REFORGE: Final = re.compile(r"f[\w.]+v\d+-v\d")


def connect(shared: Any) -> Follower:
    """Return what follows the runs of this webui."""
    chosen = Chosen(shared)
    tool, version = _host()
    recorder = open_recorder(
        tool=tool,
        tool_version=version,
        writer=f"myself-i2i-recorder {VERSION} (webui)",
        settings=chosen.recorder_settings(),
        tell=tell,
    )
    return Follower(recorder, shared, chosen)


def _host() -> tuple[str, str]:
    """Return which webui this is, and its version as it shows it."""
    try:
        version = str(importlib.import_module("modules.launch_utils").git_tag())
    except Exception:  # noqa: BLE001  # no git, another layout: the name alone is worth recording
        version = ""
    return tool_of(version, forge=importlib.util.find_spec("modules_forge") is not None), version


def tool_of(version: str, *, forge: bool) -> str:
    """Return the webui's name: Forge counts "f2.0.1v1.10.1", reForge "f1.2.3v2-v1.10.1RC"."""
    if not forge:
        return "AUTOMATIC1111"
    return "reForge" if _REFORGE.match(version) else "Forge"
