"""The promise that nothing of ours breaks a run: every entrance from ComfyUI goes through here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from myself_i2i.wording import Text

from .words import TROUBLE, both

__all__ = ["LOG", "Teller", "quietly"]

LOG: Final = logging.getLogger("myself_i2i.comfyui")


class Teller:
    """Shows a sentence in ComfyUI's console and, where a browser is open, as a toast. Never raises."""

    EVENT: Final = "myself_i2i.tell"
    """The event that web/tell.js listens to."""

    def __init__(self, send: Callable[[str, Any], Any] | None = None) -> None:
        self._send = send
        self._told: set[str] = set()

    def __call__(self, text: Text) -> None:
        """Show one sentence."""
        self.show(both(text), text)

    def show(self, line: str, text: Text | None = None) -> None:
        """Show a line that is in both languages already."""
        LOG.warning("Myself_i2i: %s", line)
        if self._send is None:
            return
        try:
            self._send(self.EVENT, {"en": text.en if text else line, "ja": text.ja if text else line})
        except Exception:  # a toast that cannot be shown stands in the console already
            LOG.debug("no toast", exc_info=True)

    def once(self, kind: str, text: Text) -> None:
        """Show a sentence unless one of its kind was shown since ComfyUI started."""
        if kind not in self._told:
            self._told.add(kind)
            self(text)


@contextmanager
def quietly(step: str, tell: Teller) -> Iterator[None]:
    """Let no exception of the block out: it is told once for each step, with the traceback in the debug log."""
    try:
        yield
    except Exception as error:  # whatever goes wrong in here, the picture is still made
        LOG.debug("%s failed", step, exc_info=True)
        tell.once(step, TROUBLE.format(step=step, error=type(error).__name__))
