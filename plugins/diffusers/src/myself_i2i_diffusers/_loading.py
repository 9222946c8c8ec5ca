"""`load_image` of diffusers, with the file's name kept on the picture."""

from __future__ import annotations

import importlib
import os
from typing import Any

from PIL import Image, ImageOps

from myself_i2i_diffusers._files import remember

__all__ = ["load_image"]


def load_image(image: Any, *args: Any, **kwargs: Any) -> Image.Image:
    """Return the picture as RGB, upright, like `diffusers.utils.load_image`, and remember which file it came from.

    diffusers' own forgets the file name, so that the record then knows the picture by its pixels only. Takes what
    diffusers takes (a path, a URL, a Pillow picture, a conversion), and paths as `pathlib.Path`.
    """
    text = os.fspath(image) if isinstance(image, str | os.PathLike) else None
    if not isinstance(text, str):
        return _host(image, *args, **kwargs)
    if args or kwargs or not os.path.isfile(text):  # noqa: PTH113 - the text may be no path at all
        loaded = _host(text, *args, **kwargs)
        loaded.__dict__["filename"] = text
        return loaded
    with Image.open(text) as opened:
        loaded = ImageOps.exif_transpose(opened).convert("RGB")
    remember(loaded, text)
    return loaded


def _host(*args: Any, **kwargs: Any) -> Image.Image:
    """Ask diffusers; imported here, for it is slow to import and only some calls need it."""
    loaded: Image.Image = importlib.import_module("diffusers.utils").load_image(*args, **kwargs)
    return loaded
