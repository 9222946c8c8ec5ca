"""The promise that nothing of ours stops a generation: every entrance from the webui goes through here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from myself_i2i.wording import Text

from .words import TROUBLE, both

__all__ = ["quietly", "tell"]

LOG: Final = logging.getLogger("myself_i2i.webui")
_told: set[str] = set()


def tell(text: Text, *, once: bool = False) -> None:
    """Show one sentence in the webui's console; with `once` only if it was not shown since the webui started."""
    if once and text.en in _told:
        return
    _told.add(text.en)
    LOG.warning("Myself_i2i: %s", both(text))


@contextmanager
def quietly(step: str) -> Iterator[None]:
    """Let no exception of the block out; it is told once for each step, with the traceback in the debug log."""
    try:
        yield
    except Exception as error:  # whatever goes wrong in here, the picture is still made
        LOG.debug("%s failed", step, exc_info=True)
        if step not in _told:
            _told.add(step)
            tell(TROUBLE.format(step=step, error=type(error).__name__))
