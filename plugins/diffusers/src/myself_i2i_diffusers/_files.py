"""From which file a picture in memory came, if its pixels still are that file's."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageOps

__all__ = ["file_of"]


def file_of(image: Image.Image) -> Path | None:
    """Return the file that `image` was opened from; None where there is none, it is gone, or the pixels differ.

    Pixels are compared as the file has them and as turned by its EXIF orientation, in the picture's own mode: so
    `open(p).convert("RGB")` counts as the file, a crop does not. Costs one decoding of the file.
    """
    name = getattr(image, "filename", None)
    if not isinstance(name, str | bytes | os.PathLike) or not name:
        return None
    path = Path(os.fsdecode(name)).absolute()
    if not path.is_file():
        return None
    try:
        with Image.open(path) as opened:
            same = _same(opened, image) or _same(ImageOps.exif_transpose(opened), image)
            return path if same else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None  # no longer a picture, or one that Pillow refuses


def _same(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    return (one if one.mode == other.mode else one.convert(other.mode)).tobytes() == other.tobytes()
