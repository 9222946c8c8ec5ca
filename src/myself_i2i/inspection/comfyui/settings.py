"""What the samplers were set to: model, LoRAs, prompt, seed, denoise. Recorded, never judged."""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from myself_i2i.inspection.comfyui.graph import Graph, Node, literal
from myself_i2i.inspection.comfyui.kinds import Want

__all__ = ["denoise_of", "loras", "makes_maps", "model_of", "options", "prompts"]

MAX_NAMES: Final = 64
"""Most LoRA names kept."""
MAX_NUMBER: Final = 1e9
MAX_LOOK: Final = 200
MAX_INPUTS: Final = 64
"""Most nodes looked at for one setting."""

_MAP_MAKER: Final = re.compile(r"lotus|marigold|geowizard|depth.?(fm|anything|pro)", re.IGNORECASE)
_MODEL_KEYS: Final = (
    "ckpt_name", "unet_name", "base_ckpt_name", "gguf_name", "model_name", "base_model", "model", "model_path", "ckpt", "base_checkpoint",
    "checkpoint", "repo_id", "pretrained_model", "diffusion_model", "model_id",
)  # fmt: skip
_MODEL_FILE: Final = re.compile(r"\.(safetensors|ckpt|sft|gguf|pt|pth|bin)$|^[\w.-]+/[\w.-]+$", re.IGNORECASE)
_LORA: Final = re.compile(r"lora|lycoris|locon|hypernet", re.IGNORECASE)
_LORA_KEY: Final = re.compile(
    r"^(lora|hypernetwork|lycoris)(_name)?_?\d*$|^lora_?\d*_?name$|^lora_name_?\d*$", re.IGNORECASE
)
_LORA_TAG: Final = re.compile(r"<lora:([^:<>]{1,200})(?::[^<>]{0,40})?>")


@functools.lru_cache(maxsize=2048)
def makes_maps(names: str) -> bool:
    """Whether a diffusion model is one that only turns a picture into a depth or normal map of it."""
    return bool(_MAP_MAKER.search(names[:2000]))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -MAX_NUMBER < value < MAX_NUMBER:
        return None
    return float(value)


def _upstream(graph: Graph, node: Node, wants: frozenset[Want]) -> Iterator[Node]:
    """Yield the nodes behind the inputs of the given types, nearest first, each once."""
    queue = deque(_behind(node, wants))
    seen = {node.id}
    for _ in range(MAX_LOOK):
        if not queue:
            return
        key = queue.popleft()
        found = graph.nodes.get(key)
        if found is None or key in seen:
            continue
        seen.add(key)
        yield found
        queue.extend(_behind(found, wants))


def _behind(node: Node, wants: frozenset[Want]) -> Iterator[str]:
    for name, want in islice(node.wants.items(), MAX_INPUTS):
        if want in wants:
            yield node.links[name].node


def denoise_of(graph: Graph, node: Node) -> float | None:
    """Return how much a sampler replaces of what it starts from, 0..1, or None when the graph does not say.

    Each sampler is asked once. `denoise` itself; `1 - start_at_step / steps` (KSamplerAdvanced); the denoise of the scheduler behind `sigmas`
    (SamplerCustom), cut by SplitSigmas; for packs the nearest `denoise` in the pipe.
    """
    found: float | None = graph.once("denoise", node.id, lambda: _denoise(graph, node))
    return found


def _denoise(graph: Graph, node: Node) -> float | None:
    for key in ("denoise", "image_denoise", "denoise_strength", "denoising_strength"):
        value = _number(literal(graph, node, key))
        if value is not None:
            return round(min(max(value, 0.0), 1.0), 4)
    start, steps = _number(literal(graph, node, "start_at_step")), _number(literal(graph, node, "steps"))
    if start is not None and steps:
        return round(min(max(1 - start / steps, 0.0), 1.0), 4)
    if "sigmas" in node.links:
        return _sigmas(graph, node)
    if node.class_type.startswith("KSampler"):
        return None
    for found in _upstream(graph, node, frozenset({Want.BUNDLE})):
        value = _number(literal(graph, found, "denoise"))
        if value is not None:
            return round(min(max(value, 0.0), 1.0), 4)
    return None


def _sigmas(graph: Graph, node: Node) -> float | None:
    link, cut = node.links.get("sigmas"), 1.0
    for _ in range(16):
        source = graph.nodes.get(link.node) if link else None
        if source is None or link is None:
            return None
        denoise = _number(literal(graph, source, "denoise"))
        if source.class_type == "SplitSigmasDenoise" and denoise is not None:
            cut *= denoise if link.slot == 1 else 1.0
        elif source.class_type == "SplitSigmas" and link.slot == 1:
            step, steps = _number(literal(graph, source, "step")), _steps_behind(graph, source)
            cut *= 1 - step / steps if step is not None and steps else 1.0
        elif "sigmas" not in source.links:
            full = 1.0 if denoise is None else denoise
            return round(min(max(full * cut, 0.0), 1.0), 4)
        link = source.links.get("sigmas")
    return None


def _steps_behind(graph: Graph, node: Node) -> float | None:
    link = node.links.get("sigmas")
    source = graph.nodes.get(link.node) if link else None
    return None if source is None else _number(literal(graph, source, "steps"))


def model_of(graph: Graph, node: Node) -> str | None:
    """Return the base model's name behind a sampler, or what a service node calls its model."""
    found: str | None = graph.once("model", node.id, lambda: _model(graph, node))
    return found


def _model(graph: Graph, node: Node) -> str | None:
    behind = _upstream(graph, node, frozenset({Want.MODEL, Want.COND, Want.BUNDLE}))
    for found in (node, *behind):
        if (
            _LORA.search(found.class_type)
            and "loader" in found.class_type.lower()
            and "ckpt_name" not in found.widgets
        ):
            continue
        for key in _MODEL_KEYS:
            value = found.widgets.get(key)
            if isinstance(value, dict):
                value = value.get("content") or value.get("name")
            if isinstance(value, str) and (
                _MODEL_FILE.search(value[-300:]) or (found is node and key == "model" and value)
            ):
                return value[:500]
    return None


def loras(graph: Graph, visited: Iterable[str]) -> list[str]:
    """Return the names of LoRAs, LyCORIS and hypernetworks among the nodes reached, as recorded, each once."""
    found: dict[str, None] = {}
    for key in visited:
        node = graph.nodes.get(key)
        for name in _loras_in(node) if node is not None else ():
            if len(found) < MAX_NAMES and name.strip().lower() not in {"", "none"}:
                found.setdefault(name[:500])
    return list(found)


def _loras_in(node: Node) -> Iterator[str]:
    stacked = bool(_LORA.search(node.class_type)) or "lora_name" in node.widgets or "lora_1" in node.widgets
    for key, value in node.widgets.items():
        if isinstance(value, dict) and isinstance(value.get("lora"), str):
            if value.get("on", True):
                yield value["lora"]
        elif (
            isinstance(value, str) and (stacked or "Loader" in node.class_type) and _LORA_KEY.match(key[:60])
        ):
            yield from _switched(node.widgets, key, value)
        elif isinstance(value, str) and "<lora:" in value:
            yield from _LORA_TAG.findall(value[:100_000])


def _switched(widgets: Mapping[str, Any], key: str, value: str) -> Iterator[str]:
    number = re.search(r"(\d+)$", key)
    switch = widgets.get(f"switch_{number[1]}") if number else None
    if switch not in ("Off", False):
        yield value


_TEXT_KEYS: Final = (
    "text",
    "prompt",
    "text_g",
    "text_l",
    "t5xxl",
    "clip_l",
    "positive",
    "string",
    "wildcard_text",
    "populated_text",
    "positive_prompt",
)


def prompts(graph: Graph, node: Node) -> dict[str, str]:
    """Return the words a sampler was given: "prompt" and "negative_prompt", where the graph has them literally."""
    found: dict[str, str] = {}
    for target, names in (
        ("prompt", ("positive", "cond1", "conditioning", "guider")),
        ("negative_prompt", ("negative",)),
    ):
        for name in names:
            link = node.links.get(name)
            text = _text_behind(graph, link.node, negative=target != "prompt") if link else None
            if text:
                found.setdefault(target, text[:20_000])
    prompt = node.widgets.get("prompt")
    if isinstance(prompt, str) and prompt:
        found.setdefault("prompt", prompt[:20_000])
    return found


def _text_behind(graph: Graph, key: str, *, negative: bool) -> str | None:
    queue, seen = deque([key]), set[str]()
    for _ in range(MAX_LOOK):
        node = graph.nodes.get(queue.popleft()) if queue else None
        if node is None:
            if not queue:
                return None
            continue
        if node.id in seen:
            continue
        seen.add(node.id)
        for name in _TEXT_KEYS:
            value = literal(graph, node, name)
            if isinstance(value, str) and value.strip():
                return value
        other = "positive" if negative else "negative"
        queue.extend(
            node.links[name].node
            for name, want in node.wants.items()
            if name != other and want in {Want.COND, Want.TEXT}
        )
    return None


def options(graph: Graph, node: Node) -> dict[str, Any]:
    """Return a sampler's seed, steps, cfg, sampler and scheduler where they are literal."""
    found: dict[str, Any] = {}
    for name, keys in (
        ("seed", ("seed", "noise_seed")),
        ("steps", ("steps",)),
        ("cfg", ("cfg", "guidance")),
        ("sampler", ("sampler_name",)),
        ("scheduler", ("scheduler",)),
    ):
        for source in (node, *_parts(graph, node)):
            value = next(
                (v for key in keys if isinstance(v := literal(graph, source, key), (int, float, str))), None
            )
            if value is not None and not isinstance(value, bool):
                found[name] = value[:200] if isinstance(value, str) else value
                break
    return found


def _parts(graph: Graph, node: Node) -> Iterator[Node]:
    """Yield the small nodes that SamplerCustomAdvanced keeps its settings in."""
    for name in ("noise", "sampler", "sigmas", "guider"):
        link = node.links.get(name)
        source = graph.nodes.get(link.node) if link else None
        if source is not None:
            yield source
