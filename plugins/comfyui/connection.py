"""Opens the recorder for ComfyUI and joins the two."""

from __future__ import annotations

import atexit
import importlib
from collections.abc import Mapping
from typing import Any, Final

from myself_i2i.ledger import default_home
from myself_i2i.recording import open_recorder, read_settings
from myself_i2i.recording.interface import Recorder, Tell

from .guard import Teller
from .joining import join

__all__ = ["VERSION", "connect"]

VERSION: Final = "0.1.0"
"""The pack's own version, as in pyproject.toml."""
JOINED: Final = "_myself_i2i_joined"


def connect(host: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Open the recorder and join it to ComfyUI's modules, by name; return its nodes and their names.

    Once for each server, however often the pack is loaded (some forks import every pack several times): a second
    recorder would write everything twice.
    """
    instance = host["server"].PromptServer.instance
    joined: tuple[dict[str, Any], dict[str, str]] | None = getattr(instance, JOINED, None)
    if joined is None:
        tell = Teller(instance.send_sync)
        recorder = _open(tell)
        atexit.register(recorder.close)
        settings, _ = read_settings(default_home())  # what is wrong in there, the recorder has told already
        joined = join(host, recorder, tell, strict=settings.strict)
        setattr(instance, JOINED, joined)
    return joined


def _open(tell: Tell) -> Recorder:
    return open_recorder(
        tool="ComfyUI", tool_version=_version(), writer=f"myself-i2i-recorder {VERSION} (ComfyUI)", tell=tell
    )


def _version() -> str:
    """ComfyUI's version where it says one: `comfyui_version.py` since January 2025."""
    try:
        found = importlib.import_module("comfyui_version").__version__
    except (ImportError, AttributeError):
        return ""
    return str(found)
