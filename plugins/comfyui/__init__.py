"""Myself_i2i for ComfyUI: every run writes down which pictures went in, on this computer only.

ComfyUI imports this folder from custom_nodes/. Whatever happens in here, ComfyUI starts and its runs go on.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS", "WEB_DIRECTORY"]

NODE_CLASS_MAPPINGS: dict[str, Any] = {}
NODE_DISPLAY_NAME_MAPPINGS: dict[str, str] = {}
WEB_DIRECTORY = "./web"

try:
    from .connection import connect

    NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS = connect(
        {name: importlib.import_module(name) for name in ("server", "execution", "nodes", "folder_paths")}
    )
except Exception as error:  # noqa: BLE001  # a recorder that cannot start must not keep ComfyUI from starting
    # Plain strings: our own wording module may be what is missing.
    logging.getLogger("myself_i2i.comfyui").warning(
        "Myself_i2i: 記録を始められません。pip install myself-i2i を試してください / "
        "cannot start recording; try pip install myself-i2i (%s: %s)",
        type(error).__name__,
        error,
    )
