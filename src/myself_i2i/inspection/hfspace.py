"""Hugging Face Spaces of the Animagine family: JSON in PNG `parameters`.

These Spaces make pictures from text only. `use_upscaler` is null or the settings of their own second pass. Other
Spaces may copy the shape and take pictures, so a setting that names one is looked for first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._json_fields import first_number, first_text
from myself_i2i.inspection._later_work import editor_of, enlarged
from myself_i2i.inspection._words import NOT_NAMED
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

_SHAPE = ("prompt", "resolution", "guidance_scale", "num_inference_steps")
_FAMILY = ("use_upscaler", "sdxl_style", "style_preset", "quality_tags", "add_quality_tags", "Model")
_PICTURE = re.compile(
    r"(?:init|input|source|control|reference|mask)_?image|img2img|\bstrength\b|^image$|controlnet|ip_adapter",
    re.IGNORECASE,
)
_UNKNOWN_SPACE = Text(
    en="an unknown Space wrote this; it may leave out that an image went in",
    ja="どのSpaceが書いたかわからない記録です。画像の入力が省かれていることがあります",
)


def read(material: Material) -> Reading | None:
    """Return what the JSON of such a Space records, or None when there is none."""
    place = "PNG parameters" if material.text("parameters") is not None else "EXIF UserComment"
    data = parse_json(material.text("parameters") or material.exif("UserComment"))
    if not isinstance(data, dict) or not all(key in data for key in _SHAPE):
        return None
    taken = [key for key in data if _PICTURE.search(key) and data[key] not in (None, False, "", 0, [], {})]
    upscaler = data.get("use_upscaler")
    second = isinstance(upscaler, dict) and bool(upscaler)
    notes: list[Text] = []
    evidence = [
        Evidence(f"{place}: {key}", shorten(data[key]))
        for key in [*taken, "use_upscaler", "resolution"]
        if key in data
    ]
    if taken:
        mode, answer = Mode.I2I, Answer.YES
    elif not any(key in data for key in _FAMILY):
        mode, answer = Mode.UNKNOWN, Answer.NOT_RECORDED
        notes.append(_UNKNOWN_SPACE)
    else:
        mode, answer = Mode.UPSCALE if second else Mode.T2I, Answer.NO
        later = editor_of(material.container) or enlarged(
            material.container, _size(data.get("resolution")), _upscaled(upscaler)
        )
        if later is not None:
            answer = Answer.NOT_RECORDED
            evidence.append(later[0])
            notes.append(later[1])
    return Reading(
        tool="Hugging Face Space",
        mode=mode,
        image_input=answer,
        inputs=(ImageInput(role=Role.UNKNOWN, note=NOT_NAMED),) if taken else (),
        strength=_strength(upscaler) if second else None,
        model=first_text(data, "Model", "model"),
        extras=_extras(data, second=second),
        evidence=tuple(evidence),
        notes=tuple(notes),
    )


def _strength(upscaler: Any) -> float | None:
    value = first_number(upscaler, "upscaler_strength", "strength")
    return value if value is not None and 0 <= value <= 1 else None


def _size(value: Any) -> tuple[int, int] | None:
    match = re.match(r"(\d{1,6}) ?[x×] ?(\d{1,6})\b", value) if isinstance(value, str) else None
    return (int(match[1]), int(match[2])) if match else None


def _upscaled(upscaler: Any) -> tuple[int, int] | None:
    return _size(upscaler.get("new_resolution")) if isinstance(upscaler, dict) else None


def _extras(data: Mapping[str, Any], *, second: bool) -> dict[str, Any]:
    names = {
        "prompt": "prompt",
        "negative_prompt": "negative_prompt",
        "seed": "seed",
        "num_inference_steps": "steps",
        "sampler": "sampler",
        "resolution": "size",
        "Model hash": "model_hash",
    }
    extras = {new: data[old] for old, new in names.items() if isinstance(data.get(old), str | int | float)}
    lora = data.get("use_lora")
    if isinstance(lora, str) and lora:
        extras["loras"] = [lora]
    elif isinstance(lora, dict):
        extras["loras"] = [shorten(name) for name in (first_text(lora, "model", "name", "lora"),) if name]
    if second:
        extras["second_pass"] = shorten(data["use_upscaler"])
    return {key: shorten(value, 20_000) if isinstance(value, str) else value for key, value in extras.items()}
