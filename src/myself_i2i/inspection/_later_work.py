"""Signs that a picture was worked on after the run its text describes.

A text travels with a file through Extras, upscalers and editors unchanged. It then still says how the first picture
was made, but no longer speaks for the pixels: something else may have been put in. So a "no" that such a text would
give becomes "not recorded". Making a picture smaller puts nothing in, and is no such sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from myself_i2i.image.interface import Container
from myself_i2i.inspection.interface import Evidence, shorten
from myself_i2i.wording import Text

__all__ = ["Later", "editor_of", "enlarged"]

Later = tuple[Evidence, Text]
"""The sign, and what it means in one sentence."""

MAX_XMP = 1_000_000
"""Most characters of an XMP packet that are searched."""
SLACK = 1.06
"""How much larger a side may be than recorded: tools round sizes up to multiples of 8 or 64."""
OLDEST_MODELS = 512 * 512
"""Pixels that the models of 2022 made at their own size."""
UNRECORDED_FACTOR = 3
"""A picture with so many times more pixels than that, in a text without a size, was rarely made in one go."""

EDITED = Text(
    en="an editor saved this file after it was made; what was changed in it is not recorded",
    ja="生成のあとに編集ソフトで保存されています。何が変わったかは記録されていません",
)
LARGE = Text(
    en="the text gives no size, and the picture is larger than tools of that time made in one go",
    ja="記録に大きさがなく、当時のツールが一度に作れた大きさより大きな画像です",
)
LARGER = Text(
    en="the picture is larger than the text explains: it was enlarged or put together afterwards",
    ja="記録にある大きさより大きな画像です。あとから拡大や合成がされています",
)

# Programs in which a person paints, pastes or has a model redraw; converters and viewers are not among them.
_EDITOR = re.compile(
    r"photoshop|lightroom|affinity|\bgimp\b|clip ?studio|paint\.net|procreate|topaz|gigapixel|luminar|pixelmator|\bcanva\b|"
    r"capture one|snapseed|picsart|facetune|paintshop|corel|medibang|ibis ?paint|\bsai\b|photopea|pixlr|krita|upscayl",
    re.IGNORECASE,
)
_XMP_TOOL = re.compile(r"(?:CreatorTool|softwareAgent)\s{0,9}(?:=\s{0,9}[\"']|>)([^\"'<]{1,200})")


def editor_of(container: Container) -> Later | None:
    """Return the picture editor that the file names as having saved it, or None."""
    for key, value in _named_programs(container):
        if _EDITOR.search(value[:200]) is not None:
            return Evidence(key, shorten(value)), EDITED
    return None


def _named_programs(container: Container) -> Iterable[tuple[str, str]]:
    if "Software" in container.exif:
        yield "EXIF Software", container.exif["Software"]
    for entry in container.texts:
        if entry.keyword == "Software":
            yield "PNG Software", entry.text
    for match in _XMP_TOOL.finditer((container.xmp or "")[:MAX_XMP]):
        yield "XMP CreatorTool", match[1]


def enlarged(container: Container, *recorded: tuple[int, int] | None) -> Later | None:
    """Return that the picture is larger than every recorded size explains, or None.

    Args:
        container: The file; nothing is said when its size is unknown.
        recorded: The sizes the text gives; all None when it gives none.
    """
    width, height = container.width, container.height
    sizes = [size for size in recorded if size is not None and size[0] > 0 and size[1] > 0]
    if not width or not height:
        return None
    if not sizes:
        if width * height <= UNRECORDED_FACTOR * OLDEST_MODELS:
            return None
        return Evidence("picture size", f"{width}x{height}"), LARGE
    if any(_fits(width, height, size) for size in sizes):
        return None
    told = ", ".join(f"{w}x{h}" for w, h in sizes)
    return Evidence("picture size", f"{width}x{height}, recorded {told}"), LARGER


def _fits(width: int, height: int, size: tuple[int, int]) -> bool:
    # Turned pictures count as fitting; a side that is a little larger comes from rounding.
    straight = width <= size[0] * SLACK and height <= size[1] * SLACK
    return straight or (height <= size[0] * SLACK and width <= size[1] * SLACK)
