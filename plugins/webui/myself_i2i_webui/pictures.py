"""What the webui calls an image: Pillow, numpy, base64, a path, or a dict of image and mask."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from myself_i2i.recording.interface import Origin

__all__ = ["Picture", "pictures"]

MAX_BASE64: Final = 128 * 2**20
"""Most characters of one base64 picture that are decoded."""
MAX_LISTED: Final = 64
"""Most pictures of one list that are noted."""
_NAMED: Final = (
    ("image", False),
    ("background", False),
    ("composite", False),
    ("mask", True),
    ("mask_image", True),
)
"""Where a dict keeps its picture and its mask; Gradio 4's editor says background and composite."""


@dataclass(frozen=True)
class Picture:
    """One picture as it can be noted."""

    mask: bool
    """Whether it only says where."""
    origin: Origin
    """How it came in."""
    path: Path | None = None
    """Its file, where that is what was given."""
    data: bytes | None = None
    """Its file's bytes, where they were given."""
    image: Any = None
    """Its pixels, where those are all there is."""
    name: str | None = None
    """What to call it."""


def pictures(value: Any, *, mask: bool = False) -> list[Picture]:
    """Return the pictures in `value`; what is none, an empty mask included, is left out. Never raises."""
    if isinstance(value, list | tuple):
        return [one for item in value[:MAX_LISTED] for one in pictures(item, mask=mask)]
    if isinstance(value, Mapping):
        return _from_dict(value, mask=mask)
    if isinstance(value, str | Path):
        return _from_text(str(value), mask=mask)
    if isinstance(value, bytes):
        return [Picture(mask, Origin.EMBEDDED, data=value)]
    pixels = hasattr(value, "__array_interface__") or hasattr(value, "getbands")
    return _from_pixels(value, mask=mask) if pixels else []


def _from_dict(value: Mapping[Any, Any], *, mask: bool) -> list[Picture]:
    found: list[Picture] = []
    for name, is_mask in _NAMED:
        if name == "composite" and found:
            continue  # Gradio 4: the background with the drawing on it; the background alone is the picture given
        found += pictures(value.get(name), mask=mask or is_mask)
    return found


def _from_text(value: str, *, mask: bool) -> list[Picture]:
    text = value[value.find(",") + 1 :] if value.startswith("data:") else value
    if len(value) < 4096:  # noqa: PLR2004  # longer than any path
        try:
            path = Path(value)
            if path.is_file():
                return [Picture(mask, Origin.FILE, path=path, name=path.name)]
        except (OSError, ValueError):
            pass
    if value.startswith(("http://", "https://")):
        return [Picture(mask, Origin.URL, name=value.split("?", 1)[0])]
    if not 64 < len(text) <= MAX_BASE64:  # noqa: PLR2004  # shorter than any picture
        return []
    try:
        return [Picture(mask, Origin.EMBEDDED, data=base64.b64decode(text, validate=True))]
    except (ValueError, binascii.Error):
        return []


def _from_pixels(value: Any, *, mask: bool) -> list[Picture]:
    if mask and _is_empty(value):
        return []  # the canvas hands over an all-black mask when nothing was drawn
    name = getattr(value, "filename", None)
    if isinstance(name, str) and name:
        path = Path(name)
        if path.is_file():
            return [Picture(mask, Origin.FILE, path=path, name=path.name)]
    return [Picture(mask, Origin.EDITOR if mask else Origin.MEMORY, image=value)]


def _is_empty(value: Any) -> bool:
    try:
        if hasattr(value, "getextrema"):
            extrema = value.getextrema()
            bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
            return all(high == 0 for _, high in bands[:3])
        colours = value[..., :3] if value.ndim > 2 else value  # noqa: PLR2004  # height, width
        return not colours.any()
    except (AttributeError, TypeError, ValueError, IndexError):
        return False
