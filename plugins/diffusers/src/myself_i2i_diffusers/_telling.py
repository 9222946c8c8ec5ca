"""How this plug-in speaks to its person: one log line, once for each kind of trouble."""

from __future__ import annotations

import locale
import logging
import os

from myself_i2i.wording import Language, Text

__all__ = ["language", "tell", "trouble"]

_LOG = logging.getLogger("myself_i2i_diffusers")
_TOLD: set[str] = set()

_TROUBLE = Text(
    en="Myself_i2i: the picture is made, but what went into it could not be noted in full ({error})",
    ja="Myself_i2i：画像は作られますが、入力の記録の一部を残せませんでした（{error}）",
)


def language() -> Language:
    """Return the person's language: LC_ALL, LC_MESSAGES, LANG in POSIX order, then the system's locale."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ja" if value.startswith("ja") else "en"
    return "ja" if (locale.getlocale()[0] or "").lower().startswith("ja") else "en"


def tell(sentence: Text) -> None:
    """Show one sentence: a warning of the logger "myself_i2i_diffusers" (on stderr where nobody set up logging)."""
    _LOG.warning("%s", sentence.in_(language()))


def trouble(error: BaseException) -> None:
    """Say that something went wrong in the plug-in itself; once for each kind of error in a process."""
    kind = type(error).__name__
    if kind not in _TOLD:
        _TOLD.add(kind)
        tell(_TROUBLE.format(error=f"{kind}: {error}"[:300]))
