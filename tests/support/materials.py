"""Materials for readers, put together from plain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.interface import Material

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image


def material(
    texts: Mapping[str, Any] | None = None,
    *,
    exif: Mapping[str, Any] | None = None,
    xmp: str | None = None,
    manifest: Any = None,
    pixels: Image | None = None,
    stealth: str | None = None,
    lossless: bool = True,
) -> Material:
    """A material with `texts` as PNG texts and `exif` strings; values that are no text become JSON."""
    entries = tuple(TextEntry(key, _text(value), "tEXt") for key, value in (texts or {}).items())
    container = Container(
        format=Format.PNG if lossless else Format.JPEG,
        width=pixels.width if pixels else 64,
        height=pixels.height if pixels else 48,
        has_alpha=bool(pixels and pixels.mode == "RGBA"),
        lossless=lossless,
        texts=entries,
        exif={key: _text(value) for key, value in (exif or {}).items()},
        xmp=xmp,
    )
    return Material(
        container=container,
        load_stealth=lambda: stealth,
        load_pixels=lambda: pixels,
        manifest=manifest,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
