"""How a ComfyUI picture was made, read from the graph it carries (docs/comfyui-reading.md).

The answer is found by walking back from the output this file is, never by looking over the node list: a loader that
nothing leads from did not go in. Pure: values in, a `Reading` out; nothing here raises or is unbounded.
"""

from __future__ import annotations

from typing import Any

from myself_i2i.inspection.comfyui.graph import Graph, parse_prompt
from myself_i2i.inspection.comfyui.report import oversize, report
from myself_i2i.inspection.comfyui.sources import find
from myself_i2i.inspection.comfyui.workflow import parse_workflow
from myself_i2i.inspection.interface import Material, Reading

__all__ = ["read", "read_graph"]


def read(material: Material) -> Reading | None:
    """Return what the file's ComfyUI graph records, or None when it carries no such graph."""
    found = find(material)
    width, height = material.container.width, material.container.height
    graph, key = parse_prompt(found.prompt), found.prompt_key
    if graph is None and isinstance(found.prompt, dict) and isinstance(found.prompt.get("nodes"), list):
        graph = parse_workflow(found.prompt)
    editor = parse_workflow(found.workflow)
    if graph is None:
        graph, key = parse_prompt(found.workflow) or editor, found.workflow_key
        editor = None
    if graph is None:
        return oversize(found)
    return report(graph, key=key, width=width, height=height, editor=editor)


def read_graph(
    graph: object,
    *,
    width: int,
    height: int,
    tool: str = "ComfyUI",
    key: str = "prompt",
    workflow: Any = None,
) -> Reading | None:
    """Return what an API graph (parsed JSON) records about a picture of this size, or None when it is no graph.

    For tools that run ComfyUI and embed its graph (SwarmUI, StabilityMatrix, TensorArt, Civitai): `tool` names the
    tool in the reading, `key` where the graph stood, for the evidence. Give 0 for a size that is not known.
    """
    parsed: Graph | None = parse_prompt(graph)
    if parsed is None:
        return None
    return report(parsed, key=key, width=width, height=height, tool=tool, editor=parse_workflow(workflow))
