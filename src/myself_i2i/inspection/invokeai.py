"""InvokeAI 3 and later: `invokeai_metadata`, the executed `invokeai_graph`, and the editor's `invokeai_workflow`.

`generation_mode` says txt2img also when an IP-Adapter or another reference was used, so the lists beside it decide
too. Pictures are named by the server's own ids. A picture made in the node editor carries only the workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._invokeai_graph import Graph, images_used
from myself_i2i.inspection.interface import (
    Answer,
    Evidence,
    ImageInput,
    Material,
    Mode,
    Reading,
    Role,
    parse_json,
)
from myself_i2i.inspection.values import dicts, evidence, find_key, mapping, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "InvokeAI"
WHERE = "invokeai_metadata"
MODES = {"txt2img": Mode.T2I, "img2img": Mode.I2I, "inpaint": Mode.INPAINT, "outpaint": Mode.OUTPAINT}
LISTS = {
    "controlnets": (Role.CONTROL, Mode.CONTROLNET),
    "t2iAdapters": (Role.CONTROL, Mode.CONTROLNET),
    "ipAdapters": (Role.REFERENCE, Mode.REFERENCE),
    "ref_images": (Role.REFERENCE, Mode.REFERENCE),
}
IMAGES = {"init_image": Role.INIT, "mask_image": Role.MASK, "upscale_initial_image": Role.INIT}
MODE_UNKNOWN = Text(
    en="generation_mode is missing or not known here", ja="generation_modeがないか、意味のわからない値です"
)
FROM_EDITOR = Text(
    en="made in the node editor: the workflow is what stood there when it was started",
    ja="ノードエディターで作られています。ワークフローは、実行を始めたときのものです",
)
PICTURE_UNNAMED = Text(
    en="the workflow has an image input whose picture is not named",
    ja="ワークフローに、画像の名前が書かれていない画像入力があります",
)


def read(material: Material) -> Reading | None:
    """Return what an InvokeAI (3 or later) file records, or None."""
    record = mapping(parse_json(material.text("invokeai_metadata")))
    graph = Graph.parse(parse_json(material.text("invokeai_graph")))
    workflow = Graph.parse(parse_json(material.text("invokeai_workflow")))
    if not record and graph is None and workflow is None:
        return None
    return _from_metadata(record, graph) if record else _from_graph(graph, workflow)


def _from_metadata(record: Mapping[str, Any], graph: Graph | None) -> Reading:
    asked = text(record.get("generation_mode")) or ""
    base = next((mode for name, mode in MODES.items() if asked.endswith(name)), None)
    modes: list[Mode] = [] if base is None or base is Mode.T2I else [base]
    inputs = _inputs(record, graph, modes)
    answer = Answer.YES if modes or inputs else Answer.NO if base is Mode.T2I else Answer.NOT_RECORDED
    mode = modes[0] if len(set(modes)) == 1 else Mode.MIXED if modes else base or Mode.UNKNOWN
    if answer is Answer.YES and mode is Mode.T2I:
        mode = Mode.UNKNOWN
    own_pass = answer is Answer.NO and record.get("hrf_enabled") is True
    strength = unit(record.get("strength")) if base in (Mode.I2I, Mode.INPAINT, Mode.OUTPAINT) else None
    return Reading(
        tool=TOOL,
        tool_version=text(record.get("app_version")),
        mode=Mode.UPSCALE if own_pass else mode,
        image_input=answer,
        inputs=tuple(inputs),
        strength=strength,
        model=_model(record.get("model")),
        extras=_extras(record),
        evidence=tuple(
            evidence(
                WHERE,
                record,
                "generation_mode",
                *IMAGES,
                *LISTS,
                "strength",
                "hrf_enabled",
                "canvas_v2_metadata",
            )
            or evidence(WHERE, record, "app_version", "positive_prompt", *list(record)[:1])
        ),
        notes=() if base or answer is Answer.YES else (MODE_UNKNOWN,),
    )


def _inputs(record: Mapping[str, Any], graph: Graph | None, modes: list[Mode]) -> list[ImageInput]:
    """Return every picture named, once for each role; adds to `modes` what the pictures were used for."""
    inputs = [item for key, role in IMAGES.items() for item in _named(record.get(key), role)]
    if record.get("upscale_initial_image"):
        modes.append(Mode.UPSCALE)
    for key, (role, mode) in LISTS.items():
        used = [entry for entry in dicts(record.get(key)) if entry.get("isEnabled", True) is not False]
        inputs += [item for entry in used for item in _named(_picture(entry), role)]
        modes += [mode] if used else []
    inputs += _canvas(record, modes)
    from_graph = images_used(graph) if graph else []
    inputs += [ImageInput(role=Role.UNKNOWN, name=name) for name in from_graph]
    return list({(item.name, item.role): item for item in _known_once(inputs)}.values())


def _canvas(record: Mapping[str, Any], modes: list[Mode]) -> list[ImageInput]:
    """Pictures on the canvas of InvokeAI 5 and later; layers that were switched off are saved too."""
    canvas = mapping(record.get("canvas_v2_metadata"))
    inputs: list[ImageInput] = []
    if any(mode in (Mode.I2I, Mode.INPAINT, Mode.OUTPAINT) for mode in modes):
        # In a text run the raster layers lie outside the part that was generated.
        inputs += _layer_images(canvas.get("rasterLayers"), Role.INIT)
        inputs += _layer_images(canvas.get("inpaintMasks"), Role.MASK)
    controls = _layer_images(canvas.get("controlLayers"), Role.CONTROL)
    references = _layer_images(canvas.get("referenceImages"), Role.REFERENCE)
    references += _layer_images(canvas.get("regionalGuidance"), Role.REFERENCE)
    modes += [Mode.CONTROLNET] if controls and Mode.CONTROLNET not in modes else []
    modes += [Mode.REFERENCE] if references and Mode.REFERENCE not in modes else []
    return [*inputs, *controls, *references]


def _layer_images(layers: Any, role: Role) -> list[ImageInput]:
    enabled = [layer for layer in dicts(layers) if layer.get("isEnabled", True) is not False]
    return [item for layer in enabled for item in _named(layer, role)]


def _picture(entry: Mapping[str, Any]) -> Any:
    # A control entry names the picture and, beside it, the processed copy made of it.
    return next((entry[key] for key in ("image", "control", "config") if entry.get(key)), entry)


def _named(value: Any, role: Role) -> list[ImageInput]:
    if isinstance(value, str):
        return [ImageInput(role=role, name=value)] if value else []
    found = [name for name in find_key(value, "image_name") if isinstance(name, str) and name]
    return [ImageInput(role=role, name=name) for name in dict.fromkeys(found)]


def _known_once(inputs: list[ImageInput]) -> list[ImageInput]:
    told = {item.name for item in inputs if item.role is not Role.UNKNOWN}
    return [item for item in inputs if item.role is not Role.UNKNOWN or item.name not in told]


def _model(value: Any) -> str | None:
    if isinstance(value, str):
        return text(value)
    record = mapping(value)
    return text(record.get("model_name")) or text(record.get("name")) or text(record.get("key"))


def _extras(record: Mapping[str, Any]) -> dict[str, Any]:
    loras = [_model(item.get("lora") or item.get("model")) for item in dicts(record.get("loras"))]
    second = {
        key: record[key]
        for key in ("hrf_method", "hrf_strength")
        if record.get("hrf_enabled") and key in record
    }
    values = {
        "loras": [name for name in loras if name],
        "prompt": text(record.get("positive_prompt")),
        "negative_prompt": text(record.get("negative_prompt")),
        "seed": record.get("seed"),
        "steps": record.get("steps"),
        "sampler": text(record.get("scheduler")),
        "second_pass": second,
    }
    return {key: value for key, value in values.items() if value not in (None, [], {})}


def _from_graph(graph: Graph | None, workflow: Graph | None) -> Reading:
    used = graph or workflow
    where = "invokeai_graph" if graph else "invokeai_workflow"
    names = images_used(used) if used else []
    makes = used is not None and used.generates
    answer = Answer.YES if names else Answer.NO if makes else Answer.NOT_RECORDED
    kinds = sorted(used.kinds) if used else []
    notes = [] if graph else [FROM_EDITOR]
    if used is not None and used.unnamed and not names:
        answer = Answer.NOT_RECORDED
        notes.append(PICTURE_UNNAMED)
    return Reading(
        tool=TOOL,
        mode=used.mode(names) if used and answer is not Answer.NOT_RECORDED else Mode.UNKNOWN,
        image_input=answer,
        inputs=tuple(ImageInput(role=Role.UNKNOWN, name=name) for name in names),
        strength=used.strength if used and names else None,
        evidence=(
            Evidence(f"{where}: node types", ", ".join(kinds)[:300]),
            *(Evidence(f"{where}: image_name", name) for name in names[:20]),
        ),
        notes=tuple(notes),
    )
