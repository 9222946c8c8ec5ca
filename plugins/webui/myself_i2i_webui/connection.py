"""The composition root: opens the recorder for this webui."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, Final

from myself_i2i.recording import open_recorder

from .guard import tell
from .runs import Follower
from .settings import Chosen

__all__ = ["VERSION", "connect"]

VERSION: Final = "0.1.0"
"""The extension's own version."""


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
    """Which webui this is, and its version: Forge begins its version with "f", reForge ends it with its own name."""
    try:
        version = str(importlib.import_module("modules.launch_utils").git_tag())
    except Exception:  # noqa: BLE001  # no git, another layout: the name alone is worth recording
        version = ""
    if importlib.util.find_spec("modules_forge") is None:
        return "AUTOMATIC1111", version
    return ("reForge" if "re" in version.lower() else "Forge"), version
