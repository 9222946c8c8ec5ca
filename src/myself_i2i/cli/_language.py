"""Which language the reader reads: `--lang`, else the locale, else English."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise

from myself_i2i.wording import LANGUAGES, Language

__all__ = ["LANGUAGE_VARIABLE", "choose_language"]

LANGUAGE_VARIABLE = "MYSELF_I2I_LANG"
JAPANESE = 0x11  # LANG_JAPANESE


def choose_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language for this run.

    `--lang` is looked for in the raw arguments because help and usage errors are written before they are parsed.
    Of the environment, MYSELF_I2I_LANG, then LC_ALL, LC_MESSAGES and LANG count, in POSIX order; on Windows, which
    sets none of them, the language of its own windows.
    """
    for here, after in pairwise([*arguments, ""]):
        wanted = after if here == "--lang" else here.removeprefix("--lang=") if "--lang=" in here else ""
        for language in LANGUAGES:
            if wanted == language:
                return language
    for name in (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "ja" if value.startswith("ja") else "en"
    return "ja" if _windows_language() == JAPANESE else "en"


def _windows_language() -> int:
    """The primary language id of the Windows user interface; 0 on other systems."""
    windll = getattr(ctypes, "windll", None)
    return 0 if windll is None else int(windll.kernel32.GetUserDefaultUILanguage()) & 0x3FF
