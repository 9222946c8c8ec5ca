"""From which file a picture in memory came, if its pixels still are that file's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile, ImageOps

from myself_i2i_diffusers._values import stamp

__all__ = ["SavedFile", "file_of", "remember"]

_LOADED = "_i2i_loaded"


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a picture was when it was loaded from its file."""

    file: tuple[int, ...]
    stamp: object


class SavedFile:
    """A file as it was when a picture was saved to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity = _identity(path.stat())

    def unchanged(self) -> bool:
        """Return whether the same file still lies there."""
        try:
            return self._identity == _identity(self.path.stat())
        except OSError:
            return False


def remember(image: Image.Image, path: str) -> None:
    """Remember that `image` has just been made from the file at `path`, so that `file_of` need not decode it again."""
    image.__dict__["filename"] = os.path.realpath(path)
    image.__dict__[_LOADED] = _Loaded(_identity(os.stat(path)), stamp(image))  # noqa: PTH116 - as `fstat` below


def file_of(image: Image.Image) -> Path | None:
    """Return the file that `image` was opened from; None where there is none, it is gone, or the pixels differ.

    Pixels are compared as the file has them and as turned by its EXIF orientation, in the picture's own mode: so
    `open(p).convert("RGB")` counts as the file, a crop does not. Costs one decoding of the file, unless the picture is
    as `open` or `remember` left it.
    """
    name = getattr(image, "filename", None)
    if not isinstance(name, str | bytes | os.PathLike) or not name:
        return None
    path = Path(os.fsdecode(name)).absolute()
    try:
        if not path.is_file():
            return None
        if _as_remembered(image, path):
            return path
        with Image.open(path) as opened:
            same = _unread(image, opened, path) or _same(opened, image)
            return path if same or _same(ImageOps.exif_transpose(opened), image) else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None  # no longer a picture, or one that Pillow refuses


def _as_remembered(image: Image.Image, path: Path) -> bool:
    loaded = image.__dict__.get(_LOADED)
    return (
        isinstance(loaded, _Loaded) and loaded.file == _identity(path.stat()) and loaded.stamp == stamp(image)
    )


def _unread(image: Image.Image, opened: Image.Image, path: Path) -> bool:
    """Return whether `image` has only been opened yet: what will be read is the file, if it still is the same file.

    A JPEG opened in a smaller size (`draft`) differs from its file in `size`.
    """
    if not isinstance(image, ImageFile.ImageFile) or not image.tile:
        return False
    file: Any = getattr(image, "fp", None)
    if not hasattr(file, "fileno") or (image.size, image.mode) != (opened.size, opened.mode):
        return False
    return _identity(os.fstat(file.fileno())) == _identity(path.stat())


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _same(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    return (one if one.mode == other.mode else one.convert(other.mode)).tobytes() == other.tobytes()
