"""Draw Things: JSON in XMP `exif:UserComment` (PNG) or EXIF UserComment (JPEG).

No picture is ever named. What shows that one went in: `strength` below 1 (the canvas was used), an `image_encoded`
step in the timings, a control that is switched on, or a model or LoRA that only works on a picture (fill, canny,
depth). `mask_blur` is always there and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._xmp_properties import EXIF, XMP, xmp_properties
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
from myself_i2i.inspection.values import dicts, evidence, find_key, mapping, number, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "Draw Things"
WHERE = "Draw Things"
REFERENCE_CONTROLS = re.compile(r"redux|ip[-_]?adapter|pulid|face|clip[-_]?vision|shuffle", re.IGNORECASE)
FILL_MODELS = re.compile(r"(^|[-_])(fill|inpaint(ing)?)([-_.]|$)", re.IGNORECASE)
EDIT_MODELS = re.compile(r"kontext|(^|[-_])(edit|instruct[-_]?pix2pix|ip2p)([-_.]|$)", re.IGNORECASE)
CONTROL_PARTS = re.compile(r"^flux_1_(canny|depth)_dev", re.IGNORECASE)
"""The FLUX.1 Tools: without a picture they have nothing to follow. A LoRA of another name may speak of depth too."""

CANVAS = Text(en="the canvas", ja="キャンバスの画像")
CANVAS_UNTOLD = Text(
    en="whether the canvas held a picture is not recorded",
    ja="キャンバスに画像があったかどうかは記録されていません",
)


def read(material: Material) -> Reading | None:
    """Return what a Draw Things file records, or None."""
    found = _record(material)
    if found is None:
        return None
    record, software = found
    controls = _controls(record)
    loras = _loras(record)
    steps = [name for name in find_key(mapping(record.get("profile")), "name") if isinstance(name, str)]
    inputs, modes = _inputs(record, controls, loras, steps)
    answer = Answer.YES if inputs else Answer.NO
    notes = []
    if not inputs and (not record or (FILL_MODELS.search(_model(record) or "") and not steps)):
        answer = Answer.NOT_RECORDED
        notes.append(CANVAS_UNTOLD)
    mode = modes[0] if len(modes) == 1 else Mode.MIXED if modes else Mode.T2I
    has_init = any(item.role is Role.INIT for item in inputs)
    own_pass = mode is Mode.T2I and mapping(record.get("v2")).get("hiresFix") is True
    return Reading(
        tool=TOOL,
        mode=Mode.UNKNOWN if answer is Answer.NOT_RECORDED else Mode.UPSCALE if own_pass else mode,
        image_input=answer,
        inputs=tuple(inputs),
        strength=_strength(record) if has_init else None,
        model=_model(record),
        extras=_extras(record, controls, loras),
        evidence=(
            *evidence(WHERE, record, "strength", "model", "control", "lora"),
            *([Evidence(f"{WHERE}: profile.timings", ", ".join(steps)[:300])] if steps else []),
            Evidence("creator tool", software),
        ),
        notes=tuple(notes),
    )


def _record(material: Material) -> tuple[Mapping[str, Any], str] | None:
    properties = xmp_properties(material.xmp) if "Draw Things" in (material.xmp or "") else {}
    software = next(iter(properties.get((XMP, "CreatorTool"), [])), None) or material.exif("Software") or ""
    if not software.startswith("Draw Things"):
        return None
    comments = [*properties.get((EXIF, "UserComment"), []), material.exif("UserComment")]
    records = [mapping(parse_json(comment)) for comment in comments]
    return next((record for record in records if record), {}), software


def _inputs(
    record: Mapping[str, Any], controls: list[str], loras: list[str], steps: list[str]
) -> tuple[list[ImageInput], list[Mode]]:
    model = _model(record) or ""
    strength = _strength(record)
    inputs: list[ImageInput] = []
    modes: list[Mode] = []
    if (strength is not None and strength < 1.0) or "image_encoded" in steps:
        inputs.append(ImageInput(role=Role.INIT, note=CANVAS))
        fill, edit = FILL_MODELS.search(model), EDIT_MODELS.search(model)
        modes.append(Mode.INPAINT if fill else Mode.EDIT if edit else Mode.I2I)
    references = [name for name in controls if REFERENCE_CONTROLS.search(name)]
    inputs += [ImageInput(role=Role.REFERENCE)] * len(references)
    modes += [Mode.REFERENCE] if references else []
    guided = [name for name in controls if name not in references]
    guided += [name for name in [*loras, model] if CONTROL_PARTS.search(name)]
    inputs += [ImageInput(role=Role.CONTROL)] * len(guided)
    if guided:
        # A control map is encoded too: then the canvas is the map, and no second picture.
        modes = [mode for mode in modes if mode is not Mode.I2I or (strength or 1.0) < 1.0] + [
            Mode.CONTROLNET
        ]
    return inputs, modes


def _strength(record: Mapping[str, Any]) -> float | None:
    value = unit(record.get("strength"))
    return unit(mapping(record.get("v2")).get("strength")) if value is None else value


def _model(record: Mapping[str, Any]) -> str | None:
    return text(record.get("model")) or text(mapping(record.get("v2")).get("model"))


def _controls(record: Mapping[str, Any]) -> list[str]:
    entries = dicts(record.get("control")) or dicts(mapping(record.get("v2")).get("controls"))
    active = [entry for entry in entries if number(entry.get("weight")) != 0]
    return [text(entry.get("file")) or "control" for entry in active][:50]


def _loras(record: Mapping[str, Any]) -> list[str]:
    entries = dicts(record.get("lora")) or dicts(mapping(record.get("v2")).get("loras"))
    named = [text(entry.get("model")) or text(entry.get("file")) for entry in entries]
    return [name for name in named if name][:200]


def _extras(record: Mapping[str, Any], controls: list[str], loras: list[str]) -> dict[str, Any]:
    values = {
        "loras": loras,
        "controlnets": controls,
        "prompt": text(record.get("c")),
        "negative_prompt": text(record.get("uc")),
        "seed": record.get("seed"),
        "steps": record.get("steps"),
        "sampler": text(record.get("sampler")),
    }
    return {key: value for key, value in values.items() if value not in (None, [])}
