"""ComfyUI graphs inside other tools' records: Civitai, StabilityMatrix and Tensor.Art all run ComfyUI."""

from __future__ import annotations

from typing import Any

from myself_i2i.inspection.comfyui import read_graph
from myself_i2i.inspection.interface import Material, Reading

__all__ = ["graph_in", "read_embedded"]

MAX_NODES = 20_000
"""Most nodes of a graph that is looked at."""


def graph_in(value: Any) -> dict[str, Any] | None:
    """Return the API graph in parsed JSON `value`: its members that are nodes, or None when there is none."""
    if not isinstance(value, dict) or len(value) > MAX_NODES:
        return None
    nodes = {
        str(key): node
        for key, node in value.items()
        if isinstance(node, dict) and isinstance(node.get("class_type"), str)
    }
    return nodes or None


def read_embedded(value: Any, material: Material, *, tool: str, key: str) -> Reading | None:
    """Return what the ComfyUI reader says of the graph in `value`, or None when there is no graph in it.

    `tool` names the tool in the reading, `key` the place of the graph in its evidence.
    """
    graph = graph_in(value)
    if graph is None:
        return None
    container = material.container
    return read_graph(graph, width=container.width, height=container.height, tool=tool, key=key)
