"""imaginAIry: EXIF UserComment holds the whole request as JSON.

`init_image_strength` is written even when there is no init image (its default is 0.2), so it decides nothing; what
decides is whether `init_image`, `mask_image` and `control_inputs` hold something. It is 1 minus how much was replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from myself_i2i.inspection.values import dicts, evidence, mapping, sequence, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "imaginAIry"
WHERE = "imaginAIry prompt"
NO_REQUEST = Text(
    en="the record of the request is missing; the text beside it does not tell",
    ja="生成したときの設定の記録がありません。残っているテキストからはわかりません",
)
PICTURES = {"init_image": Role.INIT, "mask_image": Role.MASK}


def read(material: Material) -> Reading | None:
    """Return what an imaginAIry file records, or None."""
    software = material.exif("Software") or ""
    if not software.casefold().startswith("imaginairy"):
        return None
    whole = mapping(parse_json(material.exif("UserComment")))
    record = mapping(whole.get("prompt")) or whole
    inputs = _inputs(record)
    told = "init_image" in record
    has_init = any(item.role is Role.INIT for item in inputs)
    kept = unit(record.get("init_image_strength"))
    return Reading(
        tool=TOOL,
        tool_version=software,
        mode=_mode(record, inputs) if told else Mode.UNKNOWN,
        image_input=Answer.YES if inputs else Answer.NO if told else Answer.NOT_RECORDED,
        inputs=tuple(inputs),
        strength=round(1.0 - kept, 6) if has_init and kept is not None else None,
        model=_model(record),
        extras=_extras(record),
        evidence=(
            *evidence(
                WHERE, record, *PICTURES, "control_inputs", "init_image_strength", "mask_prompt", "outpaint"
            ),
            Evidence("EXIF Software", software),
        ),
        notes=() if told else (NO_REQUEST,),
    )


def _inputs(record: Mapping[str, Any]) -> list[ImageInput]:
    inputs = [
        ImageInput(role=role, name=text(record[key]) if isinstance(record[key], str) else None)
        for key, role in PICTURES.items()
        if _given(record.get(key))
    ]
    for control in dicts(record.get("control_inputs")):
        picture = next((control[key] for key in ("image", "image_raw") if _given(control.get(key))), None)
        inputs.append(ImageInput(role=Role.CONTROL, name=text(picture)))
    return inputs


def _given(value: Any) -> bool:
    # A missing picture is written as the text "None".
    return bool(value) and value != "None"


def _mode(record: Mapping[str, Any], inputs: list[ImageInput]) -> Mode:
    roles = {item.role for item in inputs}
    if Role.INIT in roles and text(record.get("outpaint")):
        return Mode.OUTPAINT
    if Role.INIT in roles and (Role.MASK in roles or text(record.get("mask_prompt"))):
        return Mode.INPAINT
    if roles >= {Role.INIT, Role.CONTROL}:
        return Mode.MIXED
    if Role.CONTROL in roles:
        return Mode.CONTROLNET
    return Mode.I2I if roles else Mode.T2I


def _model(record: Mapping[str, Any]) -> str | None:
    weights = record.get("model_weights")
    return text(weights) or text(mapping(weights).get("name")) or text(record.get("model"))


def _extras(record: Mapping[str, Any]) -> dict[str, Any]:
    prompts = [text(item.get("text")) for item in dicts(record.get("prompt"))]
    controls = [text(item.get("mode")) for item in dicts(record.get("control_inputs"))]
    values = {
        "prompt": " ".join(part for part in prompts if part) or None,
        "controlnets": [name for name in controls if name],
        "seed": record.get("seed"),
        "steps": record.get("steps"),
        "sampler": text(record.get("solver_type")) or text(record.get("sampler_type")),
        "loras": sequence(record.get("loras")),
    }
    return {key: value for key, value in values.items() if value not in (None, [])}
