"""Tensor.Art: PNG `generation_data` (JSON, often followed by NUL) and `prompt` (the ComfyUI graph it ran).

The graph decides. `generation_data` is a summary of a t2i form; a setting in it that names a picture says that one
went in, but without the graph its silence is "not recorded".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from myself_i2i.inspection._embedded_graph import read_embedded
from myself_i2i.inspection._json_fields import first_number, first_scalar, first_text
from myself_i2i.inspection.infotext import lora_tags
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

MAX_VALUES = 5_000
"""Most values of the JSON that are looked at."""

_PICTURE = re.compile(
    r"(?:init|input|source|control|reference|mask|base|ref)_?images?|img2?img|controlnet|ip_?adapter|imageurl",
    re.IGNORECASE,
)
_NOT_A_PICTURE = re.compile(r"count|size|width|height|enabled?$|num|model", re.IGNORECASE)
_SUMMARY_ONLY = Text(
    en="the summary names no picture, but a summary may leave one out",
    ja="要約には画像の名前がありませんが、要約では省かれていることがあります",
)
_CONTROL = re.compile(r"control", re.IGNORECASE)
_REFERENCE = re.compile(r"ref|adapter", re.IGNORECASE)


def read(material: Material) -> Reading | None:
    """Return what Tensor.Art recorded, or None when it wrote nothing here."""
    data = parse_json(material.text("generation_data"))
    if not isinstance(data, dict):
        return None
    graph = read_embedded(parse_json(material.text("prompt")), material, tool="Tensor.Art", key="prompt")
    own = _from_data(data)
    if graph is None or (graph.image_input is Answer.NOT_RECORDED and own.image_input is Answer.YES):
        return own
    if own.image_input is Answer.YES and graph.image_input is Answer.NO:
        return replace(own, evidence=(*own.evidence, *graph.evidence), image_input=Answer.NOT_RECORDED)
    return replace(
        graph,
        model=own.model or graph.model,
        inputs=(*graph.inputs, *(item for item in own.inputs if item.name is not None)),
        extras={**graph.extras, **own.extras},
        evidence=(*own.evidence, *graph.evidence),
    )


def _from_data(data: dict[str, Any]) -> Reading:
    pictures = list(_pictures(data))[:50]
    inputs = tuple(ImageInput(role=_role(key), name=value) for key, value in pictures)
    roles = {item.role for item in inputs}
    modes = {Role.CONTROL: Mode.CONTROLNET, Role.REFERENCE: Mode.REFERENCE, Role.INIT: Mode.I2I}
    evidence = [Evidence(f"PNG generation_data: {key}", shorten(value)) for key, value in pictures[:10]]
    base = data.get("baseModel")
    return Reading(
        tool="Tensor.Art",
        mode=Mode.UNKNOWN if not roles else modes[roles.pop()] if len(roles) == 1 else Mode.MIXED,
        image_input=Answer.YES if inputs else Answer.NOT_RECORDED,
        inputs=inputs,
        strength=_strength(data) if inputs else None,
        model=first_text(base, "modelFileName", "label", "name") or first_text(data, "model"),
        extras=_extras(data),
        evidence=(*evidence, Evidence("PNG generation_data", shorten(list(data)[:30]))),
        notes=() if inputs else (_SUMMARY_ONLY,),
    )


def _pictures(data: Any) -> Iterator[tuple[str, str]]:
    """Yield key and value of every setting that names a picture, walked without recursion and bounded."""
    queue: list[tuple[str, Any]] = [("", data)]
    for _ in range(MAX_VALUES):
        if not queue:
            return
        key, value = queue.pop()
        if isinstance(value, dict):
            queue.extend((f"{key}.{name}"[-200:].lstrip("."), item) for name, item in value.items())
        elif isinstance(value, list):
            queue.extend((key, item) for item in value)
        elif isinstance(value, str) and value.strip():
            last = key.rpartition(".")[2]
            if _PICTURE.search(last) and not _NOT_A_PICTURE.search(last):
                yield key, value.split("?", 1)[0][:1_000]


def _role(key: str) -> Role:
    if _CONTROL.search(key):
        return Role.CONTROL
    return Role.REFERENCE if _REFERENCE.search(key) else Role.INIT


def _strength(data: dict[str, Any]) -> float | None:
    value = first_number(data, "denoisingStrength", "denoising_strength", "strength")
    return value if value is not None and 0 <= value <= 1 else None


def _extras(data: dict[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    for new, old in (
        ("prompt", "prompt"),
        ("negative_prompt", "negativePrompt"),
        ("sampler", "samplerName"),
        ("seed", "seed"),
    ):
        value = first_scalar(data, old)
        if value is not None:
            extras[new] = value
    steps = first_number(data, "steps")
    if steps is not None:
        extras["steps"] = int(steps)
    model_hash = first_text(data.get("baseModel"), "hash")
    if model_hash:
        extras["model_hash"] = model_hash
    listed = data.get("models")
    named = (
        first_text(item, "modelFileName", "label", "name")
        for item in (listed if isinstance(listed, list) else [])[:100]
    )
    loras = dict.fromkeys([*(name for name in named if name), *lora_tags(first_text(data, "prompt") or "")])
    if loras:
        extras["loras"] = list(loras)
    return extras
