"""The walk back from one output: which loaded pictures reach it, and as what.

Each state is (node, output, what is wanted, what the picture here is used for, nearest sampler, flags). Every state
is visited once and there are finitely many, so cycles end; `MAX_STATES` bounds what a hostile graph may cost.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from myself_i2i.inspection.comfyui.graph import Graph, Link, Node
from myself_i2i.inspection.comfyui.inputs import want_of
from myself_i2i.inspection.comfyui.kinds import ASIDE, PICTURES, PIXELS, Kind, Want
from myself_i2i.inspection.comfyui.loaders import is_loader, names_file
from myself_i2i.inspection.comfyui.nodes import hint, is_api_node, is_constant_source, is_sampler, rule
from myself_i2i.inspection.comfyui.settings import makes_maps
from myself_i2i.inspection.comfyui.sizes import enlarges
from myself_i2i.inspection.comfyui.switches import choose, context_slot, searge_mode, switched_off

__all__ = ["MAX_STATES", "Trace", "Use", "walk"]

MAX_STATES: Final = 40_000
"""Most states visited from one output."""


_CARRIERS: Final = {Want.IMAGE, Want.LATENT, Want.BUNDLE, Want.ANY}
"""What can hold a picture's pixels."""
_PICTURE_WORD: Final = re.compile(
    r"image|img|latent|video|frame|pictur|photo|camera|screen|paint|draw|canvas|sketch", re.IGNORECASE
)


class State(NamedTuple):
    """One place of the walk."""

    node: str
    slot: int
    want: Want
    kind: Kind
    sampler: str | None
    enlarged: bool
    maybe: bool


class Use(NamedTuple):
    """One loaded picture and what it was used for."""

    node: str
    """The loader."""
    kind: Kind
    slot: int
    """Which output of the loader (LoadImage: 0 pixels, 1 the alpha as a mask)."""
    sampler: str | None
    """The sampler nearest to the loader on this way."""
    enlarged: bool
    """Whether it was enlarged before anything else took it."""
    maybe: bool
    """Whether the way leads through a choice that the file does not record."""
    via: tuple[str, str]
    """The node and input that decided the use."""


@dataclass(slots=True)
class Trace:
    """What one walk found."""

    uses: list[Use] = field(default_factory=list)
    """Every loader reached, once per use."""
    samplers: list[str] = field(default_factory=list)
    """Samplers whose pixels go on, nearest to the output first."""
    services: list[str] = field(default_factory=list)
    """Nodes that ask a service for the picture."""
    enlargers: list[str] = field(default_factory=list)
    """Nodes on the way of the pixels that make the picture larger."""
    visited: dict[str, None] = field(default_factory=dict)
    """Every node reached, in order."""
    unknown: list[str] = field(default_factory=list)
    """Nodes that give a picture and neither take nor name one, and whose class we do not know."""
    broken: list[str] = field(default_factory=list)
    """Ids that are linked to but not in the graph, where a picture could have come from."""
    full: bool = False
    """Whether the walk stopped at its bound."""


class _Edge(NamedTuple):
    name: str
    link: Link
    want: Want
    kind: Kind
    sampler: str | None
    enlarged: bool
    maybe: bool
    decided: bool


def walk(graph: Graph, output: str, *, limit: int = MAX_STATES) -> Trace:
    """Return what reaches the pictures of node `output`; never raises, ends within `limit` states."""
    trace = Trace()
    first = State(output, 0, Want.IMAGE, Kind.OUTPUT, None, enlarged=False, maybe=False)
    queue: deque[tuple[State, tuple[str, str]]] = deque([(first, (output, ""))])
    seen = {first}
    while queue:
        state, via = queue.popleft()
        node = graph.nodes.get(state.node)
        if node is None:
            if state.want in PICTURES and state.kind not in ASIDE:
                trace.broken.append(state.node)
            continue
        trace.visited.setdefault(node.id)
        enlarged = _grows(graph, node, state, trace)
        if node.id != output and _ends(graph, node, state, via, trace):
            continue
        for edge in _edges(graph, node, state, trace, enlarged=enlarged):
            upstream = State(
                edge.link.node,
                context_slot(graph, node, state.slot, edge.link),
                edge.want,
                edge.kind,
                edge.sampler,
                edge.enlarged,
                edge.maybe,
            )
            if upstream not in seen:
                if len(seen) >= limit:
                    trace.full = True
                    return trace
                seen.add(upstream)
                queue.append((upstream, (node.id, edge.name) if edge.decided else via))
    return trace


def _ends(graph: Graph, node: Node, state: State, via: tuple[str, str], trace: Trace) -> bool:
    """Note what begins at this node, if something does; True when the walk goes no further here."""
    gives = state.want in PICTURES or state.kind in ASIDE
    if gives and is_loader(node):
        kind = state.kind
        if state.want is Want.MASK or (state.slot == 1 and node.class_type.startswith("LoadImage")):
            kind = _masked(kind)
        trace.uses.append(Use(node.id, kind, state.slot, state.sampler, state.enlarged, state.maybe, via))
        return True
    if node.links or state.want not in PICTURES or state.kind in ASIDE:
        return False
    generated = is_sampler(node.class_type) or is_api_node(node.class_type) or _prompted(node)
    if generated:
        _once(trace.services, node.id)
    elif not is_constant_source(node.class_type) and _could_load(node, state.want):
        _once(trace.unknown, node.id)
    return True


def _could_load(node: Node, want: Want) -> bool:
    """Whether a node of a class we do not know may have read a picture: it gives one, or its name speaks of one."""
    return want in {Want.IMAGE, Want.LATENT} or bool(_PICTURE_WORD.search(node.class_type[:120]))


def _prompted(node: Node) -> bool:
    keys = {key.lower() for key in node.widgets}
    return names_file(node) is None and bool(keys & {"prompt", "positive", "positive_prompt"})


def _once(found: list[str], item: str) -> None:
    if item not in found:
        found.append(item)


def _grows(graph: Graph, node: Node, state: State, trace: Trace) -> bool:
    """Note a node that makes the picture larger; whether the picture was enlarged from here on."""
    on_the_way = state.kind in PIXELS and state.want in _CARRIERS
    if on_the_way and enlarges(graph, node):
        _once(trace.enlargers, node.id)
        return True
    return state.enlarged


def _edges(graph: Graph, node: Node, state: State, trace: Trace, *, enlarged: bool) -> Iterator[_Edge]:
    names: tuple[str, ...] = tuple(node.links)
    maybe = state.maybe
    choice = choose(graph, node, state.slot)
    if choice is not None:
        names, maybe = choice.names, maybe or not choice.certain
    sampling = state.kind not in ASIDE and _samples(node, state, names)
    if sampling:
        _once(trace.samplers if not is_api_node(node.class_type) else trace.services, node.id)
    for name in names:
        want = want_of(name, node.types.get(name, ""))
        if want is Want.ANY and (state.want not in _CARRIERS or len(node.links) == 1):
            want = state.want
        if _follows(node, state, name, want, sampling=sampling):
            kind, decided = _next_kind(graph, node, state, name, want, sampling=sampling)
            if kind is None:
                continue
            starts = sampling and kind in PIXELS
            big = (enlarged and not sampling) or kind is Kind.ENLARGE
            yield _Edge(
                name,
                node.links[name],
                want,
                kind,
                node.id if starts else state.sampler,
                big,
                maybe,
                decided or sampling,
            )


def _samples(node: Node, state: State, names: tuple[str, ...]) -> bool:
    if state.want not in _CARRIERS:
        return False
    if is_sampler(node.class_type) or is_api_node(node.class_type):
        return True
    wants = {want_of(name, node.types.get(name, "")) for name in names}
    named = any(rule(node.class_type, name) for name in names)
    return not named and Want.MODEL in wants and Want.COND in wants


_GUIDING: Final = re.compile(r"stack|control|cnet|adapter", re.IGNORECASE)
_SAME: Final = {
    Want.MODEL: {Want.MODEL, Want.IMAGE, Want.LATENT, Want.MASK, Want.COND, Want.BUNDLE},
    Want.CLIP: {Want.CLIP, Want.BUNDLE},
    Want.COND: {Want.COND, Want.IMAGE, Want.LATENT, Want.MASK, Want.TEXT, Want.CLIP, Want.BUNDLE, Want.MODEL},
}


def _follows(node: Node, state: State, name: str, want: Want, *, sampling: bool) -> bool:
    """Whether what is wanted of the node can depend on this input."""
    if want is Want.ASSET:
        return False
    if state.kind in ASIDE:
        return want in PICTURES or want is Want.TEXT or state.want is want
    if state.want in _SAME:
        allowed = _SAME[state.want]
        if is_sampler(node.class_type):  # a sampler that hands its model or conditioning through
            allowed = {state.want, Want.BUNDLE}
        own = any(want_of(other, node.types.get(other, "")) is state.want for other in node.links)
        bundled = want is Want.BUNDLE and own and "stack" not in name.lower()
        return want in allowed and not bundled
    if sampling:
        return True
    return want is not Want.CLIP or state.want is Want.BUNDLE


def _masked(kind: Kind) -> Kind:
    if kind in PIXELS:
        return Kind.MASK
    return kind if kind in ASIDE or kind in {Kind.MASK, Kind.REGION} else Kind.REGION


def _next_kind(
    graph: Graph, node: Node, state: State, name: str, want: Want, *, sampling: bool
) -> tuple[Kind | None, bool]:
    """Return the use upstream of this input (None: it has no effect), and whether this node decided it."""
    if state.kind in ASIDE:
        return state.kind, False
    if want is Want.TEXT:
        return Kind.TEXT, True
    if want is Want.NUMBER:
        return Kind.SIZE, True
    if node.class_type.startswith("Searge") and want in {Want.IMAGE, Want.MASK}:
        gated = _searge(graph, node, want)
        if gated is not None:
            return gated, True
        return None, True
    if want in {Want.COND, Want.MODEL, Want.CLIP} or (want is Want.BUNDLE and _GUIDING.search(name[:80])):
        return Kind.GUIDE, sampling
    if want is Want.MASK:
        return _masked(state.kind), state.kind not in {Kind.MASK, Kind.REGION}
    return _picture_kind(graph, node, state, name, want, sampling=sampling)


def _picture_kind(
    graph: Graph, node: Node, state: State, name: str, want: Want, *, sampling: bool
) -> tuple[Kind | None, bool]:
    named = rule(node.class_type, name)
    if named in {Kind.CONTROL, Kind.REFERENCE, Kind.STYLE} and switched_off(graph, node, name):
        return None, True
    if sampling:
        return _sampled_kind(graph, node, state, name, want, named)
    if state.kind in {Kind.MASK, Kind.REGION}:
        return state.kind, False
    if state.kind is Kind.INIT and node.class_type.startswith("CLIPVision"):
        return state.kind, False  # the first frame of a film, seen twice
    if named is Kind.OUTPAINT or (named is not None and not _weaker(named, state.kind)):
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
    graph: Graph, node: Node, state: State, name: str, want: Want, named: Kind | None
) -> tuple[Kind | None, bool]:
    if named is not None:
        return named, True
    if want is Want.BUNDLE:
        return Kind.INIT, True
    if state.kind in {Kind.CONTROL, Kind.REFERENCE, Kind.STYLE} and makes_maps(_model_text(graph, node)):
        return state.kind, False  # a diffusion model that only makes a depth or normal map of the picture
    if is_api_node(node.class_type):
        return Kind.EDIT, True
    return Kind.INIT, True


def _model_text(graph: Graph, node: Node) -> str:
    """Return the names of the models within a few links of a sampler's model input."""
    names: list[str] = []
    queue = [link.node for name, link in node.links.items() if want_of(name) in {Want.MODEL, Want.COND}]
    for _ in range(24):
        source = graph.nodes.get(queue.pop(0)) if queue else None
        if source is None:
            continue
        names += [
            value[:200]
            for value in source.widgets.values()
            if isinstance(value, str) and "safetensors" in value[-16:]
        ]
        queue += [link.node for name, link in source.links.items() if want_of(name) is Want.MODEL]
    return " ".join(names)


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
