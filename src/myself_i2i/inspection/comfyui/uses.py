"""What a picture is used for at each input: the rules of the walk."""

from __future__ import annotations

import re
from collections import deque
from typing import Final, NamedTuple

from myself_i2i.inspection.comfyui.graph import MAX_NAME, Graph, Node
from myself_i2i.inspection.comfyui.kinds import ASIDE, PICTURES, PIXELS, Kind, Want
from myself_i2i.inspection.comfyui.nodes import hint, is_api_node, rule
from myself_i2i.inspection.comfyui.settings import makes_maps
from myself_i2i.inspection.comfyui.switches import searge_mode, switched_off

__all__ = ["State", "kind_behind", "masked"]

_FIXED: Final = {Want.TEXT: Kind.TEXT, Want.NUMBER: Kind.SIZE, Want.MASK: Kind.MASK}
"""What comes in through words, numbers and masks, whatever the node."""
_ONLY_SIZE: Final = re.compile(
    r"^empty|empty.?latent|image.?(to|2).?empty|latent.?(from|by).?(image)?.?size", re.IGNORECASE
)
"""Nodes that make an empty latent of a picture's size."""
_GUIDING: Final = re.compile(r"stack|control|cnet|adapter", re.IGNORECASE)


class State(NamedTuple):
    """One place of the walk."""

    node: str
    slot: int
    want: Want
    kind: Kind
    sampler: str | None
    """The sampler passed last."""
    enlarged: bool
    maybe: bool


def masked(kind: Kind) -> Kind:
    """Return what a mask is for, beside a picture that is used as `kind`."""
    if kind in PIXELS:
        return Kind.MASK
    return kind if kind in ASIDE or kind in {Kind.MASK, Kind.REGION} else Kind.REGION


def kind_behind(
    graph: Graph, node: Node, state: State, name: str, want: Want, *, sampling: bool
) -> tuple[Kind | None, bool]:
    """Return the use of a picture upstream of input `name` (None: it has no effect), and whether this node decided it.

    `sampling` says that the node samples what the walk came for.
    """
    if state.kind in ASIDE:
        return state.kind, False
    if node.class_type.startswith("Searge") and want in {Want.IMAGE, Want.MASK}:
        return _searge(graph, node, want), True
    if want in {Want.IMAGE, Want.LATENT, Want.ANY} or (
        want is Want.BUNDLE and not _GUIDING.search(name[:80])
    ):
        return _of_picture(graph, node, state, name, want, sampling=sampling)
    fixed = _FIXED.get(want, Kind.GUIDE)
    if fixed is Kind.MASK:
        fixed = masked(state.kind)
    return fixed, sampling or fixed is not Kind.GUIDE


def _of_picture(
    graph: Graph, node: Node, state: State, name: str, want: Want, *, sampling: bool
) -> tuple[Kind | None, bool]:
    if want is Want.IMAGE and _ONLY_SIZE.search(node.class_type[:120]):
        return Kind.SIZE, True
    named = rule(node.class_type, name[:MAX_NAME])
    if named in {Kind.CONTROL, Kind.REFERENCE, Kind.STYLE} and switched_off(graph, node, name):
        return None, True
    if sampling:
        return _sampled_kind(graph, node, state, want, named)
    return _picture_kind(node, state, want, named)


def _picture_kind(node: Node, state: State, want: Want, named: Kind | None) -> tuple[Kind, bool]:
    if state.kind in {Kind.MASK, Kind.REGION}:
        return state.kind, False
    if state.kind is Kind.INIT and node.class_type.startswith("CLIPVision"):
        return state.kind, False  # the first frame of a film, seen twice
    if named is not None and (named is Kind.OUTPAINT or not _weaker(named, state.kind)):
        return named, True
    if state.kind is Kind.GUIDE:
        guessed = hint(node.class_type) if want in PICTURES and want is not Want.BUNDLE else None
        return guessed or Kind.GUIDE, True
    return state.kind, False


def _weaker(named: Kind, held: Kind) -> bool:
    """Whether a rule met further back leaves the use found nearer to the output as it is.

    A preprocessor between a loader and a ControlNet may look like anything; CLIPVisionEncode before a style model
    does not turn style into reference. Only a part redrawn under a mask takes precedence over plain starting.
    """
    if held in {Kind.CONTROL, Kind.STYLE, Kind.REFERENCE, Kind.EDIT}:
        return True
    return held in {Kind.INPAINT, Kind.OUTPAINT} and named in {Kind.INIT, Kind.INPAINT}


def _sampled_kind(
    graph: Graph, node: Node, state: State, want: Want, named: Kind | None
) -> tuple[Kind, bool]:
    if named is not None:
        return named, True
    if want is Want.BUNDLE:
        return Kind.INIT, True
    conditions = state.kind in {Kind.CONTROL, Kind.REFERENCE, Kind.STYLE}
    if conditions and makes_maps(graph.once("model text", node.id, lambda: _model_text(graph, node))):
        return state.kind, False  # a diffusion model that only makes a depth or normal map of the picture
    return (Kind.EDIT if is_api_node(node.class_type) else Kind.INIT), True


def _model_text(graph: Graph, node: Node) -> str:
    """Return the names of the models within a few links of a sampler's model input."""
    names: list[str] = []
    queue = deque(
        node.links[name].node for name, want in node.wants.items() if want in {Want.MODEL, Want.COND}
    )
    for _ in range(24):
        source = graph.nodes.get(queue.popleft()) if queue else None
        if source is None:
            continue
        names += [
            value[:200]
            for value in source.widgets.values()
            if isinstance(value, str) and "safetensors" in value[-16:]
        ]
        queue.extend(source.links[name].node for name, want in source.wants.items() if want is Want.MODEL)
    return " ".join(names)[:2000]


def _searge(graph: Graph, node: Node, want: Want) -> Kind | None:
    if "controlnet" in node.class_type.lower() or "controlnet_mode" in node.widgets:
        if switched_off(graph, node, "source_image"):
            return None
        return Kind.REFERENCE if node.widgets.get("controlnet_mode") == "revision" else Kind.CONTROL
    mode = searge_mode(graph)
    if mode in {"text", "none"}:
        return None
    if want is Want.MASK:
        return Kind.MASK if mode == "inpaint" else None
    return Kind.INPAINT if mode == "inpaint" else Kind.INIT
