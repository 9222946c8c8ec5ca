"""SwarmUI: JSON with `sui_image_params` in PNG `parameters` or EXIF UserComment.

A parameter's id is its name in lower case, letters only. Pictures that came from the browser are dropped from the
record, so the settings that only an image input has (`initimagecreativity`) decide too. The `prompt` graph that
"save workflow" adds names only SwarmUI's own temporary files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from myself_i2i.inspection.interface import Answer, ImageInput, Material, Mode, Reading, Role, parse_json
from myself_i2i.inspection.values import evidence, mapping, number, sequence, text, unit
from myself_i2i.wording import Text

__all__ = ["read"]

TOOL = "SwarmUI"
WHERE = "sui_image_params"
CONTROLS = ("controlnet", "controlnettwo", "controlnetthree")
EDIT_MODELS = re.compile(r"kontext|[-_]edit|edit[-_]|omnigen|flux[._-]?2", re.IGNORECASE)
NOTHING = ("", "(none)", "none")
FROM_BROWSER = Text(
    en="SwarmUI does not write down pictures that came from the browser, only the settings that went with them",
    ja="SwarmUIは、ブラウザーから渡した画像の名前を書かず、一緒に使った設定だけを書きます",
)
OWN_PASS = Text(
    en="the settings are of SwarmUI's own second pass",
    ja="SwarmUIが自分の画像に対して行う、2回目の処理の設定です",
)


def read(material: Material) -> Reading | None:
    """Return what a SwarmUI file records, or None."""
    record = _record(material)
    if record is None:
        return None
    extra = mapping(record.get("sui_extra_data"))
    ignored = {item for item in sequence(extra.get("unused_parameters")) if isinstance(item, str)}
    params = {key: value for key, value in mapping(record["sui_image_params"]).items() if key not in ignored}
    inputs, modes = _inputs(params)
    own_pass = (number(params.get("refinerupscale")) or 1.0) > 1.0
    mode = modes[0] if len(modes) == 1 else Mode.MIXED if modes else Mode.UPSCALE if own_pass else Mode.T2I
    answer = Answer.YES if inputs else Answer.NO
    if not params:
        mode, answer = Mode.UNKNOWN, Answer.NOT_RECORDED
    has_init = any(item.role is Role.INIT for item in inputs)
    decisive = [key for key in params if _decides(key)]
    return Reading(
        tool=TOOL,
        tool_version=text(params.get("swarm_version")),
        mode=mode,
        image_input=answer,
        inputs=tuple(inputs),
        strength=unit(params.get("initimagecreativity")) if has_init else None,
        model=text(params.get("model")),
        extras=_extras(params, extra),
        evidence=tuple(
            evidence(WHERE, params, *(decisive or ["prompt", "model", "swarm_version"]))
            or evidence("SwarmUI", record, "sui_image_params")
        ),
        notes=tuple(_notes(inputs, decisive=bool(decisive))),
    )


def _record(material: Material) -> Mapping[str, Any] | None:
    for value in (material.text("parameters"), material.exif("UserComment")):
        if value is not None and "sui_image_params" in value:
            record = mapping(parse_json(value))
            if isinstance(record.get("sui_image_params"), Mapping):
                return record
    return None


def _inputs(params: Mapping[str, Any]) -> tuple[list[ImageInput], list[Mode]]:
    inputs: list[ImageInput] = []
    modes: list[Mode] = []
    if _set(params.get("initimage")) or number(params.get("initimagecreativity")) is not None:
        inputs.append(ImageInput(role=Role.INIT, name=_name(params.get("initimage"))))
        modes.append(Mode.I2I)
    if _set(params.get("maskimage")) or (inputs and params.get("useinpaintingencode") is True):
        inputs.append(ImageInput(role=Role.MASK, name=_name(params.get("maskimage"))))
        modes = [Mode.INPAINT]
    for unit_name in CONTROLS:
        picture = params.get(f"{unit_name}imageinput")
        if _set(params.get(f"{unit_name}model")) or _set(picture):
            inputs.append(ImageInput(role=Role.CONTROL, name=_name(picture)))
            modes += [Mode.CONTROLNET] if Mode.CONTROLNET not in modes else []
    prompted = params.get("promptimages")
    if _set(prompted):
        inputs += [ImageInput(role=Role.REFERENCE, name=_name(item)) for item in _many(prompted)]
        model = text(params.get("model")) or ""
        modes.append(Mode.EDIT if EDIT_MODELS.search(model) else Mode.REFERENCE)
    return inputs, modes


def _many(value: Any) -> Iterable[Any]:
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[|\n]", value) if part.strip()]
    return sequence(value) or [value]


def _set(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() not in NOTHING
    return bool(value)


def _name(value: Any) -> str | None:
    name = text(value)
    # Pictures sent as data say nothing by name and would fill the report.
    return None if name is None or name.startswith("data:") or name.casefold() in NOTHING else name


def _decides(key: str) -> bool:
    starts = (
        "initimage",
        "mask",
        "controlnet",
        "promptimages",
        "refiner",
        "useinpainting",
        "ipadapter",
        "useipadapter",
    )
    return key.startswith(starts)


def _notes(inputs: list[ImageInput], *, decisive: bool) -> Iterable[Text]:
    if inputs and not any(item.name for item in inputs):
        yield FROM_BROWSER
    elif not inputs and decisive:
        yield OWN_PASS


def _extras(params: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    loras = params.get("loras")
    second = {key: value for key, value in params.items() if key.startswith("refiner")}
    values = {
        "loras": [part.strip() for part in loras.split(",")] if isinstance(loras, str) else sequence(loras),
        "controlnets": [name for unit_name in CONTROLS if (name := text(params.get(f"{unit_name}model")))],
        "prompt": text(params.get("prompt")),
        "negative_prompt": text(params.get("negativeprompt")),
        "seed": params.get("seed"),
        "steps": params.get("steps"),
        "sampler": text(params.get("sampler")),
        "second_pass": second,
        "date": text(extra.get("date")),
    }
    return {key: value for key, value in values.items() if value not in (None, [], {})}
