"""InvokeAI's node graphs, executed and editor form, walked back from what was kept.

The executed form is `{"nodes": {id: {"type", fields…}}, "edges": [{"source": {"node_id", "field"}, …}]}`; the editor
form is `{"nodes": [{"id", "data": {"type", "inputs": {name: {"value"}}}}], "edges": [{"source", "target", …}]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from myself_i2i.inspection.interface import Mode
from myself_i2i.inspection.values import dicts, find_key, mapping, text, unit

__all__ = ["Graph", "images_used"]

MAX_NODES = 5_000
IMAGE_TYPES = ("image", "image_batch", "image_collection", "load_image")
CONTROL_TYPES = ("controlnet", "flux_controlnet", "flux_control_lora_loader", "t2i_adapter", "sd3_controlnet")
REFERENCE_TYPES = ("ip_adapter", "flux_ip_adapter", "flux_redux", "flux_kontext")
MASK_TYPES = ("inpaint", "create_denoise_mask", "create_gradient_mask", "flux_fill")


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes that the kept picture was made from."""

    nodes: Mapping[str, Mapping[str, Any]]
    """Node id -> its fields, reachable from a final node."""
    kinds: frozenset[str]
    """The node types among them."""

    @classmethod
    def parse(cls, value: Any) -> Graph | None:
        """Return the graph in `value` (either form), or None when there is none."""
        record = mapping(value)
        nodes = _executed(record) or _editor(record)
        if not nodes:
            return None
        edges = [edge for edge in map(_edge, dicts(record.get("edges"))) if edge is not None]
        kept = _reachable(nodes, edges)
        kinds = frozenset(kind for node in kept.values() if (kind := text(node.get("type"))))
        return cls(kept, kinds)

    @property
    def generates(self) -> bool:
        """Whether a sampler ran."""
        return any("denoise" in kind or kind in ("t2l", "l2l", "inpaint") for kind in self.kinds)

    @property
    def unnamed(self) -> bool:
        """Whether an image loader stands in the graph without naming its picture."""
        return any(kind in IMAGE_TYPES for kind in self.kinds)

    @property
    def strength(self) -> float | None:
        """How much was replaced: 1 minus `denoising_start` of the sampler; None when it starts at 0."""
        starts = [unit(node.get("denoising_start")) for node in self.nodes.values()]
        values = [1.0 - start for start in starts if start]
        return round(values[0], 6) if len(values) == 1 else None

    def mode(self, names: Iterable[str]) -> Mode:
        """Return the mode the node types show, given the picture names in use."""
        found = [
            mode
            for mode, kinds in (
                (Mode.INPAINT, MASK_TYPES),
                (Mode.CONTROLNET, CONTROL_TYPES),
                (Mode.REFERENCE, REFERENCE_TYPES),
            )
            if self.kinds.intersection(kinds)
        ]
        if not list(names):
            return Mode.T2I
        if any(kind.endswith("i2l") for kind in self.kinds) and Mode.INPAINT not in found:
            found.append(Mode.I2I)
        return found[0] if len(found) == 1 else Mode.MIXED if found else Mode.UNKNOWN


def images_used(graph: Graph) -> list[str]:
    """Return the picture names that reach the kept picture, each once."""
    # An executed graph's metadata node repeats names that its real nodes already hold.
    nodes = [node for node in graph.nodes.values() if "metadata" not in (text(node.get("type")) or "")]
    found = [name for node in nodes for name in find_key(node, "image_name")]
    return list(dict.fromkeys(name for name in found if isinstance(name, str) and name))


def _executed(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    nodes = mapping(record.get("nodes"))
    return {str(key): node for key, node in list(nodes.items())[:MAX_NODES] if isinstance(node, Mapping)}


def _editor(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    nodes: dict[str, Mapping[str, Any]] = {}
    for node in dicts(record.get("nodes"))[:MAX_NODES]:
        data = mapping(node.get("data"))
        identity = text(node.get("id"))
        if identity and text(data.get("type")):
            values = {key: mapping(item).get("value") for key, item in mapping(data.get("inputs")).items()}
            # What a node field holds may not replace what kind of node it is.
            nodes[identity] = {**values, "type": data["type"], "is_intermediate": data.get("isIntermediate")}
    return nodes


def _edge(edge: Mapping[str, Any]) -> tuple[str, str] | None:
    source, target = edge.get("source"), edge.get("destination", edge.get("target"))
    field = mapping(target).get("field") or edge.get("targetHandle")
    start = text(mapping(source).get("node_id")) or text(source)
    end = text(mapping(target).get("node_id")) or text(target)
    return (start, end) if start and end and field != "metadata" else None


def _reachable(
    nodes: Mapping[str, Mapping[str, Any]], edges: list[tuple[str, str]]
) -> dict[str, Mapping[str, Any]]:
    feeds: dict[str, list[str]] = {}
    for start, end in edges:
        feeds.setdefault(end, []).append(start)
    giving = {start for start, _ in edges}
    # The kept picture comes from a node that is not intermediate; editors of old marked none, then from the last ones.
    kept = [key for key, node in nodes.items() if node.get("is_intermediate") is False and _makes_image(node)]
    ends = kept or [key for key in nodes if key not in giving]
    seen: dict[str, None] = dict.fromkeys(ends)
    waiting = list(ends)
    while waiting:
        for start in feeds.get(waiting.pop(), ()):
            if start in nodes and start not in seen:
                seen[start] = None
                waiting.append(start)
    return {key: nodes[key] for key in seen}


def _makes_image(node: Mapping[str, Any]) -> bool:
    kind = text(node.get("type")) or ""
    return kind not in (
        "metadata",
        "core_metadata",
        "metadata_accumulator",
        "add_conditioning",
        "string",
        "integer",
    )
