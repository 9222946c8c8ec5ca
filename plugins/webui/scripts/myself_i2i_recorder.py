# ruff: noqa: INP001  # the webui loads this file; its folder is no package
"""Myself_i2i for the Stable Diffusion webui (AUTOMATIC1111, Forge, reForge): which pictures went in, written down.

The webui puts the extension's folder on the import path while it loads this file. Whatever happens in here, the
webui starts and its runs go on.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

from modules import script_callbacks, scripts, shared

try:
    from myself_i2i_webui.connection import connect

    _follower: Any = connect(shared)
    script_callbacks.on_image_saved(_follower.saved)
except Exception as error:  # noqa: BLE001  # a recorder that cannot start must not keep the webui from starting
    _follower = None
    # Plain strings: our own wording module may be what is missing.
    logging.getLogger("myself_i2i.webui").warning(
        "Myself_i2i: 記録を始められません。この拡張機能のREADMEをご覧ください / "
        "cannot start recording; see this extension's README (%s: %s)",
        type(error).__name__,
        error,
    )


def _settings_page() -> None:
    try:
        from myself_i2i_webui.settings import add_options  # noqa: PLC0415  # not there when the library is missing

        add_options(shared, importlib.import_module("gradio").Radio)
    except Exception:  # without its page the extension works as it is set by default
        logging.getLogger("myself_i2i.webui").debug("no settings page", exc_info=True)


script_callbacks.on_ui_settings(_settings_page)


class MyselfI2iRecorder(scripts.Script):  # type: ignore[misc]  # the webui ships no types
    """Follows every run of both tabs."""

    def title(self) -> str:
        """The name in lists."""
        return "Myself_i2i Recorder"

    def show(self, is_img2img: bool) -> Any:  # noqa: FBT001  # the webui's signature
        """Every run, without a switch in the tab."""
        del is_img2img
        return scripts.AlwaysVisible

    def setup(self, p: Any, *args: Any) -> None:
        """A job begins, before any script has worked on it."""
        del args
        if _follower is not None:
            _follower.set_up(p)

    def before_process(self, p: Any, *args: Any) -> None:
        """One run begins."""
        del args
        if _follower is not None:
            _follower.before(p)

    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        """One run is over."""
        del processed, args
        if _follower is not None:
            _follower.after(p)
