"""Civitai's own generator: A1111-like text with `Civitai resources` and `Civitai metadata`, or a ComfyUI graph.

1. Text: `Edit mode: true`, a `workflow` that starts with "img2img" or "img2vid", or `images` / `sourceImage` in the
   metadata: pictures went in, each linked by its address. `remixOfId` re-uses a prompt, not pixels.
2. EXIF UserComment that is a ComfyUI API graph with `extraMetadata` beside the nodes: the graph is what ran and
   decides. `transformations` lists earlier steps; a picture loaded there is the site's own earlier one, but it was
   loaded all the same.

The addresses carry a signature that opens the picture to whoever has it. It is left out of what we report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from myself_i2i.inspection._embedded_graph import graph_in, read_embedded
from myself_i2i.inspection._json_fields import first_number, first_scalar, first_text
from myself_i2i.inspection._later_work import editor_of, enlarged
from myself_i2i.inspection._settings import (
    Place,
    Writer,
    evidence_of,
    extras_of,
    find_infotext,
    names_edit_model,
    place_of,
    writer_of,
)
from myself_i2i.inspection.infotext import Infotext
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

__all__ = ["read"]

MAX_IMAGES = 50
"""Most linked pictures kept."""

_IMAGE_LISTS = ("images", "sourceImages", "referenceImages")
_ONE_IMAGE = ("sourceImage", "image", "initImage", "firstFrame", "maskImage")


def read(material: Material) -> Reading | None:
    """Return what Civitai's generator recorded, or None when it wrote nothing here."""
    graph = _graph(material)
    if graph is not None:
        return _from_graph(graph, material)
    found = find_infotext(material)
    if found is None or writer_of(found[0]) is not Writer.CIVITAI:
        return None
    return _from_text(*found, material)


def _graph(material: Material) -> dict[str, Any] | None:
    data = parse_json(material.exif("UserComment"))
    if (
        isinstance(data, dict)
        and ("extraMetadata" in data or _is_civitai_extra(data.get("extra")))
        and graph_in(data)
    ):
        return data
    separate = material.text("extraMetadata")
    data = parse_json(material.text("prompt")) if separate is not None else None
    return {**data, "extraMetadata": separate} if isinstance(data, dict) and graph_in(data) else None


def _is_civitai_extra(extra: Any) -> bool:
    return isinstance(extra, dict) and "airs" in extra


def _from_graph(data: dict[str, Any], material: Material) -> Reading | None:
    reading = read_embedded(data, material, tool="Civitai", key="UserComment graph")
    if reading is None:
        return None
    extra = data.get("extraMetadata")
    meta = parse_json(extra) if isinstance(extra, str) else extra
    meta = meta if isinstance(meta, dict) else {}
    pictures, keys = _pictures(meta)
    steps = [item for item in _list(meta.get("transformations")) if isinstance(item, dict)][:MAX_IMAGES]
    workflow = first_text(meta, "workflow") or ""
    evidence = [
        Evidence(f"extraMetadata: {key}", shorten(_unsigned(meta[key])))
        for key in [*keys, "workflow"]
        if key in meta
    ]
    earlier = {name for step in steps if (name := _address(step.get("image")))}
    mode, answer, notes = reading.mode, reading.image_input, list(reading.notes)
    if steps:
        evidence.append(
            Evidence("extraMetadata: transformations", shorten([first_text(step, "type") for step in steps]))
        )
        if (
            answer is Answer.YES
            and any(first_text(step, "type") == "upscale" for step in steps)
            and not pictures
        ):
            mode = Mode.UPSCALE
            notes.append("the picture that was loaded is an earlier one made on the same site")
    if workflow.startswith("img2img") or pictures:
        mode = _workflow_mode(workflow) if answer is not Answer.YES else mode
        answer = Answer.YES
    known = {item.name for item in reading.inputs}
    added = [
        ImageInput(role=Role.INIT, name=name) for name in [*pictures, *sorted(earlier)] if name not in known
    ]
    return replace(
        reading,
        mode=mode,
        image_input=answer,
        inputs=(*reading.inputs, *added) if answer is Answer.YES else (),
        extras={**reading.extras, **_meta_extras(meta)},
        evidence=(*evidence, *reading.evidence),
        notes=tuple(notes),
    )


def _from_text(info: Infotext, place: Place, material: Material) -> Reading:
    parsed = parse_json(info.get("Civitai metadata"))
    meta: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    resources = [item for item in _list(parse_json(info.get("Civitai resources"))) if isinstance(item, dict)]
    pictures, keys = _pictures(meta)
    notes: list[str] = []
    mode, answer = _judge_text(info, meta, resources, pictures, notes)
    evidence = list(
        evidence_of(
            info, place, ["Edit mode", "Edit images count", "Denoising strength", "Civitai resources"]
        )
    )
    metadata_place = place_of(place, "Civitai metadata")
    evidence += [
        Evidence(f"{metadata_place}: {key}", shorten(_unsigned(meta[key])))
        for key in [*keys, "workflow"]
        if key in meta
    ]
    if answer is Answer.NO:
        later = editor_of(material.container) or enlarged(
            material.container, info.size("Size"), *_second_sizes(info)
        )
        if later is not None:
            answer = Answer.NOT_RECORDED
            evidence.append(later[0])
            notes.append(later[1])
    strength = info.number("Denoising strength")
    return Reading(
        tool="Civitai",
        mode=mode,
        image_input=answer,
        inputs=tuple(ImageInput(role=Role.INIT, name=name) for name in pictures),
        strength=strength if strength is not None and 0 <= strength <= 1 else None,
        model=info.get("Model") or _checkpoint(resources),
        extras=_text_extras(info, meta, resources),
        evidence=tuple(evidence),
        notes=tuple(notes),
    )


def _judge_text(
    info: Infotext,
    meta: Mapping[str, Any],
    resources: list[dict[str, Any]],
    pictures: list[str],
    notes: list[str],
) -> tuple[Mode, Answer]:
    workflow = (first_text(meta, "workflow") or info.get("workflow") or "").casefold()
    if (info.get("Edit mode") or "").casefold() == "true":
        return Mode.EDIT, Answer.YES
    if workflow.startswith(("img2img", "img2vid")) or pictures:
        return _workflow_mode(workflow), Answer.YES
    hires = bool(info.starting("Hires ")) or "hires" in workflow
    if info.key("Denoising strength") is not None and not hires:
        return Mode.I2I, Answer.YES
    if info.starting("ControlNet") or meta.get("controlNets"):
        return Mode.CONTROLNET, Answer.YES
    models = [
        name
        for item in resources
        for name in (first_text(item, "modelName"), first_text(item, "modelVersionName"))
    ]
    if not workflow.startswith("txt2img") and names_edit_model(
        *models, info.get("Model"), info.get("Sampler")
    ):
        notes.append(
            "the model is made to edit a given picture, and the text does not say whether one was given"
        )
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    return (Mode.UPSCALE if hires else Mode.T2I), Answer.NO


def _workflow_mode(workflow: str) -> Mode:
    for word, mode in (("edit", Mode.EDIT), ("upscale", Mode.UPSCALE), ("inpaint", Mode.INPAINT)):
        if word in workflow:
            return mode
    return Mode.I2I


def _pictures(meta: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the addresses of the pictures that `meta` says went in, and the keys they stand under."""
    found: dict[str, None] = {}
    keys: list[str] = []
    for key in (*_IMAGE_LISTS, *_ONE_IMAGE):
        items = _list(meta.get(key)) if key in _IMAGE_LISTS else [meta.get(key)]
        names = [name for item in items[:MAX_IMAGES] if (name := _address(item))]
        if names:
            keys.append(key)
            found.update(dict.fromkeys(names))
    return list(found), keys


def _address(item: Any) -> str | None:
    text = item if isinstance(item, str) else first_text(item, "url", "id")
    return text.split("?", 1)[0][:2_000] if text and text.strip() else None


def _unsigned(value: Any) -> Any:
    """Return `value` for evidence, with addresses cut before their signature."""
    if isinstance(value, list):
        return [_unsigned(item) for item in value[:MAX_IMAGES] if isinstance(item, dict | str)]
    if isinstance(value, dict):
        return {"url": _address(value)}
    return value.split("?", 1)[0] if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _second_sizes(info: Infotext) -> list[tuple[int, int] | None]:
    size, factor = info.size("Size"), info.number("Hires upscale")
    if size is None or factor is None or not 0 < factor <= 16:  # noqa: PLR2004 - beyond the site's slider
        return [info.size("Hires resize")]
    return [(round(size[0] * factor), round(size[1] * factor)), info.size("Hires resize")]


def _checkpoint(resources: list[dict[str, Any]]) -> str | None:
    for item in resources:
        if (first_text(item, "type") or "").casefold() == "checkpoint":
            named = " ".join(
                part for part in (first_text(item, "modelName"), first_text(item, "modelVersionName")) if part
            )
            number = first_number(item, "modelVersionId")
            return named or (f"Civitai model version {number:.0f}" if number is not None else None)
    return None


def _resource_names(resources: list[dict[str, Any]], kind: str) -> list[str]:
    names: dict[str, None] = {}
    for item in resources[:200]:
        number = first_number(item, "modelVersionId")
        if kind in (first_text(item, "type") or "").casefold():
            names.setdefault(
                first_text(item, "modelName")
                or (f"model version {number:.0f}" if number is not None else kind)
            )
    return list(names)


def _text_extras(info: Infotext, meta: Mapping[str, Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    extras = extras_of(info)
    other = {key: value for key, value in extras.pop("other", {}).items() if not key.startswith("Civitai ")}
    listed = resources or [item for item in _list(meta.get("resources")) if isinstance(item, dict)]
    loras = list(
        dict.fromkeys(
            [*extras.get("loras", []), *_resource_names(listed, "lora"), *_resource_names(listed, "lycoris")]
        )
    )
    if loras:
        extras["loras"] = loras
    embeddings = [*_resource_names(listed, "embed"), *_resource_names(listed, "textualinversion")]
    if embeddings:
        extras["embeddings"] = embeddings
    for key in ("workflow", "ecosystem", "remixOfId"):
        if isinstance(meta.get(key), str | int):
            other[key] = shorten(meta[key])
    return {**extras, **({"other": other} if other else {})}


def _meta_extras(meta: Mapping[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    for new, old in (
        ("prompt", "prompt"),
        ("negative_prompt", "negativePrompt"),
        ("sampler", "sampler"),
        ("seed", "seed"),
    ):
        value = first_scalar(meta, old)
        if value is not None:
            extras[new] = value
    return extras
