"""How large the picture at a point of the graph is, and which nodes make it larger.

Used to tell which output a file is: a graph often saves a first pass, previews a second and shows a map. Only what
the graph says literally is used; a loaded picture's size is not in it, and None is the answer then.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final, NamedTuple

from myself_i2i.inspection.comfyui.graph import MAX_LINKS, Graph, Node, literal
from myself_i2i.inspection.comfyui.kinds import Want
from myself_i2i.inspection.comfyui.switches import choose, context_slot

__all__ = ["Size", "enlarges", "size_at"]

MAX_CHAIN: Final = 150
"""Most nodes followed to find one size."""
MAX_SIDE: Final = 100_000
MAX_FACTOR: Final = 16
LARGER: Final = 1.05
"""A scaler that changes the area by less only rounds it."""


class Size(NamedTuple):
    """A size in pixels."""

    width: float
    height: float


_UPSCALER: Final = re.compile(r"UpscaleWithModel|Upscale.*Model|ModelUpscale|ESRGAN|UltimateSDUpscale|UpscaleImageUsingModel|HighRes-Fix Script"
                              r"|NNLatentUpscale|Iterative\w*Upscale|hires.?fix|SUPIR|SeedVR|Upscaler", re.IGNORECASE)  # fmt: skip
_SCALER: Final = re.compile(r"upscale|scale.?by|image.?scale|resize|rescale|latent.?scale", re.IGNORECASE)
_NOT_SCALER: Final = re.compile(
    r"loader|kontext|mask|get|size$|model$|ScaleToTotal|calculat|sampl.*scale|cfg|rescalecfg", re.IGNORECASE
)
_FACTORS: Final = (
    "scale_by",
    "upscale_by",
    "upscale_factor",
    "scale_factor",
    "factor",
    "rescale_factor",
    "upscale",
    "scale",
    "multiplier",
    "resize_scale",
)
_MODEL_FACTOR: Final = re.compile(
    r"(?<![\da-z])(\d{1,2})x(?![\da-z]*\d)|(?:^|[^a-z])x(\d{1,2})", re.IGNORECASE
)
_PAIR: Final = re.compile(r"(\d{2,5})\s*[x×*]\s*(\d{2,5})")
_WIDTHS: Final = (
    "width",
    "empty_latent_width",
    "image_width",
    "target_width",
    "custom_width",
    "resize_width",
)
_HEIGHTS: Final = (
    "height",
    "empty_latent_height",
    "image_height",
    "target_height",
    "custom_height",
    "resize_height",
)
_MAIN: Final = (
    "image",
    "images",
    "pixels",
    "samples",
    "latent_image",
    "latent",
    "latents",
    "upscaled_image",
    "destination",
    "input_image",
    "img",
)


def enlarges(graph: Graph, node: Node) -> bool:
    """Whether the node makes the picture larger; a scaler of unknown factor counts only when it is an upscaler."""
    found: bool = graph.once("enlarges", node.id, lambda: _enlarges(graph, node))
    return found


def _enlarges(graph: Graph, node: Node) -> bool:
    short = node.class_type[:120]
    if short == "SeargeHighResolution" or (short.startswith("ttN ") and "sampler" in short.lower()):
        method = literal(graph, node, "hires_mode" if short.startswith("Searge") else "upscale_method")
        return method not in {None, "none", "None"}
    if _UPSCALER.search(short) and not short.endswith("Loader"):
        return _factor(graph, node) != 1
    if not _SCALER.search(short) or _NOT_SCALER.search(short):
        return False
    factor = _factor(graph, node)
    return factor > 1 if factor is not None else _outgrows(graph, node)


def _outgrows(graph: Graph, node: Node) -> bool:
    """Whether the size a scaler states is larger than what it gets; an upscaler of unknown size counts."""
    after, parent = _stated(graph, node), _parent(graph, node, 0)
    if after is None:
        return "upscale" in node.class_type[:120].lower()
    before = size_at(graph, *parent) if parent is not None else None
    return before is not None and after.width * after.height > before.width * before.height * LARGER


def size_at(graph: Graph, node_id: str, slot: int = 0) -> Size | None:
    """Return the pixel size of a node's picture or latent, or None when the graph does not say it."""
    chain: list[Node] = []
    seen: set[str] = set()
    here: tuple[str, int] | None = (node_id, slot)
    while here is not None and here[0] not in seen and len(chain) < MAX_CHAIN:
        node = graph.nodes.get(here[0])
        if node is None:
            return None
        seen.add(node.id)
        chain.append(node)
        here = None if _absolute(graph, node) else _parent(graph, node, here[1])
    size: Size | None = None
    for node in reversed(chain):
        size = _apply(graph, node, size)
    return size


def _absolute(graph: Graph, node: Node) -> bool:
    """Whether the node states its size whatever comes in."""
    found: bool = graph.once("absolute", node.id, lambda: _is_absolute(graph, node))
    return found


def _is_absolute(graph: Graph, node: Node) -> bool:
    return _stated(graph, node) is not None and (
        _parent(graph, node, 0) is None
        or node.class_type == "SeargeGenerationParameters"
        or bool(_SCALER.search(node.class_type[:120]) or "Crop" in node.class_type)
    )


def _parent(graph: Graph, node: Node, slot: int) -> tuple[str, int] | None:
    choice = choose(graph, node, slot)
    names = tuple(node.links) if choice is None else choice.names
    if choice is not None and len(names) != 1:
        return None
    ranked = sorted(names[:MAX_LINKS], key=lambda name: _MAIN.index(name) if name in _MAIN else len(_MAIN))
    for name in ranked:
        if choice is not None or node.wants[name] in {Want.IMAGE, Want.LATENT, Want.ANY, Want.BUNDLE}:
            link = node.links[name]
            return link.node, context_slot(graph, node, slot, link)
    return None


def _apply(graph: Graph, node: Node, size: Size | None) -> Size | None:
    stated = _stated(graph, node)
    if stated is not None and (size is None or _absolute(graph, node)):
        return stated if size is not None or _states_alone(graph, node) else None
    if size is None:
        return None
    pads = [literal(graph, node, name) for name in ("left", "right", "top", "bottom")]
    if "Pad" in node.class_type and all(isinstance(pad, int) for pad in pads):
        return Size(size.width + pads[0] + pads[1], size.height + pads[2] + pads[3])
    megapixels = literal(graph, node, "megapixels")
    if (
        "TotalPixels" in node.class_type
        and isinstance(megapixels, (int, float))
        and size.width * size.height > 0
    ):
        ratio = math.sqrt(max(megapixels, 0) * 1024 * 1024 / (size.width * size.height))
        return Size(round(size.width * ratio), round(size.height * ratio))
    scales = _UPSCALER.search(node.class_type[:120]) or _SCALER.search(node.class_type[:120])
    factor = _factor(graph, node) if scales else None
    if factor is None:
        return None if scales and not _SCALER.search(node.class_type[:120]) else size
    return Size(size.width * factor, size.height * factor)


def _states_alone(graph: Graph, node: Node) -> bool:
    """Whether a stated size is the picture's own: of a source, a scaler or a crop, not a sampler's option."""
    return _parent(graph, node, 0) is None or _absolute(graph, node)


def _stated(graph: Graph, node: Node) -> Size | None:
    for key in ("resolution", "dimensions", "image_size_preset", "size", "aspect_ratio"):
        value = node.widgets.get(key)
        match = _PAIR.search(value[:200]) if isinstance(value, str) else None
        if match:
            return Size(int(match[1]), int(match[2]))
    width = next((n for key in _WIDTHS if (n := _side(literal(graph, node, key))) is not None), None)
    height = next((n for key in _HEIGHTS if (n := _side(literal(graph, node, key))) is not None), None)
    if width is not None and height is not None and "CLIPText" not in node.class_type:
        return Size(width, height)
    return None


def _side(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_SIDE:
        return None
    return value


def _factor(graph: Graph, node: Node) -> float | None:
    for key in _FACTORS:
        value = literal(graph, node, key)
        if isinstance(value, str) and (match := re.fullmatch(r"(\d{1,2}(?:\.\d+)?)x?", value.strip())):
            value = float(match[1])
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and math.isfinite(value)
            and 0 < value <= MAX_SIDE
        ):
            return float(value)
    link = node.links.get("upscale_model")
    loader = graph.nodes.get(link.node) if link else None
    names = (loader or node).widgets
    name = next(
        (value for key, value in names.items() if "model_name" in key and isinstance(value, str)), None
    )
    match = _MODEL_FACTOR.search(name[:200]) if name else None
    number = int(match[1] or match[2]) if match else 0
    return float(number) if 1 <= number <= MAX_FACTOR else None
