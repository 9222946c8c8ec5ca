"""The editor's `workflow` turned into the graph that would have run.

Used only when there is no `prompt`. Muted nodes give nothing, bypassed nodes hand on the first input of the same
type, reroutes and Set/Get pairs vanish, primitives become literals: what ComfyUI's own `graphToPrompt` does before
it queues a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from myself_i2i.inspection.comfyui.editor import BYPASSED, MUTED, THROUGH, EditorNode, flatten
from myself_i2i.inspection.comfyui.graph import MAX_HOPS, Graph, Link, Node
from myself_i2i.inspection.comfyui.widgets import named_widgets

__all__ = ["parse_workflow"]

_THROUGH: Final = (THROUGH, "Reroute (rgthree)", "SetNode", "easy setNode")
_GETTERS: Final = ("GetNode", "easy getNode")
_SETTERS: Final = ("SetNode", "easy setNode")
_VIRTUAL: Final = frozenset(
    {
        *_THROUGH,
        *_GETTERS,
        "(subgraph)",
        "Note",
        "MarkdownNote",
        "PrimitiveNode",
        "Label (rgthree)",
        "Bookmark (rgthree)",
        "Fast Muter (rgthree)",
        "Fast Bypasser (rgthree)",
        "Fast Groups Muter (rgthree)",
        "Fast Groups Bypasser (rgthree)",
        "Fast Actions Button (rgthree)",
        "Mute / Bypass Relay (rgthree)",
        "Mute / Bypass Repeater (rgthree)",
        "Node Collector (rgthree)",
    }
)
"""Nodes that exist in the editor only."""
_EVERYWHERE: Final = ("Anything Everywhere", "Prompts Everywhere", "Seed Everywhere")


class _Literal:
    """A primitive's value found at the end of a link."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def parse_workflow(value: object) -> Graph | None:
    """Return the graph the editor's state would run, or None when `value` is none or over the bounds."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        return None
    nodes = flatten(value)
    if nodes is None:
        return None
    names = {_value(node): node for node in nodes.values() if node.type in _SETTERS and node.mode != MUTED}
    _spread(value, nodes)
    built = {
        key: _build(node, nodes, names)
        for key, node in nodes.items()
        if node.type not in _VIRTUAL
        and node.mode not in {MUTED, BYPASSED}
        and not node.type.startswith(_EVERYWHERE)
    }
    return Graph(nodes=built, source="workflow") if built else None


def _build(node: EditorNode, nodes: Mapping[str, EditorNode], setters: Mapping[str, EditorNode]) -> Node:
    widgets = named_widgets(node.type, node.inputs, node.values)
    links: dict[str, Link] = {}
    types: dict[str, str] = {}
    for place, link in sorted(node.links.items()):
        entry = node.inputs[place] if 0 <= place < len(node.inputs) else {}
        name = entry.get("name")
        name = name if isinstance(name, str) and name else f"input_{place}"
        source = _resolve(link, nodes, setters)
        if isinstance(source, _Literal):
            widgets[name] = source.value
        elif source is not None:
            links[name] = source
            widgets.pop(name, None)
            types[name] = _type(entry.get("type"))
    return Node(id=node.id, class_type=node.type, widgets=widgets, links=links, types=types)


def _type(declared: object) -> str:
    return declared if isinstance(declared, str) and declared not in {"*", "COMBO"} else ""


def _value(node: EditorNode) -> str:
    values = node.values
    first = (
        values[0]
        if isinstance(values, list) and values
        else values.get("value")
        if isinstance(values, dict)
        else None
    )
    return first if isinstance(first, str) else ""


def _resolve(
    link: Link, nodes: Mapping[str, EditorNode], setters: Mapping[str, EditorNode]
) -> Link | _Literal | None:
    """Return the real node a link comes from, a literal, or None when nothing arrives."""
    here: Link | None = link
    for _ in range(MAX_HOPS * 4):
        node = nodes.get(here.node) if here is not None else None
        if node is None or here is None or node.mode == MUTED:
            return None
        if node.mode == BYPASSED:
            here = _bypass(node, here.slot)
        elif node.type == "(subgraph)":
            here = Link(f"{node.id}:out{here.slot}", 0)
        elif node.type in _THROUGH:
            here = next(iter(node.links.values()), None)
        elif node.type in _GETTERS:
            setter = setters.get(_value(node))
            here = next(iter(setter.links.values()), None) if setter is not None else None
        elif node.type == "PrimitiveNode":
            values = node.values
            return _Literal(values[0]) if isinstance(values, list) and values else None
        else:
            return here
    return None


def _bypass(node: EditorNode, slot: int) -> Link | None:
    """Return what a bypassed node hands on at an output: the input at the same place, else the first of its type."""
    kind = str(node.outputs[slot].get("type")) if 0 <= slot < len(node.outputs) else ""
    places = [slot, *range(len(node.inputs))]
    for place in places:
        declared = str(node.inputs[place].get("type")) if 0 <= place < len(node.inputs) else None
        if declared is not None and (declared == kind or "*" in {declared, kind}) and place in node.links:
            return node.links[place]
    return None


def _spread(workflow: Mapping[str, Any], nodes: dict[str, EditorNode]) -> None:
    """Add the links that "Anything Everywhere" makes without drawing them.

    The pack saves them in `extra.ue_links`; older files only have the broadcasting nodes, whose inputs then go to
    every open input of the same type.
    """
    extra = workflow.get("extra")
    saved = extra.get("ue_links") if isinstance(extra, dict) else None
    for entry in saved if isinstance(saved, list) else []:
        target = nodes.get(str(entry.get("downstream"))) if isinstance(entry, dict) else None
        slot, place = (
            (entry.get("upstream_slot"), entry.get("downstream_slot")) if target is not None else (None, None)
        )
        if target is not None and isinstance(place, int) and isinstance(slot, int):
            target.links.setdefault(place, Link(str(entry.get("upstream")), slot))
    if saved:
        return
    offered: dict[str, Link] = {}
    for node in nodes.values():
        if node.type.startswith("Anything Everywhere") and node.mode == 0:
            for link in node.links.values():
                offered.setdefault(_output_type(nodes, link), link)
    for node in nodes.values() if offered else ():
        for place, entry in enumerate(node.inputs):
            kind = str(entry.get("type"))
            if (
                kind in offered
                and place not in node.links
                and "widget" not in entry
                and kind not in {"*", ""}
            ):
                node.links[place] = offered[kind]


def _output_type(nodes: Mapping[str, EditorNode], link: Link) -> str:
    source = nodes.get(link.node)
    if source is None or not 0 <= link.slot < len(source.outputs):
        return ""
    return str(source.outputs[link.slot].get("type"))
