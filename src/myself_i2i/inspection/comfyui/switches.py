"""Nodes that choose among their inputs: contexts, switches, multiplexers, packs that decide by a setting.

An image loader wired to a branch that was not taken did not go in. Where the choice is recorded it is followed;
where it is not, every branch is followed and marked "maybe", so that the answer can be "not recorded".
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from myself_i2i.inspection.comfyui.graph import Graph, Link, Node, literal

__all__ = ["Choice", "choose", "searge_mode", "switched_off"]


class Choice(NamedTuple):
    """Which inputs of a choosing node are live."""

    names: tuple[str, ...]
    """The inputs to follow."""
    certain: bool
    """Whether the graph records the choice."""


_CONTEXT: Final = re.compile(r"^Context( Big)? \(rgthree\)$")
_CONTEXT_SWITCH: Final = re.compile(r"^Context (Switch|Merge)( Big)? \(rgthree\)$")
_FIELDS: Final = (
    "base_ctx", "model", "clip", "vae", "positive", "negative", "latent", "images", "seed", "steps", "step_refiner", "cfg",
    "ckpt_name", "sampler", "scheduler", "clip_width", "clip_height", "text_pos_g", "text_pos_l", "text_neg_g", "text_neg_l",
    "mask", "control_net",
)  # fmt: skip
"""Output order of rgthree's Context nodes (`py/context_utils.py`); output 0 is the whole context."""

_SWITCH: Final = re.compile(
    r"switch|selector|\bmux|muxer|multiplex|branch|if.?else|ifexecute|choose[rs]?\b|either|\bpick\b|lazy.?(switch|cond)"
    r"|Index.?(Select|Switch)|Img2Img Process|Process Switch",
    re.IGNORECASE,
)
_NOT_SWITCH: Final = re.compile(
    r"sampler|ksampler|model.?select|aspect|resolution|lora|style.?select|prompt.?select|inversed|image.?chooser|preview.?chooser",
    re.IGNORECASE,
)
_SELECTORS: Final = (
    "select", "Input", "input", "index", "selector", "input_selector", "boolean", "switch", "condition", "value", "cond", "choice",
    "boolean_number", "selected", "branch", "use_first", "mode", "select_index", "flag",
)  # fmt: skip
_TRUE: Final = (
    "on_true",
    "true_value",
    "if_true",
    "IF_TRUE",
    "tt_value",
    "image_a",
    "latent_a",
    "conditioning_a",
    "model_a",
    "true",
    "a",
    "on_any",
)
_FALSE: Final = (
    "on_false",
    "false_value",
    "if_false",
    "IF_FALSE",
    "ff_value",
    "image_b",
    "latent_b",
    "conditioning_b",
    "model_b",
    "false",
    "b",
)
_NUMBERED: Final = re.compile(r"^(.*?)_?(\d+)$")
_OFF: Final = frozenset({"off", "false", "disable", "disabled", "no", "none", "0", "bypass"})
_GATES: Final = ("switch", "toggle", "enable", "enabled", "is_enabled", "active")


def choose(graph: Graph, node: Node, slot: int) -> Choice | None:
    """Return which inputs are live when output `slot` of a choosing node is taken; None for other nodes."""
    kind = node.class_type[:120]
    if _CONTEXT.match(kind) and slot > 0:
        return _from_context(node, slot)
    if kind.startswith("Any Switch (rgthree)") or _CONTEXT_SWITCH.match(kind):
        if "Merge" in kind:
            return Choice(tuple(node.links), certain=True)
        return Choice(tuple(node.links)[:1], certain=True)
    if re.search(r"^Searge\w*Mux", kind):
        return _from_searge(graph, node)
    if not _SWITCH.search(kind) or _NOT_SWITCH.search(kind):
        return None
    return _from_selector(graph, node)


def _from_context(node: Node, slot: int) -> Choice:
    name = _FIELDS[slot] if slot < len(_FIELDS) else ""
    for key in (name, name.removesuffix("s")):
        if key and key in node.links:
            return Choice((key,), certain=True)
    return Choice(tuple(key for key in node.links if key.endswith("ctx")), certain=True)


def context_slot(graph: Graph, node: Node, slot: int, link: Link) -> int:
    """Return the output to ask for upstream: contexts hand the same field on, whatever the link's own slot."""
    source = graph.nodes.get(link.node)
    contexts = (_CONTEXT, _CONTEXT_SWITCH)
    both = source is not None and all(any(c.match(n.class_type) for c in contexts) for n in (node, source))
    return slot if both else link.slot


def _from_selector(graph: Graph, node: Node) -> Choice:
    branches = tuple(name for name in node.links if name not in _SELECTORS)
    if len(branches) <= 1 and not any(name in node.links or name in node.widgets for name in _SELECTORS):
        return Choice(branches, certain=True)
    for key in _SELECTORS:
        value = literal(graph, node, key)
        taken = _taken(branches, value)
        if taken is not None:
            return Choice(taken, certain=True)
    return Choice(branches, certain=len(branches) == 0)


def _taken(branches: tuple[str, ...], value: object) -> tuple[str, ...] | None:
    if isinstance(value, bool):
        wanted, other = (_TRUE, _FALSE) if value else (_FALSE, _TRUE)
        if any(name in wanted + other for name in branches):
            return tuple(name for name in branches if name in wanted)
        value = 1 if value else 2
    if isinstance(value, str):
        return _taken_by_word(branches, value.strip())
    if not isinstance(value, int):
        return None
    numbered = {name: int(match[2]) for name in branches if (match := _NUMBERED.match(name[:80]))}
    if not numbered:
        return None
    return tuple(name for name, number in numbered.items() if number == value)


def _taken_by_word(branches: tuple[str, ...], value: str) -> tuple[str, ...] | None:
    if value.isdigit() and len(value) < len("1000000"):
        return _taken(branches, int(value))
    lowered = re.sub(r"[^a-z0-9]", "", value.lower())
    if lowered in {"txt2img", "texttoimage"} and "latent1" in branches:
        return ("latent1",)
    if lowered in {"img2img", "imagetoimage"} and "latent2" in branches:
        return ("latent2",)
    exact = tuple(name for name in branches if re.sub(r"[^a-z0-9]", "", name.lower()) == lowered)
    return exact or None


def _from_searge(graph: Graph, node: Node) -> Choice:
    branches = tuple(name for name in node.links if name not in {"input_selector", "selector"})
    index = literal(graph, node, "input_selector")
    if "Latent" in node.class_type and not isinstance(index, int):
        mode = searge_mode(graph)
        index = {"text": 0, "image": 1, "inpaint": 2}.get(mode or "")
    taken = _taken(branches, index)
    return Choice(branches, certain=False) if taken is None else Choice(taken, certain=True)


def searge_mode(graph: Graph) -> str | None:
    """Return what Searge's pack was set to: "text", "image", "inpaint", "none", or None when it is not recorded.

    Source: SeargeSDXL `modules/ui.py` (`WORKFLOW_MODES`) and `modules/processing.py` (`OPERATION_MODE`). The
    pack wires every loader always and decides by this setting alone (`stage_latent_inputs.py`).
    """
    found: str | None = graph.once("searge mode", "", lambda: _searge_setting(graph))
    return found


def _searge_setting(graph: Graph) -> str | None:
    for node in graph.nodes.values():
        if not node.class_type.startswith("Searge"):
            continue
        for key in ("workflow_mode", "operation_mode"):
            value = literal(graph, node, key)
            if isinstance(value, str):
                word = re.sub(r"[^a-z]", "", value.lower())
                known = {
                    "texttoimage": "text",
                    "imagetoimage": "image",
                    "inpainting": "inpaint",
                    "none": "none",
                }
                return known.get(word)
    return None


def switched_off(graph: Graph, node: Node, name: str) -> bool:
    """Whether the node's own settings say that the picture at input `name` has no effect.

    Strength or weight 0 (ControlNetApply and IPAdapter return their input unchanged), a switch "Off" beside a
    stacked input (`switch_1` for `image_1`), or an "Off" switch of the whole node.
    """
    number = _NUMBERED.match(name[:80])
    suffix = f"_{number[2]}" if number else ""
    for gate in _GATES:
        for key in {gate + suffix, gate}:
            value = literal(graph, node, key)
            if value is False or (isinstance(value, str) and value.strip().lower() in _OFF):
                return True
    if suffix and literal(graph, node, f"controlnet{suffix}") in ("None", "none"):
        return True
    for key in (
        "strength",
        "weight",
        f"controlnet_strength{suffix}",
        f"controlnet_conditioning_scale{suffix}",
    ):
        value = literal(graph, node, key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0:
            return True
    for key in ("end_percent", "end_at", f"end_percent{suffix}"):
        value = literal(graph, node, key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0:
            return True
    mode = literal(graph, node, "controlnet_mode")
    return isinstance(mode, str) and mode.strip().lower() == "none"
