"""Civitai's own generator: A1111-like text with `Civitai resources` and `Civitai metadata`, or a ComfyUI graph.

1. Text: `Edit mode: true`, a `workflow` that starts with "img2img" or "img2vid", or `images` / `sourceImage` in the
   metadata: pictures went in, each linked by its address. `remixOfId` re-uses a prompt, not pixels.
2. EXIF UserComment that is a ComfyUI API graph with `extraMetadata` beside the nodes: the graph is what ran and
   decides. `transformations` lists earlier steps; a picture loaded there is the site's own earlier one, but it was
   loaded all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from myself_i2i.inspection._civitai_metadata import (
    address_of,
    checkpoint_of,
    dicts_in,
    pictures_of,
    resource_names,
    unsigned,
    workflow_mode,
    workflow_of,
)
from myself_i2i.inspection._embedded_graph import graph_in, read_embedded
from myself_i2i.inspection._json_fields import first_scalar, first_text
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
from myself_i2i.inspection._words import EDIT_MODEL
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
from myself_i2i.wording import Text

__all__ = ["read"]

MAX_STEPS = 50
"""Most earlier steps looked at."""

_OWN_EARLIER = Text(
    en="the picture that was loaded is an earlier one made on the same site",
    ja="読み込まれた画像は、同じサイトで前に作られたものです",
)


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
    parsed = parse_json(extra) if isinstance(extra, str) else extra
    meta: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    pictures, keys = pictures_of(meta)
    keys += ["workflow", "workflowId", "transformations"]
    steps = dicts_in(meta.get("transformations"))[:MAX_STEPS]
    earlier = {name for step in steps if (name := address_of(step.get("image")))}
    inputs = [_unsigned_input(item) for item in reading.inputs]
    known = {item.name for item in inputs}
    inputs += [
        ImageInput(role=Role.INIT, name=name) for name in [*pictures, *sorted(earlier)] if name not in known
    ]
    notes = list(reading.notes)
    mode, answer = _judge_graph(reading, workflow_of(meta), steps, notes, linked=bool(pictures))
    return replace(
        reading,
        mode=mode,
        image_input=answer,
        inputs=tuple(inputs) if answer is Answer.YES else (),
        extras={**reading.extras, **_meta_extras(meta)},
        evidence=(
            *(Evidence(f"extraMetadata: {key}", shorten(unsigned(meta[key]))) for key in keys if key in meta),
            *(replace(item, value=_cut_query(item.value)) for item in reading.evidence),
        ),
        notes=tuple(notes),
    )


def _judge_graph(
    reading: Reading, workflow: str, steps: list[dict[str, Any]], notes: list[Text], *, linked: bool
) -> tuple[Mode, Answer]:
    """Return mode and answer of the graph, with what the site's metadata says of the steps before it."""
    if workflow.startswith("img2img") or linked:
        known = reading.image_input is Answer.YES and reading.mode is not Mode.UNKNOWN
        return (reading.mode if known else workflow_mode(workflow)), Answer.YES
    enlarging = any(first_text(step, "type") == "upscale" and address_of(step.get("image")) for step in steps)
    if enlarging and reading.image_input is not Answer.NO:
        notes.append(_OWN_EARLIER)
        return Mode.UPSCALE, Answer.YES
    return reading.mode, reading.image_input


def _unsigned_input(item: ImageInput) -> ImageInput:
    return replace(item, name=_cut_query(item.name)) if item.name is not None else item


def _cut_query(text: str) -> str:
    """Cut an address before the query that carries its signature; other texts stay as they are."""
    return text.split("?", 1)[0] if text.startswith(("http://", "https://")) else text


def _from_text(info: Infotext, place: Place, material: Material) -> Reading:
    parsed = parse_json(info.get("Civitai metadata"))
    meta: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    resources = dicts_in(parse_json(info.get("Civitai resources")))
    pictures, keys = pictures_of(meta)
    notes: list[Text] = []
    mode, answer = _judge_text(info, meta, resources, pictures, notes)
    evidence = list(
        evidence_of(
            info,
            place,
            ["Edit mode", "Edit images count", "Denoising strength", "Civitai resources", "Steps"],
        )
    )
    metadata_place = place_of(place, "Civitai metadata")
    evidence += [
        Evidence(f"{metadata_place}: {key}", shorten(unsigned(meta[key])))
        for key in [*keys, "workflow", "workflowId"]
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
        model=info.get("Model") or checkpoint_of(resources or dicts_in(meta.get("resources"))),
        extras=_text_extras(info, meta, resources),
        evidence=tuple(evidence),
        notes=tuple(notes),
    )


def _judge_text(
    info: Infotext,
    meta: Mapping[str, Any],
    resources: list[dict[str, Any]],
    pictures: list[str],
    notes: list[Text],
) -> tuple[Mode, Answer]:
    workflow = workflow_of(meta) or (info.get("workflow") or "").casefold()
    if (info.get("Edit mode") or "").casefold() == "true":
        return Mode.EDIT, Answer.YES
    if workflow.startswith(("img2img", "img2vid")) or pictures:
        return workflow_mode(workflow), Answer.YES
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
        notes.append(EDIT_MODEL)
        return Mode.UNKNOWN, Answer.NOT_RECORDED
    return (Mode.UPSCALE if hires else Mode.T2I), Answer.NO


def _second_sizes(info: Infotext) -> list[tuple[int, int] | None]:
    size, factor = info.size("Size"), info.number("Hires upscale")
    if size is None or factor is None or not 0 < factor <= 16:  # noqa: PLR2004 - beyond the site's slider
        return [info.size("Hires resize")]
    return [(round(size[0] * factor), round(size[1] * factor)), info.size("Hires resize")]


def _text_extras(info: Infotext, meta: Mapping[str, Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    extras = extras_of(info)
    other = {key: value for key, value in extras.pop("other", {}).items() if not key.startswith("Civitai ")}
    listed = resources or dicts_in(meta.get("resources"))
    loras = list(
        dict.fromkeys(
            [*extras.get("loras", []), *resource_names(listed, "lora"), *resource_names(listed, "lycoris")]
        )
    )
    if loras:
        extras["loras"] = loras
    embeddings = [*resource_names(listed, "embed"), *resource_names(listed, "textualinversion")]
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
