"""How the picture is made, as far as a pipeline and its arguments tell."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from myself_i2i.recording.interface import Facts
from myself_i2i_diffusers._arguments import Arguments

__all__ = ["facts_of", "model_name"]

_PROMPTS = ("prompt", "prompt_2", "prompt_3", "prompt_4", "task_prompt", "content_prompt", "editing_prompt")
_NEGATIVES = ("negative_prompt", "negative_prompt_2", "negative_prompt_3", "negative_prompt_4")
_STEPS = ("num_inference_steps", "decoder_num_inference_steps", "prior_num_inference_steps")
_OTHER = {"guidance_scale": "guidance_scale", "height": "height", "width": "width", "clip_skip": "clip_skip"}
_MODELS = ("unet", "transformer")
"""The part of a pipeline that paints; in a model's folder its weights lie in a folder of that name."""
_CACHE = re.compile(r"models--(?P<owner>[^/\\]+?)--(?P<name>[^/\\]+)")
"""A folder of the Hugging Face cache, which carries the model's public name."""


def facts_of(pipe: Any, arguments: Arguments, *, pictures: bool) -> Facts:
    """Return the facts of one call; `pictures` says whether an image went in (else no strength, no mode)."""
    values = arguments.by_name
    strength = values.get("strength")
    real = isinstance(strength, int | float) and not isinstance(strength, bool)
    return Facts(
        mode=arguments.way.mode if pictures else None,
        model=model_name(pipe),
        strength=float(strength)
        if pictures and real and strength is not None and 0 <= strength <= 1
        else None,
        loras=_loras(pipe),
        prompt=_words(values, _PROMPTS),
        negative_prompt=_words(values, _NEGATIVES),
        other=_other(pipe, values),
    )


def model_name(pipe: Any) -> str | None:
    """Return the model's public name or its folder's name; never a path, which would tell where a person keeps things."""
    models = (getattr(pipe, part, None) for part in _MODELS)
    for one in (pipe, *models):
        config = getattr(one, "config", None)
        name = (
            config.get("_name_or_path")
            if isinstance(config, Mapping)
            else getattr(config, "_name_or_path", None)
        )
        if isinstance(name, str | os.PathLike) and (text := os.fsdecode(name).strip().rstrip("/\\")):
            return _public(text)
    return None


def _public(name: str) -> str:
    if cached := _CACHE.search(name):
        return f"{cached['owner']}/{cached['name']}"
    local = name.startswith((".", "~")) or "\\" in name or name.count("/") > 1 or Path(name).exists()
    if not local:
        return name
    parts = re.split(r"[/\\]", name)
    return parts[-2] if parts[-1] in _MODELS and len(parts) > 1 else parts[-1]


def _loras(pipe: Any) -> tuple[str, ...]:
    """Return the names of active adapters and of fused ones, which no longer show in the layers."""
    parts = (getattr(pipe, name, None) for name in ("unet", "transformer", "text_encoder", "text_encoder_2"))
    names: list[str] = []
    if any(
        getattr(part, "peft_config", None) for part in parts
    ):  # asking walks all layers: only where there are some
        names += _ask(pipe, "get_active_adapters")
    names += sorted(str(name) for name in getattr(pipe, "fused_loras", None) or ())
    return tuple(dict.fromkeys(names))


def _ask(pipe: Any, name: str) -> list[str]:
    try:
        return [str(one) for one in getattr(pipe, name)()]
    except (AttributeError, ValueError):  # no LoRA loader, or no PEFT
        return []


def _words(values: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the prompts, one a line; a list makes several pictures under one record."""
    lines: list[str] = []
    for name in names:
        value = values.get(name)
        lines += [value] if isinstance(value, str) else []
        lines += [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []
    return "\n".join(dict.fromkeys(lines)) or None


def _other(pipe: Any, values: Mapping[str, Any]) -> dict[str, str]:
    found = {"pipeline": type(pipe).__name__}
    if (seed := _seed(values)) is not None:
        found["seed"] = seed
    steps = next((values[name] for name in _STEPS if isinstance(values.get(name), int)), None)
    if steps is not None:
        found["steps"] = str(steps)
    if (scheduler := getattr(pipe, "scheduler", None)) is not None:
        found["sampler"] = type(scheduler).__name__
    numbers = {ours: values.get(theirs) for theirs, ours in _OTHER.items()}
    return found | {name: str(value) for name, value in numbers.items() if isinstance(value, int | float)}


def _seed(values: Mapping[str, Any]) -> str | None:
    """Return the seeds that the call's generators began with; without a generator the seed is not known."""
    generator = values.get("generator")
    several: list[Any] = list(generator) if isinstance(generator, list | tuple) else [generator]
    seeds = [one.initial_seed() for one in several if hasattr(one, "initial_seed")]
    if not seeds and isinstance(values.get("seed"), int):
        seeds.append(values["seed"])
    return ", ".join(map(str, seeds)) or None
