"""Nodes that read a picture from outside the graph, and the name and digest they give for it.

Known classes (ComfyUI's LoadImage family, VideoHelperSuite, Krita's ETN_LoadImageBase64, WAS, Comfyroll, Impact, KJ)
all fall under two patterns; whatever else has no picture linked in but a setting that names a picture file counts
too, so that a pack nobody has heard of is not read as "no picture".
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
from typing import Any, Final

from myself_i2i.inspection._words import EMBEDDED, ON_THE_WEB
from myself_i2i.inspection.comfyui.graph import Graph, Node, literal
from myself_i2i.inspection.interface import ImageInput, Role
from myself_i2i.wording import Text

__all__ = ["describe", "is_loader", "names_file"]

_LOADER: Final = re.compile(
    r"load.*(image|img|mask|video|frame|latent|picture|photo|gif|webcam|screen|clipboard|psd|exr|layer)"
    r"|(image|img|mask|video|picture|photo|latent|frames?|gif|clipboard).*(load|receive|import|from.?(url|path|base64|file|dir|folder|web))"
    r"|webcam|paste.?image|clipboard|screen.?(share|grab|capture)|image.?(url|path|input|gallery|picker)$|(url|base64|b64|bytes).*(to|2).?im(age|g)"
    r"|^ETN_.*(image|mask|canvas|selection)|input.?image|ExternalImage|ComfyUIDeployExternalImage|^Painter|PainterNode"
    r"|photopea|krita|open.?pose.?editor|canvas.?(tab|node|editor)|^Canvas|sketch.?node|image.?receiver|latent.?receiver|AlekPet.*Paint",
    re.IGNORECASE,
)
_NOT_LOADER: Final = re.compile(
    r"checkpoint|model|vae|clip|lora|unet|encoder|control.?net|adapter|detector|train|caption|tagger|prompt|text(?!ure)|preprocessor"
    r"|upscale|sampler|save|preview|resiz|size|scale|crop|tovideo|detail|segment|captur.*style",
    re.IGNORECASE,
)
_SURE: Final = re.compile(
    r"^(LoadImage|LoadLatent$|LoadVideo|VHS_LoadVideo|VHS_LoadImage|ETN_Load|easy loadImage|Image Load$|Load Image Batch$|LoadImagesFrom)",
    re.IGNORECASE,
)
_PICTURE_FILE: Final = re.compile(
    r"^(?!.*[\n\r]).{1,1000}\.(png|jpe?g|webp|avif|gif|bmp|tiff?|heic|psd|exr|latent|mp4|webm|mov)(\s*\[(input|output|temp)\])?$"
    r"|^https?://\S+$|^data:image/|^clipspace/",
    re.IGNORECASE,
)
_EMBEDDED: Final = re.compile(r"data:image/|(iVBORw0KGgo|/9j/|UklGR|R0lGOD)[A-Za-z0-9+/]{40}")
"""A data URI, or base64 that opens with the first bytes of PNG, JPEG, WebP or GIF."""
_SHA256: Final = re.compile(r"^[0-9a-f]{64}$")
_NAME_KEYS: Final = (
    "image", "image_path", "image_url", "url", "urls", "mask", "video", "file", "file_path", "filename", "filepath", "path", "image_name",
    "latent", "image_base64", "base64", "base64_data", "data", "directory", "folder", "folder_path", "images", "input_path", "default_value",
)  # fmt: skip
MAX_EMBEDDED: Final = 24 * 2**20
"""Most characters of embedded base64 decoded for its digest."""

_NOTES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), note)
    for pattern, note in (
        (r"^clipspace/|clipspace-", Text(en="mask editor", ja="マスクエディターで保存した画像")),
        (r"(^|/)pasted/", Text(en="clipboard", ja="クリップボードから貼り付けた画像")),
        (r"^https?://", ON_THE_WEB),
        (r"^data:image/", EMBEDDED),
        (
            r"\[output\]\s*$|\[temp\]\s*$|(^|[/\\])ComfyUI_(temp_\w+_)?\d{3,}_",
            Text(en="earlier ComfyUI output", ja="以前のComfyUIの出力"),
        ),
        (r"(^|[/\\])\d{5}-\d{3,}", Text(en="earlier A1111 output", ja="以前のA1111の出力")),
        (
            r"^init_image_sui_|sui_backend",
            Text(en="temporary name of SwarmUI", ja="SwarmUIが付けた一時的な名前"),
        ),
    )
)


_BOTH: Final = Text(en="{note}; {extra}", ja="{note}。{extra}")


@functools.lru_cache(maxsize=2048)
def _class_loads(class_type: str) -> bool:
    short = class_type[:120]
    return bool(_SURE.search(short)) or bool(_LOADER.search(short) and not _NOT_LOADER.search(short))


def is_loader(node: Node) -> bool:
    """Whether the node brings a picture in from outside the graph."""
    if any(
        name in node.links for name in ("image", "images", "pixels", "latent", "samples")
    ) and not literal_name(node):
        return False
    return _class_loads(node.class_type) or (not node.links and names_file(node) is not None)


def literal_name(node: Node) -> str | None:
    """Return the literal setting that names what is loaded, by the usual input names."""
    for key in _NAME_KEYS:
        value = node.widgets.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return None


def names_file(node: Node) -> str | None:
    """Return a literal setting that is plainly the name of a picture file, whatever its key."""
    for value in node.widgets.values():
        if isinstance(value, str) and _PICTURE_FILE.match(value[:1100]):
            return value
    return None


def describe(graph: Graph, node: Node, role: Role, *, extra: Text | None = None) -> ImageInput:
    """Return the loaded picture as an input: name exactly as recorded, sha256 where the graph has it."""
    name = _name(graph, node)
    digest = next((item for item in node.is_changed if _SHA256.match(item)), None)
    note = None
    if name is not None:
        embedded = _embedded_digest(name)
        if embedded is not None:
            name, digest, note = None, embedded or None, EMBEDDED
        else:
            note = next((text for pattern, text in _NOTES if pattern.search(name[:2000])), None)
    if note is not None and extra is not None:
        note = _BOTH.format(note=note, extra=extra)
    return ImageInput(role=role, name=name, sha256=digest, note=note or extra)


def _name(graph: Graph, node: Node) -> str | None:
    for key in _NAME_KEYS:
        value: Any = literal(graph, node, key)
        if isinstance(value, dict):  # some editors keep {"filename": .., "subfolder": .., "type": ..}
            value = value.get("filename") or value.get("name")
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value
    return names_file(node)


def _embedded_digest(value: str) -> str | None:
    """Return the sha256 of the picture that `value` is, as base64; "" when it is one but cannot be decoded."""
    if not _EMBEDDED.match(value):
        return None
    data = value[value.find(",") + 1 :] if value.startswith("data:") else value
    if len(data) > MAX_EMBEDDED:
        return ""
    try:
        return hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()
    except (ValueError, binascii.Error):
        return ""
