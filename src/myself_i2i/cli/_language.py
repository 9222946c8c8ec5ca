"""Which language the reader reads: `--lang`, else the locale, else English."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise

from myself_i2i.wording import LANGUAGES, Language

__all__ = ["choose_language"]


def choose_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language for this run.

    `--lang` is looked for in the raw arguments because help and usage errors are written before they are parsed.
    Of the environment, LC_ALL, LC_MESSAGES and LANG count, in POSIX order.
    """
    for here, after in pairwise([*arguments, ""]):
        wanted = after if here == "--lang" else here.removeprefix("--lang=") if "--lang=" in here else ""
        for language in LANGUAGES:
            if wanted == language:
                return language
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "ja" if value.startswith("ja") else "en"
    return "en"
