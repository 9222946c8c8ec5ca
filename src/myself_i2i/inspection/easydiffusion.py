"""Easy Diffusion (cmdr2): one PNG text per setting, or the same settings as JSON in EXIF UserComment.

From its source (ui/easydiffusion/utils/save_utils.py): `prompt_strength` is deleted when no image was given, and
`control_filter_to_apply` when no ControlNet was chosen, so their presence says that an image went in and their
absence that none did. The image itself is never named. Keys are as in the API, or as in its text files ("Prompt
Strength"). `use_upscale` and `use_face_correction` run over the tool's own picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._json_fields import first_number, first_scalar, first_text, text_list
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

__all__ = ["read"]

_NAMES = {
    "Prompt": "prompt",
    "Negative Prompt": "negative_prompt",
    "Seed": "seed",
    "Stable Diffusion model": "use_stable_diffusion_model",
    "ControlNet model": "use_controlnet_model",
    "ControlNet Filter": "control_filter_to_apply",
    "VAE model": "use_vae_model",
    "Sampler": "sampler_name",
    "Width": "width",
    "Height": "height",
    "Steps": "num_inference_steps",
    "Guidance Scale": "guidance_scale",
    "Prompt Strength": "prompt_strength",
    "LoRA model": "use_lora_model",
    "Hypernetwork model": "use_hypernetwork_model",
    "Embedding models": "use_embeddings_model",
    "Use Upscaling": "use_upscale",
    "Upscale By": "upscale_amount",
    "Use Face Correction": "use_face_correction",
}
_OWN = frozenset({"use_stable_diffusion_model", "num_inference_steps", "sampler_name"})
_SHOWN = (
    "prompt_strength",
    "use_controlnet_model",
    "control_filter_to_apply",
    "use_upscale",
    "use_stable_diffusion_model",
    "num_inference_steps",
    "prompt",
)
_NOTHING = frozenset({"", "none", "null"})


def read(material: Material) -> Reading | None:
    """Return what Easy Diffusion's settings record, or None when they are not there."""
    place, data = _settings(material)
    if not data.keys() >= _OWN or "prompt" not in data:
        return None
    strength = first_number(data, "prompt_strength")
    control = data.get("use_controlnet_model")
    parts: list[Mode] = []
    inputs: list[ImageInput] = []
    if _given(data.get("prompt_strength")):
        parts.append(Mode.I2I)
        inputs.append(ImageInput(role=Role.INIT, note=NOT_NAMED))
    if _given(control):
        parts.append(Mode.CONTROLNET)
        inputs.append(ImageInput(role=Role.CONTROL, note=NOT_NAMED))
    mode = parts[0] if len(parts) == 1 else Mode.MIXED if parts else Mode.T2I
    answer = Answer.YES if parts else Answer.NO
    evidence = [Evidence(f"{place}: {key}", shorten(data[key])) for key in _SHOWN if _given(data.get(key))]
    notes = []
    if answer is Answer.NO:
        later = editor_of(material.container) or enlarged(material.container, *_sizes(data))
        if later is not None:
            answer = Answer.NOT_RECORDED
            evidence.append(later[0])
            notes.append(later[1])
    return Reading(
        tool="Easy Diffusion",
        mode=mode,
        image_input=answer,
        inputs=tuple(inputs),
        strength=strength if strength is not None and 0 <= strength <= 1 and Mode.I2I in parts else None,
        model=first_text(data, "use_stable_diffusion_model"),
        extras=_extras(data),
        evidence=tuple(evidence),
        notes=tuple(notes),
    )


def _given(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() not in _NOTHING
    return value is not None and value is not False and value != []


def _settings(material: Material) -> tuple[str, dict[str, Any]]:
    for place, text in (
        ("EXIF UserComment", material.exif("UserComment")),
        ("PNG parameters", material.text("parameters")),
    ):
        data = parse_json(text)
        if isinstance(data, dict) and not _OWN.isdisjoint(_api_names(data)):
            return place, _api_names(data)
    return "PNG text", _api_names({entry.keyword: entry.text for entry in reversed(material.container.texts)})


def _api_names(data: Mapping[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(str(key), str(key)): value for key, value in data.items()}


def _sizes(data: Mapping[str, Any]) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    width, height = first_number(data, "width"), first_number(data, "height")
    if width is None or height is None or not (0 < width < 10**6 and 0 < height < 10**6):
        return None, None
    factor = first_number(data, "upscale_amount") or 4
    upscaled = _given(data.get("use_upscale")) and 0 < factor <= 16  # noqa: PLR2004 - beyond its slider
    return (int(width), int(height)), (int(width * factor), int(height * factor)) if upscaled else None


def _extras(data: Mapping[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    for new, old in (
        ("prompt", "prompt"),
        ("negative_prompt", "negative_prompt"),
        ("sampler", "sampler_name"),
        ("seed", "seed"),
        ("steps", "num_inference_steps"),
        ("upscaler", "use_upscale"),
        ("face_correction", "use_face_correction"),
    ):
        value = first_scalar(data, old)
        if _given(value):
            extras[new] = value
    for new, old in (
        ("loras", "use_lora_model"),
        ("embeddings", "use_embeddings_model"),
        ("hypernetworks", "use_hypernetwork_model"),
    ):
        names = [name for name in text_list(data.get(old)) if _given(name)]
        if names:
            extras[new] = names
    control = first_text(data, "use_controlnet_model")
    if control and _given(control):
        extras["controlnets"] = [
            {"module": first_text(data, "control_filter_to_apply"), "model": control, "weight": None}
        ]
    return extras
