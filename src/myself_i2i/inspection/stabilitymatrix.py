"""StabilityMatrix's inference page: PNG `smproj` (the project), `prompt` (the ComfyUI graph it ran), `parameters`.

The graph is what ran, so it decides; the project names the kind of work (`InferenceProjectType`) and its modules,
and decides when the graph is missing or cannot be read. The `parameters` text leaves hires fix out and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from myself_i2i.inspection._embedded_graph import read_embedded
from myself_i2i.inspection._json_fields import first_number, first_text
from myself_i2i.inspection._settings import extras_of
from myself_i2i.inspection.infotext import parse
from myself_i2i.inspection.interface import (
    Answer,
    Evidence,
    ImageInput,
    Material,
    Mode,
    Reading,
    Role,
    parse_json,
    shorten,
)
from myself_i2i.wording import Text

__all__ = ["read"]

MAX_VALUES = 20_000
"""Most values of a project that are looked at."""

_PATH_ONLY = Text(
    en="named in the project only by its path", ja="プロジェクトには、画像のパスだけが書かれています"
)
_NO_PROJECT = Text(
    en="the project that says what kind of work it was is not in the file",
    ja="どんな作業だったかを示すプロジェクトの記録が、ファイルにありません",
)

_KINDS = {
    "texttoimage": (Mode.T2I, Answer.NO),
    "fluxtexttoimage": (Mode.T2I, Answer.NO),
    "imagetoimage": (Mode.I2I, Answer.YES),
    "inpainting": (Mode.INPAINT, Answer.YES),
    "upscale": (Mode.UPSCALE, Answer.YES),
    "imagetovideo": (Mode.I2I, Answer.YES),
    "wanimagetovideo": (Mode.I2I, Answer.YES),
    "wantexttovideo": (Mode.T2I, Answer.NO),
}


def read(material: Material) -> Reading | None:
    """Return what StabilityMatrix recorded, or None when it wrote nothing here."""
    project = parse_json(material.text("smproj"))
    parameters = parse_json(material.text("parameters-json"))
    if not isinstance(project, dict) and not (
        isinstance(parameters, dict) and "PositivePrompt" in parameters
    ):
        return None
    kind = first_text(project, "ProjectType") or ""
    own = _from_project(kind, project)
    graph = read_embedded(parse_json(material.text("prompt")), material, tool="StabilityMatrix", key="prompt")
    extras = _extras(material, parameters, project)
    if graph is None or (
        graph.image_input is Answer.NOT_RECORDED and own.image_input is not Answer.NOT_RECORDED
    ):
        base = (
            own
            if graph is None
            else replace(own, evidence=(*own.evidence, *graph.evidence), inputs=graph.inputs or own.inputs)
        )
        return replace(base, extras=extras, model=own.model or first_text(parameters, "ModelName"))
    if own.image_input is Answer.YES and graph.image_input is Answer.NO:
        # The project says a picture was chosen, the graph that ran shows none: neither may be dropped in silence.
        return replace(
            own, evidence=(*own.evidence, *graph.evidence), image_input=Answer.NOT_RECORDED, extras=extras
        )
    return replace(
        graph,
        model=graph.model or first_text(parameters, "ModelName"),
        extras={**graph.extras, **extras},
        evidence=(*own.evidence, *graph.evidence),
    )


def _from_project(kind: str, project: Any) -> Reading:
    mode, answer = _KINDS.get(kind.casefold(), (Mode.UNKNOWN, Answer.NOT_RECORDED))
    modules = list(_enabled_modules(project))
    evidence = (
        [Evidence("PNG smproj: ProjectType", kind)]
        if kind
        else [Evidence("PNG parameters-json", "StabilityMatrix")]
    )
    inputs: tuple[ImageInput, ...] = ()
    control = [name for name in modules if "ControlNet" in name or "IPAdapter" in name]
    if control:
        evidence += [Evidence("PNG smproj: module", shorten(name)) for name in control[:10]]
        mode = Mode.MIXED if answer is Answer.YES else Mode.CONTROLNET
        answer = Answer.YES
        inputs = (ImageInput(role=Role.CONTROL, note=_PATH_ONLY),)
    elif answer is Answer.NO and any("HiresFix" in name or "Upscaler" in name for name in modules):
        evidence.append(Evidence("PNG smproj: module", "HiresFixModule"))
        mode = Mode.UPSCALE
    model = first_text(_member(project, "State", "Model"), "SelectedModelName")
    return Reading(
        tool="StabilityMatrix",
        mode=mode,
        image_input=answer,
        inputs=inputs,
        strength=_strength(project) if mode is Mode.I2I else None,
        model=model,
        evidence=tuple(evidence),
        notes=() if kind else (_NO_PROJECT,),
    )


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _enabled_modules(project: Any) -> Iterator[str]:
    """Yield the `$type` of every switched-on module, walked without recursion and bounded."""
    queue: list[Any] = [project]
    for _ in range(MAX_VALUES):
        if not queue:
            return
        value = queue.pop()
        if isinstance(value, dict):
            kind = value.get("$type")
            if isinstance(kind, str) and value.get("IsEnabled") is True:
                yield kind[:200]
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)


def _strength(project: Any) -> float | None:
    value = first_number(_member(project, "State", "Sampler"), "DenoiseStrength")
    return value if value is not None and 0 <= value <= 1 else None


def _extras(material: Material, parameters: Any, project: Any) -> dict[str, Any]:
    info = parse(material.text("parameters"))
    extras = extras_of(info) if info is not None else {}
    extras.pop("other", None)
    for new, old in (
        ("prompt", "PositivePrompt"),
        ("negative_prompt", "NegativePrompt"),
        ("sampler", "Sampler"),
    ):
        value = first_text(parameters, old)
        if value:
            extras.setdefault(new, value)
    kind = first_text(project, "ProjectType")
    if kind:
        extras["project_type"] = kind[:100]
    return extras
