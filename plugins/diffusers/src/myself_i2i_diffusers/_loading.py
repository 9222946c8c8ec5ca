"""`load_image` of diffusers, with the file's name kept on the picture."""

from __future__ import annotations

import importlib
import os
from typing import Any

from PIL import Image, ImageOps

__all__ = ["load_image"]


def load_image(image: Any, *args: Any, **kwargs: Any) -> Image.Image:
    """Return the picture as RGB, upright, like `diffusers.utils.load_image`, and remember which file it came from.

    diffusers' own forgets the file name, so that the record then knows the picture by its pixels only. Takes what
    diffusers takes (a path, a URL, a Pillow picture, a conversion), and paths as `pathlib.Path`.
    """
    path = os.fspath(image) if isinstance(image, str | os.PathLike) else None
    if isinstance(path, str) and os.path.isfile(path) and not args and not kwargs:  # noqa: PTH113 - as diffusers asks; the text may be no path at all
        with Image.open(path) as opened:
            loaded = ImageOps.exif_transpose(opened).convert("RGB")
    else:
        host = importlib.import_module("diffusers.utils")  # here, for it is slow and only some calls need it
        loaded = host.load_image(image if path is None else path, *args, **kwargs)
    if isinstance(path, str):
        loaded.__dict__["filename"] = os.path.realpath(path) if os.path.isfile(path) else path  # noqa: PTH113 - see above
    return loaded
