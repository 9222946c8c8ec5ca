# ruff: noqa: INP001  # the webui runs this file; its folder is no package
"""Run by the webui before it starts: puts the library into its Python, and leaves what is there as it is.

The webui pins its own Pillow, and its interface breaks with another: the library's own needs are installed one by
one, and a package that is there in any version is not touched.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys

import launch

WANTED = "myself-i2i>=0.1,<1"
PYTHON = (3, 11)
TOO_OLD = (
    "Myself_i2i: この拡張機能にはPython {want}以上が必要です（いまは{have}）。記録せずに起動します / "
    "this extension needs Python {want} or newer (this is {have}); starting without recording"
)


def missing(requirements: list[str]) -> list[str]:
    """Return the requirements whose package is not installed in any version; those of extras are left out."""
    found = []
    for requirement in requirements:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0]
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found.append(requirement.split(";")[0].strip())
    return found


def install() -> None:
    """Install the library and what it lacks."""
    if sys.version_info < PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:2])
        print(TOO_OLD.format(want=".".join(map(str, PYTHON)), have=have))  # noqa: T201  # the console is all there is yet
        return
    if not launch.is_installed("myself_i2i"):
        launch.run_pip(f'install --no-deps "{WANTED}"', "myself-i2i")
    importlib.invalidate_caches()
    for requirement in missing(importlib.metadata.requires("myself-i2i") or []):
        launch.run_pip(f'install "{requirement}"', f"myself-i2i: {requirement}")


try:
    install()
except Exception as error:  # noqa: BLE001  # no network, no disk: the webui starts all the same
    print(f"Myself_i2i: インストールできませんでした / could not be installed: {error}")  # noqa: T201  # as above
