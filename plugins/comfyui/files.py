"""From ComfyUI's names to files on this disk: names that loaders take, and results that savers report."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["HostFiles", "settled", "stamp"]

PICTURES: Final = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".jxl", ".tif", ".tiff", ".bmp"}
)
"""What a result must end in to count as a picture; sound, meshes and text are none."""
MADE: Final = frozenset({"output", "temp"})
"""Result types that the run wrote; "input" is a loader showing what it read."""


class HostFiles:
    """ComfyUI's folders, asked through its own `folder_paths` so that --output-directory and its kin hold."""

    def __init__(self, folder_paths: Any) -> None:
        self._folders = folder_paths

    def loaded(self, value: str) -> Path | None:
        """Return the file that a loader reads for this setting ("a.png", "sub/a.png [output]", a full path), or None."""
        for candidate in self._candidates(value):
            try:
                if candidate.is_file():
                    return candidate
            except (OSError, ValueError):  # a name that this system cannot even ask for: too long, a NUL
                continue
        return None

    def _candidates(self, value: str) -> Iterator[Path]:
        with contextlib.suppress(Exception):  # ComfyUI refuses some names by raising, differently by version
            yield Path(self._folders.get_annotated_filepath(value))
        path = Path(value.strip().strip('"'))
        if path.is_absolute():
            yield path

    def results(self, shown: object) -> Iterator[Path]:
        """Yield the picture files in one node's result: `{"images": [{"filename", "subfolder", "type"}]}` and its kin."""
        for items in shown.values() if isinstance(shown, Mapping) else ():
            for item in items if isinstance(items, list | tuple) else ():
                path = self._result(item)
                if path is not None and path.suffix.lower() in PICTURES:
                    yield path

    def _result(self, item: object) -> Path | None:
        if not isinstance(item, Mapping) or not isinstance(item.get("filename"), str):
            return None
        kind = item.get("type", "output")
        if kind not in MADE:
            return None
        full = item.get("fullpath")
        if isinstance(full, str) and full:
            return Path(full)
        folder = (
            self._folders.get_temp_directory() if kind == "temp" else self._folders.get_output_directory()
        )
        return Path(folder, str(item.get("subfolder") or ""), str(item["filename"]))


def stamp(path: Path) -> tuple[int, int] | None:
    """Return what tells one state of a file from another without reading it: when it changed, how long it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found.st_size else None


def settled(path: Path, *, seconds: float, step: float = 0.1) -> bool:
    """Wait until a file is there and has stopped growing; False when `seconds` passed first.

    Some packs hand the encoding to a thread and report the name before the file is whole.
    """
    end = time.monotonic() + seconds
    before = stamp(path)
    while time.monotonic() < end:
        time.sleep(step)
        now = stamp(path)
        if now is not None and now == before:
            return True
        before = now
    return False
