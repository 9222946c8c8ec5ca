"""Fooocus and its kin: Fooocus, FooocusPlus, Fooocus-MRE, RuinedFooocus.

What their sources write, and what follows:

1. Fooocus and FooocusPlus (modules/meta_parser.py, async_worker.py): prompts, styles, models, sampler, size. No field
   for image prompts, inpaint, outpaint, variation or upscale exists, in either scheme (JSON or A1111 style). So
   these files never say whether an image went in.
2. RuinedFooocus (modules/async_worker.py): `start_step` and `denoise` are the constants 0 and null, whatever picture
   was given. A value, if one is ever there, says "image to image"; null says nothing.
3. Fooocus-MRE: `img2img`, `revision`, `control_lora_canny`, `control_lora_depth` as true or false, with the names of
   the files. True is a record; its inpaint tab has no field, so all false says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._json_fields import first_number, first_scalar, first_text, text_list
from myself_i2i.inspection._settings import Writer, evidence_of, extras_of, find_infotext, writer_of
from myself_i2i.inspection._words import NOT_NAMED
from myself_i2i.inspection.infotext import Infotext, lora_tags
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

_SILENT = Text(
    en="this tool writes no field for an input image, so image prompts, inpainting and variations cannot be told apart",
    ja="このツールは入力画像の欄を書かないため、Image Prompt、inpaint、バリエーションだったかどうかはわかりません",
)
_MRE_SILENT = Text(
    en="the recorded inputs are all off, but this tool's inpaint tab writes no field",
    ja="記録にある入力はすべてオフですが、このツールはinpaintタブを使ったかどうかを書きません",
)
_RUINED_SILENT = Text(
    en="this tool writes an empty denoise whether a picture was given or not",
    ja="このツールは、画像を渡した場合も渡さない場合も、denoiseを空のまま書きます",
)
_KEYS = {"base_model", "base model", "base_model_name", "metadata_scheme", "metadata scheme"}
_RULED = frozenset({"prompt", "full_prompt", "negative_prompt", "full_negative_prompt"})


def read(material: Material) -> Reading | None:
    """Return what the Fooocus family recorded, or None when none of it wrote here."""
    found = find_infotext(material)
    if found is not None and writer_of(found[0]) is Writer.FOOOCUS:
        return _from_text(*found)
    for place, text in _json_places(material):
        data = parse_json(text)
        if isinstance(data, dict):
            tool = _tool(data, material)
            if tool is not None:
                return _from_json(tool, data, place)
    return None


def _json_places(material: Material) -> list[tuple[str, str | None]]:
    return [
        ("PNG parameters", material.text("parameters")),
        ("PNG Comment", material.text("Comment")),
        ("EXIF UserComment", material.exif("UserComment")),
    ]


def _tool(data: Mapping[str, Any], material: Material) -> str | None:
    lowered = {str(key)[:60].casefold() for key in list(data)[:200]}
    named = " ".join(
        part[:200]
        for part in (
            first_text(data, "software", "version", "Version", "metadata_scheme", "Metadata Scheme"),
            material.exif("Software"),
            material.text("Software"),
        )
        if part
    ).casefold()
    if "fooocus" not in named and material.text("fooocus_scheme") is None:
        mre = {"base_clip_skip", "refiner_clip_skip", "img2img"} <= lowered
        return "Fooocus-MRE" if mre else None
    if "ruinedfooocus" in named:
        return "RuinedFooocus"
    if not lowered & (_KEYS | {"performance", "styles", "style"}):
        return None
    if "img2img" in lowered:
        return "Fooocus-MRE"
    return "FooocusPlus" if "fooocusplus" in named else "Fooocus"


def _from_text(info: Infotext, place: str) -> Reading:
    version = info.get("Version") or ""
    ruined = "ruined" in version.casefold()
    name = "RuinedFooocus" if ruined else "FooocusPlus" if "fooocusplus" in version.casefold() else "Fooocus"
    return Reading(
        tool=name,
        tool_version=_version(version),
        mode=Mode.UNKNOWN,
        image_input=Answer.NOT_RECORDED,
        model=info.get("Model") or None,
        extras=extras_of(info),
        evidence=evidence_of(info, place, ["Version", "Size", "Performance"]),
        notes=(_SILENT,),
    )


def _from_json(tool: str, data: Mapping[str, Any], place: str) -> Reading:
    parts, inputs, keys = _recorded_inputs(tool, data)
    denoise = first_number(data, "denoise")
    version = first_text(data, "version", "Version", "software")
    named = ["version", "Version", "software", "metadata_scheme", "resolution", "Resolution"]
    shown = [*keys, *([key for key in named if key in data] or list(data)[:3])]
    return Reading(
        tool=tool,
        tool_version=_version(version or ""),
        mode=Mode.UNKNOWN if not parts else parts[0] if len(set(parts)) == 1 else Mode.MIXED,
        image_input=Answer.YES if parts else Answer.NOT_RECORDED,
        inputs=tuple(inputs),
        strength=denoise if denoise is not None and 0 <= denoise <= 1 and Mode.I2I in parts else None,
        model=first_text(data, "base_model", "Base Model", "base_model_name"),
        extras=_extras(data),
        evidence=tuple(
            Evidence(f"{place}: {key}", shorten(data[key])) for key in dict.fromkeys(shown) if key in data
        ),
        notes=()
        if parts
        else ({"RuinedFooocus": _RUINED_SILENT, "Fooocus-MRE": _MRE_SILENT}.get(tool, _SILENT),),
    )


def _recorded_inputs(tool: str, data: Mapping[str, Any]) -> tuple[list[Mode], list[ImageInput], list[str]]:
    """Return modes, inputs and the deciding keys of the two members that record an input at all."""
    parts: list[Mode] = []
    inputs: list[ImageInput] = []
    keys = [key for key in ("denoise", "start_step", "img2img", "revision", "input_image") if key in data]
    name = first_text(data, "input_image")
    ruined = tool == "RuinedFooocus" and (
        first_number(data, "denoise") is not None or (first_number(data, "start_step") or 0) > 0
    )
    if ruined or (tool == "Fooocus-MRE" and (data.get("img2img") is True or name)):
        parts.append(Mode.I2I)
        inputs.append(ImageInput(role=Role.INIT, name=name, note=None if name else NOT_NAMED))
    if tool == "Fooocus-MRE":
        for key in ("control_lora_canny", "control_lora_depth"):
            if data.get(key) is True:
                parts.append(Mode.CONTROLNET)
                inputs.append(ImageInput(role=Role.CONTROL, name=name))
                keys.append(key)
        if data.get("revision") is True:
            parts.append(Mode.REFERENCE)
            names = text_list(data.get("revision_images"))
            inputs.extend(ImageInput(role=Role.REFERENCE, name=item) for item in names)
            keys.append("revision_images")
    return parts, inputs, keys


def _version(text: str) -> str | None:
    match = re.search(r"v?(\d+(?:\.\d+){1,4}\b.{0,20})", text[:200])
    return match[0].strip() if match else None


def _extras(data: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "prompt": ("prompt", "Prompt"),
        "negative_prompt": ("negative_prompt", "Negative Prompt", "Negative"),
        "sampler": ("sampler", "Sampler", "sampler_name"),
        "model_hash": ("base_model_hash", "Base Model Hash"),
        "size": ("resolution", "Resolution"),
    }
    extras: dict[str, Any] = {
        new: value for new, old in names.items() if (value := first_text(data, *old)) is not None
    }
    extras |= {
        key: found for key in ("seed", "steps") if (found := first_scalar(data, key, key.title())) is not None
    }
    loras = _loras(data)
    if loras:
        extras["loras"] = loras
    other = {str(key)[:100]: shorten(value) for key, value in list(data.items())[:200] if key not in _RULED}
    return {**extras, "other": dict(list(other.items())[:60])}


def _loras(data: Mapping[str, Any]) -> list[str]:
    names: dict[str, None] = {}
    listed = data.get("loras", data.get("LoRAs"))
    if isinstance(listed, str):  # early RuinedFooocus: "Loras:<name:0.5>,<...>"
        names.update(dict.fromkeys(re.findall(r"<([^:<>\n]{1,200}):[^<>\n]{0,40}>", listed[:20_000])))
    for item in (listed if isinstance(listed, list) else [])[:100]:
        first, second = [*(item if isinstance(item, list) else [item]), None, None][:2]
        # RuinedFooocus has the hash first, then weight and name in one text; Fooocus has the name first.
        if isinstance(second, str) and " - " in second:
            names.setdefault(second.partition(" - ")[2][:300])
        elif isinstance(first, str):
            names.setdefault(first[:300])
    for index in range(1, 11):  # Fooocus-MRE: l1..l5; older Fooocus: lora_combined_1 "name : weight"
        name = (
            first_text(data, f"l{index}")
            or (first_text(data, f"lora_combined_{index}") or "").rpartition(" : ")[0]
        )
        if name and name != "None":
            names.setdefault(name[:300])
    names.update(dict.fromkeys(lora_tags(first_text(data, "prompt", "Prompt") or "")))
    return [name for name in names if name and name != "None"]
