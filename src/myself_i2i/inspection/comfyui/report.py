"""From the chosen output to the `Reading`: evidence, extras and notes."""

from __future__ import annotations

from typing import Any, Final

from myself_i2i.inspection.comfyui.graph import MAX_NODES, Graph, is_prompt
from myself_i2i.inspection.comfyui.kinds import ASIDE
from myself_i2i.inspection.comfyui.loaders import describe
from myself_i2i.inspection.comfyui.outputs import Candidate, Picked, pick
from myself_i2i.inspection.comfyui.settings import denoise_of, loras, makes_maps, model_of, options, prompts
from myself_i2i.inspection.comfyui.sources import Found
from myself_i2i.inspection.comfyui.verdict import Verdict
from myself_i2i.inspection.interface import Answer, Evidence, Mode, Reading, Role, shorten

__all__ = ["oversize", "report"]

MAX_EVIDENCE: Final = 40
"""Most evidence lines kept."""
TOOL: Final = "ComfyUI"


def report(
    graph: Graph, *, key: str, width: int, height: int, tool: str = TOOL, editor: Graph | None = None
) -> Reading:
    """Return the reading of a graph for a picture of this size."""
    picked = pick(graph, width, height)
    if picked is None:
        return _nothing(graph, key, tool)
    verdict, notes = picked.candidate.verdict, [*graph.notes, *picked.notes, *picked.candidate.verdict.notes]
    mode, answer = verdict.mode, verdict.answer
    if picked.screenshot:
        notes.append(
            "the pixels look like a screenshot of the editor; what is reported is the graph it carries"
        )
    if picked.foreign:
        notes.append(
            "the pixels have a size this graph cannot make; the file may be the loaded picture itself"
        )
    if picked.foreign or not picked.agreed:
        mode, answer = Mode.UNKNOWN, Answer.NOT_RECORDED
    if graph.source == "workflow":
        notes.append("only the editor's workflow is in the file, not the graph that ran")
    if editor is not None and _differs(graph, editor):
        notes.append(
            "the editor's workflow in the file is not the graph that ran; the graph that ran is reported"
        )
    return Reading(
        tool=tool,
        mode=mode,
        image_input=answer,
        inputs=verdict.inputs,
        strength=verdict.strength,
        model=_model(graph, picked.candidate),
        extras=_extras(graph, picked.candidate),
        evidence=tuple(_evidence(graph, key, picked, verdict))[:MAX_EVIDENCE],
        notes=tuple(dict.fromkeys(notes)),
    )


def oversize(found: Found) -> Reading | None:
    """Return the honest answer for a graph that is there but over the bounds, or None when there is none."""
    for value, key in ((found.prompt, found.prompt_key), (found.workflow, found.workflow_key)):
        nodes = value.get("nodes") if isinstance(value, dict) else None
        if isinstance(value, dict) and (
            is_prompt(value) or (isinstance(nodes, list) and len(nodes) > MAX_NODES)
        ):
            note = f"a graph of more than {MAX_NODES} nodes was not followed"
            size = str(len(nodes) if isinstance(nodes, list) else len(value))
            return Reading(
                tool=TOOL,
                mode=Mode.UNKNOWN,
                image_input=Answer.NOT_RECORDED,
                evidence=(Evidence(f"{key}: nodes", size),),
                notes=(note,),
            )
    return None


def _nothing(graph: Graph, key: str, tool: str) -> Reading:
    classes = ", ".join(dict.fromkeys(node.class_type for node in graph.nodes.values()))
    return Reading(
        tool=tool,
        mode=Mode.UNKNOWN,
        image_input=Answer.NOT_RECORDED,
        evidence=(Evidence(f"{key}: node classes", shorten(classes)),),
        notes=(*graph.notes, "the graph has no output that takes a picture"),
    )


def _evidence(graph: Graph, key: str, picked: Picked, verdict: Verdict) -> list[Evidence]:
    candidate = picked.candidate
    lines = [Evidence(f"{key}[{candidate.node.id}].class_type", candidate.node.class_type)]
    for use in verdict.uses:
        node = graph.nodes[use.node]
        name = describe(graph, node, Role.UNKNOWN).name or "embedded data"
        lines.append(Evidence(f"{key}[{node.id}].{node.class_type}", shorten(name)))
        via = graph.nodes.get(use.via[0])
        if via is not None:
            lines.append(
                Evidence(
                    f"{key}[{via.id}].{via.class_type}.{use.via[1]}", f"{use.kind.name.lower()} <- {node.id}"
                )
            )
    for sampler in candidate.trace.samplers[:8]:
        node = graph.nodes[sampler]
        denoise = denoise_of(graph, node)
        lines.append(
            Evidence(
                f"{key}[{sampler}].{node.class_type}.denoise",
                "not recorded" if denoise is None else f"{denoise:g}",
            )
        )
    lines += [
        Evidence(f"{key}[{item}].class_type", graph.nodes[item].class_type)
        for item in candidate.trace.services[:4]
    ]
    lines += [
        Evidence(f"{key}[{item}].class_type", graph.nodes[item].class_type)
        for item in candidate.trace.enlargers[:4]
    ]
    lines += [
        Evidence(f"{key}[{item}].class_type", f"{graph.nodes[item].class_type} (not known here)")
        for item in candidate.trace.unknown[:4]
    ]
    return list(dict.fromkeys(lines))


def _model(graph: Graph, candidate: Candidate) -> str | None:
    for key in (*reversed(candidate.trace.samplers), *candidate.trace.services):
        name = model_of(graph, graph.nodes[key])
        if name is not None and not makes_maps(name):
            return name
    return None


def _extras(graph: Graph, candidate: Candidate) -> dict[str, Any]:
    trace = candidate.trace
    extras: dict[str, Any] = {"output_node": candidate.node.id, "graph": graph.source}
    names = loras(graph, trace.visited)
    if names:
        extras["loras"] = names
    models = list(
        dict.fromkeys(
            name for key in trace.samplers if (name := model_of(graph, graph.nodes[key])) is not None
        )
    )
    if len(models) > 1:
        extras["models"] = models
    nets = [value[:200] for key in trace.visited for name, value in _controlnets(graph, key)]
    if nets:
        extras["controlnets"] = list(dict.fromkeys(nets))
    first = next((graph.nodes[key] for key in reversed([*trace.services, *trace.samplers])), None)
    if first is not None:
        extras |= prompts(graph, first) | options(graph, first)
    if len(trace.samplers) > 1:
        extras["passes"] = [
            {"node": key, "denoise": denoise_of(graph, graph.nodes[key])} for key in trace.samplers[:16]
        ]
    only = [use.node for use in trace.uses if use.kind in ASIDE]
    if only:
        extras["loaded_only_for_text_or_size"] = [
            describe(graph, graph.nodes[key], Role.UNKNOWN).name for key in dict.fromkeys(only)
        ]
    return extras


def _controlnets(graph: Graph, key: str) -> list[tuple[str, str]]:
    node = graph.nodes[key]
    found = [
        (name, link.node)
        for name, link in node.links.items()
        if name.startswith(("control_net", "controlnet"))
    ]
    names = []
    for name, source in found:
        loader = graph.nodes.get(source)
        value = (
            next((v for k, v in loader.widgets.items() if k.endswith("name") and isinstance(v, str)), None)
            if loader
            else None
        )
        if value is not None:
            names.append((name, value))
    return names


def _differs(graph: Graph, editor: Graph) -> bool:
    """Whether the two graphs load different numbers of models and samplers altogether: not the same work."""
    ran = {node.class_type for node in graph.nodes.values()}
    drawn = {node.class_type for node in editor.nodes.values()}
    samplers = any("Sampler" in name for name in ran), any("Sampler" in name for name in drawn)
    return samplers[0] is not samplers[1]
