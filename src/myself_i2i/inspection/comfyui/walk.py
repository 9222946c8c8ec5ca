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

from myself_i2i.inspection.comfyui.graph import MAX_LINKS, MAX_NAME, Graph, Link, Node
from myself_i2i.inspection.comfyui.kinds import ASIDE, PICTURES, PIXELS, Kind, Want
from myself_i2i.inspection.comfyui.loaders import is_loader, names_file
from myself_i2i.inspection.comfyui.nodes import is_api_node, is_constant_source, is_sampler, rule
from myself_i2i.inspection.comfyui.sizes import enlarges
from myself_i2i.inspection.comfyui.switches import choose, context_slot
from myself_i2i.inspection.comfyui.uses import State, kind_behind, masked

__all__ = ["MAX_STATES", "Trace", "Use", "walk"]

MAX_STATES: Final = 20_000
"""Most states visited from all outputs together."""
EDGES_PER_STATE: Final = 4
"""Most links looked at, per state allowed; real nodes have fewer inputs on average."""


_CARRIERS: Final = {Want.IMAGE, Want.LATENT, Want.BUNDLE, Want.ANY}
"""What can hold a picture's pixels."""
_PICTURE_WORD: Final = re.compile(
    r"image|img|latent|video|frame|pictur|photo|camera|screen|paint|draw|canvas|sketch", re.IGNORECASE
)


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
    samplers: dict[str, None] = field(default_factory=dict)
    """Samplers whose pixels go on, nearest to the output first."""
    services: dict[str, None] = field(default_factory=dict)
    """Nodes that ask a service for the picture."""
    enlargers: dict[str, None] = field(default_factory=dict)
    """Nodes on the way of the pixels that make the picture larger."""
    visited: dict[str, None] = field(default_factory=dict)
    """Every node reached, in order."""
    unknown: dict[str, None] = field(default_factory=dict)
    """Nodes that give a picture and neither take nor name one, and whose class we do not know."""
    broken: dict[str, None] = field(default_factory=dict)
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
    seen, edges = {first}, 0
    while queue:
        state, via = queue.popleft()
        node = graph.nodes.get(state.node)
        if node is None:
            if state.want in PICTURES and state.kind not in ASIDE:
                trace.broken.setdefault(state.node)
            continue
        trace.visited.setdefault(node.id)
        enlarged = _grows(graph, node, state, trace)
        if node.id != output and _ends(node, state, via, trace):
            continue
        edges += min(len(node.links), MAX_LINKS)
        if edges > limit * EDGES_PER_STATE:
            trace.full = True
            return trace
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


def _ends(node: Node, state: State, via: tuple[str, str], trace: Trace) -> bool:
    """Note what begins at this node, if something does; True when the walk goes no further here."""
    gives = state.want in PICTURES or state.kind in ASIDE
    if gives and is_loader(node):
        kind = state.kind
        if state.want is Want.MASK or (state.slot == 1 and node.class_type.startswith("LoadImage")):
            kind = masked(kind)
        trace.uses.append(Use(node.id, kind, state.slot, state.sampler, state.enlarged, state.maybe, via))
        return True
    if node.links or state.want not in PICTURES or state.kind in ASIDE:
        return False
    generated = is_sampler(node.class_type) or is_api_node(node.class_type) or _prompted(node)
    if generated:
        trace.services.setdefault(node.id)
    elif not is_constant_source(node.class_type) and _could_load(node, state.want):
        trace.unknown.setdefault(node.id)
    return True


def _could_load(node: Node, want: Want) -> bool:
    """Whether a node of a class we do not know may have read a picture: it gives one, or its name speaks of one."""
    return want in {Want.IMAGE, Want.LATENT} or bool(_PICTURE_WORD.search(node.class_type[:120]))


def _prompted(node: Node) -> bool:
    keys = {key.lower() for key in node.widgets}
    return names_file(node) is None and bool(keys & {"prompt", "positive", "positive_prompt"})


def _grows(graph: Graph, node: Node, state: State, trace: Trace) -> bool:
    """Note a node that makes the picture larger; whether the picture was enlarged from here on."""
    on_the_way = state.kind in PIXELS and state.want in _CARRIERS
    if on_the_way and enlarges(graph, node):
        trace.enlargers.setdefault(node.id)
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
        (trace.services if is_api_node(node.class_type) else trace.samplers).setdefault(node.id)
    if state.kind is Kind.OUTPUT and not trace.uses and len(trace.visited) == 1 and not sampling:
        names = _shown(node, names)
    if len(names) > MAX_LINKS:
        names, trace.full = names[:MAX_LINKS], True
    for name in names:
        want = node.wants[name]
        if want is Want.ANY and (state.want not in _CARRIERS or len(node.links) == 1):
            want = state.want
        if _follows(node, state, name, want, sampling=sampling):
            kind, decided = kind_behind(graph, node, state, name, want, sampling=sampling)
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


def _shown(node: Node, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the inputs an output node shows; saver packs also take words and settings for their own record."""
    for wanted in ({Want.IMAGE, Want.LATENT}, {Want.BUNDLE}):
        shown = tuple(name for name in names if node.wants[name] in wanted)
        if shown:
            return shown
    return names


def _samples(node: Node, state: State, names: tuple[str, ...]) -> bool:
    if state.want not in _CARRIERS:
        return False
    if is_sampler(node.class_type) or is_api_node(node.class_type):
        return True
    wants = node.wants.values()
    if Want.MODEL not in wants or Want.COND not in wants:
        return False
    return not any(rule(node.class_type, name[:MAX_NAME]) for name in names[:MAX_LINKS])


_SAME: Final = {
    Want.MODEL: {Want.MODEL, Want.IMAGE, Want.LATENT, Want.MASK, Want.COND, Want.BUNDLE},
    Want.CLIP: {Want.CLIP, Want.BUNDLE},
    Want.COND: {Want.COND, Want.IMAGE, Want.LATENT, Want.MASK, Want.TEXT, Want.CLIP, Want.BUNDLE, Want.MODEL},
}
"""What a model, CLIP or conditioning can be made of."""


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
        own = want is Want.BUNDLE and state.want in node.wants.values()
        return want in allowed and not (own and "stack" not in name.lower())
    return sampling or want is not Want.CLIP or state.want is Want.BUNDLE
