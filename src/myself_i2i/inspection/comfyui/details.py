"""The evidence for the answers, and what else the graph records: model, LoRAs, ControlNets, prompt, passes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from myself_i2i.inspection.comfyui.graph import Graph
from myself_i2i.inspection.comfyui.kinds import ASIDE
from myself_i2i.inspection.comfyui.loaders import describe
from myself_i2i.inspection.comfyui.outputs import Candidate
from myself_i2i.inspection.comfyui.settings import denoise_of, loras, makes_maps, model_of, options, prompts
from myself_i2i.inspection.comfyui.walk import Trace, Use
from myself_i2i.inspection.interface import Evidence, Role, shorten

__all__ = ["evidence", "extras", "model_behind"]

MAX_USES: Final = 12
MAX_PASSES: Final = 16
MAX_NODES: Final = 4
"""Most nodes of one sort named as evidence."""


def evidence(graph: Graph, key: str, candidate: Candidate) -> tuple[Evidence, ...]:
    """Return the graph's keys and values that the answers rest on: output, loaders, samplers, enlargers."""
    trace, node = candidate.trace, candidate.node
    lines = [Evidence(f"{key}[{node.id}].class_type", node.class_type)]
    for use in candidate.verdict.uses[:MAX_USES]:
        lines += _of_use(graph, key, use)
    for item in islice(trace.samplers, MAX_PASSES):
        denoise = denoise_of(graph, graph.nodes[item])
        value = "not recorded" if denoise is None else f"{denoise:g}"
        lines.append(Evidence(f"{key}[{item}].{graph.nodes[item].class_type[:120]}.denoise", value))
    for items, remark in ((trace.services, ""), (trace.enlargers, ""), (trace.unknown, " (not known here)")):
        for item in islice(items, MAX_NODES):
            lines.append(
                Evidence(f"{key}[{item}].class_type", shorten(graph.nodes[item].class_type) + remark)
            )
    return tuple(dict.fromkeys(lines))


def _of_use(graph: Graph, key: str, use: Use) -> Iterator[Evidence]:
    node, via = graph.nodes[use.node], graph.nodes.get(use.via[0])
    name = describe(graph, node, Role.UNKNOWN).name or "embedded data"
    yield Evidence(f"{key}[{node.id}].{node.class_type[:120]}", shorten(name))
    if via is not None:
        place = f"{key}[{via.id}].{via.class_type[:120]}.{use.via[1][:80]}"
        yield Evidence(place.removesuffix("."), f"{use.kind.name.lower()} <- {node.id}")


def model_behind(graph: Graph, trace: Trace) -> str | None:
    """Return the model of the sampler that began the picture, not of one that only made a map for it."""
    for key in (*islice(reversed(trace.samplers), MAX_PASSES), *islice(trace.services, MAX_PASSES)):
        name = model_of(graph, graph.nodes[key])
        if name is not None and not makes_maps(name[:500]):
            return name
    return None


def extras(graph: Graph, candidate: Candidate) -> dict[str, Any]:
    """Return what else is recorded, JSON-ready; only what is there."""
    trace = candidate.trace
    samplers = [graph.nodes[key] for key in islice(trace.samplers, MAX_PASSES)]
    found: dict[str, Any] = {"output_node": candidate.node.id, "graph": graph.source}
    models = list(dict.fromkeys(name for node in samplers if (name := model_of(graph, node)) is not None))
    only = dict.fromkeys(use.node for use in trace.uses if use.kind in ASIDE)
    listed = {
        "loras": loras(graph, trace.visited),
        "models": models if len(models) > 1 else [],
        "controlnets": list(dict.fromkeys(islice(_controlnets(graph, trace), MAX_PASSES))),
        "passes": [{"node": node.id, "denoise": denoise_of(graph, node)} for node in samplers]
        if len(samplers) > 1
        else [],
        "loaded_only_for_text_or_size": [
            describe(graph, graph.nodes[key], Role.UNKNOWN).name for key in islice(only, MAX_USES)
        ],
    }
    found |= {name: value for name, value in listed.items() if value}
    first = next(iter([*reversed(trace.samplers), *trace.services]), None)
    if first is not None:
        found |= prompts(graph, graph.nodes[first]) | options(graph, graph.nodes[first])
    return found


def _controlnets(graph: Graph, trace: Trace) -> Iterator[str]:
    for key in trace.visited:
        for name, link in graph.nodes[key].links.items():
            loader = graph.nodes.get(link.node) if name.startswith(("control_net", "controlnet")) else None
            for setting, value in loader.widgets.items() if loader is not None else ():
                if setting.endswith("name") and isinstance(value, str):
                    yield value[:200]
