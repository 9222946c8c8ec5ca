"""The executed graph of a ComfyUI picture, as values: nodes, literal settings, links.

Source: ComfyUI `execution.py` and `comfy_execution/graph_utils.py` (`is_link`): a link is a list of a node id
(text) and an output slot (number); everything else under `inputs` is a literal. Nothing here raises: a node of an
unexpected shape is left out, and links to it stay broken so that the walk can say so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from myself_i2i.inspection.comfyui.inputs import want_of
from myself_i2i.inspection.comfyui.kinds import Want

__all__ = [
    "MAX_LINKS",
    "MAX_NAME",
    "MAX_NODES",
    "Graph",
    "Link",
    "Node",
    "is_prompt",
    "literal",
    "parse_prompt",
]

MAX_NODES: Final = 20_000
"""Most nodes read; the largest graph seen in a real file has fewer than a thousand."""
MAX_HOPS: Final = 64
"""Most links followed to find one literal value."""
LINK_LENGTH: Final = 2
MAX_NAME: Final = 160
"""Longest class or input name looked at: answers are cached by name, and a name is no place to put a megabyte."""
MAX_LINKS: Final = 400
"""Most linked inputs of one node that are followed."""

T = TypeVar("T")


class Link(NamedTuple):
    """Where an input's value comes from."""

    node: str
    """The id of the node that makes it."""
    slot: int
    """Which of that node's outputs."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One node with its literal settings and its links."""

    id: str
    """Its id in the graph; subgraph members look like "142:5"."""
    class_type: str
    """The node class, e.g. "KSampler"."""
    widgets: Mapping[str, Any] = field(default_factory=dict)
    """Literal inputs by name."""
    links: Mapping[str, Link] = field(default_factory=dict)
    """Linked inputs by name, in the order of the file."""
    types: Mapping[str, str] = field(default_factory=dict)
    """The declared type of a linked input ("IMAGE"); only the editor's graph has it."""
    is_changed: tuple[str, ...] = ()
    """What ComfyUI's `IS_CHANGED` gave; for LoadImage the sha256 of the file's bytes."""

    @functools.cached_property
    def wants(self) -> Mapping[str, Want]:
        """What each linked input takes, by its name or declared type."""
        return {name: want_of(name[:MAX_NAME], self.types.get(name, "")[:MAX_NAME]) for name in self.links}


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All nodes of one run, by id."""

    nodes: Mapping[str, Node]
    """The nodes, in the order of the file."""
    source: str = "prompt"
    """Where it was read: "prompt" (what ran) or "workflow" (what the editor showed)."""
    memo: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)
    """Answers already worked out about this graph's nodes, so that a hostile graph costs each only once."""

    def once(self, what: str, node: str, answer: Callable[[], T]) -> T:
        """Return `answer()` of the first call for this question and node."""
        key = (what, node)
        if key not in self.memo:
            self.memo[key] = answer()
        found: T = self.memo[key]
        return found

    def consumed(self) -> frozenset[str]:
        """Return the ids of all nodes whose output some other node takes."""
        return frozenset(link.node for node in self.nodes.values() for link in node.links.values())


def is_prompt(value: object) -> bool:
    """Whether `value` looks like an API graph: an object with at least one `{class_type, inputs}`."""
    return isinstance(value, dict) and any(
        isinstance(entry, dict) and isinstance(entry.get("class_type"), str) for entry in value.values()
    )


def parse_prompt(value: object, *, source: str = "prompt") -> Graph | None:
    """Return the graph in a parsed API prompt, or None when there is none or it is over `MAX_NODES`.

    Accepts the wrappers seen in the wild: `{"prompt": {...}}` as the server receives it, and graphs with
    non-node siblings (`extra`, `extraMetadata`).
    """
    if isinstance(value, dict) and not is_prompt(value):
        value = value.get("prompt")
    if not isinstance(value, dict) or len(value) > MAX_NODES or not is_prompt(value):
        return None
    nodes: dict[str, Node] = {}
    for key, entry in value.items():
        if isinstance(entry, dict) and isinstance(entry.get("class_type"), str):
            nodes[str(key)] = _node(str(key), entry)
    return Graph(nodes=nodes, source=source)


def _node(key: str, entry: Mapping[str, Any]) -> Node:
    inputs = entry.get("inputs")
    widgets: dict[str, Any] = {}
    links: dict[str, Link] = {}
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        link = _link(value)
        if link is None:
            widgets[str(name)] = value
        else:
            links[str(name)] = link
    changed = entry.get("is_changed")
    listed = changed if isinstance(changed, list) else [changed]
    return Node(
        id=key,
        class_type=entry["class_type"][:MAX_NAME].strip(),
        widgets=widgets,
        links=links,
        is_changed=tuple(item for item in listed if isinstance(item, str)),
    )


def _link(value: object) -> Link | None:
    if not isinstance(value, list) or len(value) != LINK_LENGTH or not isinstance(value[0], str):
        return None
    if isinstance(value[1], bool) or not isinstance(value[1], int):
        return None
    return Link(value[0], value[1])


def literal(graph: Graph, node: Node, name: str) -> Any:
    """Return the literal value of an input, followed through primitive and constant nodes, or None.

    A node without links whose only setting (or whose `value`) is a literal counts as a constant, whatever its
    class: every pack has its own.
    """
    for _ in range(MAX_HOPS):
        if name in node.widgets:
            return node.widgets[name]
        link = node.links.get(name)
        source = graph.nodes.get(link.node) if link else None
        if source is None:
            return None
        names = [*source.widgets, *source.links]
        if "value" in names:
            name = "value"
        elif len(names) == 1:
            name = names[0]
        else:
            return None
        node = source
    return None
