"""What the person chose, from `recording.toml` in the data folder.

Its whole content, with the usual values:

prompt = "none"    # or "salted-digest", or "full"
strict = false     # true: refuse before sampling when an input has no rights basis
fingerprints = true   # false: keep to yourself how your pictures look
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from myself_i2i.predicates.generation import PromptPolicy
from myself_i2i.recording.interface import Settings
from myself_i2i.wording import Text

__all__ = ["SETTINGS_FILE", "read_settings"]

SETTINGS_FILE = "recording.toml"
_BYTES = 64 * 2**10
_WRONG = Text(
    en="the settings in {path} are not used, the usual ones are: {why}",
    ja="{path} の設定は使わず、標準の設定で続けます: {why}",
)


def read_settings(home: Path) -> tuple[Settings, Text | None]:
    """Return the settings and, when the file cannot be used, why; then all settings are the usual ones. Never raises."""
    path = home / SETTINGS_FILE
    try:
        with path.open("rb") as file:
            return _settings(tomllib.loads(file.read(_BYTES).decode("utf-8"))), None
    except FileNotFoundError:
        return Settings(), None
    except NotADirectoryError:
        return Settings(), None  # a data folder that cannot be is told where it matters
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Settings(), _WRONG.format(path=path, why=reason[:200])


def _settings(value: dict[str, Any]) -> Settings:
    """Return the settings in a parsed file; raises ValueError in words."""
    known = {"prompt", "strict", "fingerprints"}
    if strange := sorted(set(value) - known):
        reason = f"{strange[0]!r}: wanted {', '.join(sorted(known))}"
        raise ValueError(reason)
    prompt, strict = value.get("prompt", PromptPolicy.NONE), value.get("strict", False)
    if prompt not in list(PromptPolicy):
        reason = f"prompt = {prompt!r}: wanted {', '.join(PromptPolicy)}"
        raise ValueError(reason)
    flags = {"strict": strict, "fingerprints": value.get("fingerprints", True)}
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            reason = f"{name} = {flag!r}: wanted true, false"
            raise ValueError(reason)  # noqa: TRY004  # one error for whatever is wrong in the file
    return Settings(prompt=PromptPolicy(prompt), **flags)
