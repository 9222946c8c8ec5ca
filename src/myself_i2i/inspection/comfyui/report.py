"""From the chosen output to the `Reading`."""

from __future__ import annotations

from typing import Final

from myself_i2i.inspection.comfyui.details import evidence, extras, model_behind
from myself_i2i.inspection.comfyui.graph import MAX_NODES, Graph, is_prompt
from myself_i2i.inspection.comfyui.outputs import pick
from myself_i2i.inspection.comfyui.sources import Found
from myself_i2i.inspection.interface import Answer, Evidence, Mode, Reading, shorten
from myself_i2i.wording import Text

__all__ = ["oversize", "report"]

TOOL: Final = "ComfyUI"

SCREENSHOT: Final = Text(
    en="the pixels look like a screenshot of the editor; what is reported is the graph it carries",
    ja="エディターの画面を写した画像のようです。ファイルに付いているグラフの内容を示します",
)
FOREIGN: Final = Text(
    en="the pixels have a size this graph cannot make; the file may be the loaded picture itself",
    ja="このグラフでは作れない大きさの画像です。読み込まれた画像そのものかもしれません",
)
EDITOR_ONLY: Final = Text(
    en="only the editor's workflow is in the file, not the graph that ran",
    ja="ファイルにあるのはエディターのワークフローだけで、実行されたグラフはありません",
)
EDITOR_DIFFERS: Final = Text(
    en="the editor's workflow in the file is not the graph that ran; the graph that ran is reported",
    ja="エディターのワークフローと実行されたグラフが違います。実行されたグラフの内容を示します",
)
OVERSIZE: Final = Text(
    en="a graph of more than {most} nodes was not followed",
    ja="ノードが {most} 個を超えるグラフのため、たどっていません",
)
NO_OUTPUT: Final = Text(
    en="the graph has no output that takes a picture", ja="グラフに、画像を受け取る出力がありません"
)


def report(
    graph: Graph, *, key: str, width: int, height: int, tool: str = TOOL, editor: Graph | None = None
) -> Reading:
    """Return the reading of a graph for a picture of this size."""
    picked = pick(graph, width, height)
    if picked is None:
        return _nothing(graph, key, tool)
    verdict, notes = picked.candidate.verdict, [*picked.notes, *picked.candidate.verdict.notes]
    mode, answer = verdict.mode, verdict.answer
    if picked.screenshot:
        notes.append(SCREENSHOT)
    if picked.foreign:
        notes.append(FOREIGN)
    if mode is Mode.UPSCALE and verdict.inside and picked.candidate.fits(width, height):
        mode = Mode.T2I  # the sampler could enlarge by itself, but this file has the first pass's size
    if picked.foreign or not picked.agreed:
        mode, answer = Mode.UNKNOWN, Answer.NOT_RECORDED
    if graph.source == "workflow":
        notes.append(EDITOR_ONLY)
    if editor is not None and _differs(graph, editor):
        notes.append(EDITOR_DIFFERS)
    return Reading(
        tool=tool,
        mode=mode,
        image_input=answer,
        inputs=verdict.inputs,
        strength=verdict.strength,
        model=model_behind(graph, picked.candidate.trace),
        extras=extras(graph, picked.candidate),
        evidence=evidence(graph, key, picked.candidate),
        notes=tuple(dict.fromkeys(notes)),
    )


def oversize(found: Found) -> Reading | None:
    """Return the honest answer for a graph that is there but over the bounds, or None when there is none."""
    for value, key in ((found.prompt, found.prompt_key), (found.workflow, found.workflow_key)):
        nodes = value.get("nodes") if isinstance(value, dict) else None
        if isinstance(value, dict) and (
            is_prompt(value) or (isinstance(nodes, list) and len(nodes) > MAX_NODES)
        ):
            size = str(len(nodes) if isinstance(nodes, list) else len(value))
            return Reading(
                tool=TOOL,
                mode=Mode.UNKNOWN,
                image_input=Answer.NOT_RECORDED,
                evidence=(Evidence(f"{key}: nodes", size),),
                notes=(OVERSIZE.format(most=MAX_NODES),),
            )
    return None


def _nothing(graph: Graph, key: str, tool: str) -> Reading:
    classes = ", ".join(dict.fromkeys(node.class_type for node in graph.nodes.values()))
    return Reading(
        tool=tool,
        mode=Mode.UNKNOWN,
        image_input=Answer.NOT_RECORDED,
        evidence=(Evidence(f"{key}: node classes", shorten(classes)),),
        notes=(NO_OUTPUT,),
    )


def _differs(graph: Graph, editor: Graph) -> bool:
    """Whether the two graphs load different numbers of models and samplers altogether: not the same work."""
    ran = {node.class_type for node in graph.nodes.values()}
    drawn = {node.class_type for node in editor.nodes.values()}
    samplers = any("Sampler" in name for name in ran), any("Sampler" in name for name in drawn)
    return samplers[0] is not samplers[1]
