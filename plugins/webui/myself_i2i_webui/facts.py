"""How a run makes its picture, read from the webui's `StableDiffusionProcessing`."""

from __future__ import annotations

import re
from typing import Any, Final

from myself_i2i.recording.interface import Facts

__all__ = ["facts_of"]

_LORA: Final = re.compile(r"<(?:lora|lyco):([^:>\n]{1,200})[:>]", re.IGNORECASE)
_OTHER: Final = (
    ("steps", "steps"),
    ("cfg_scale", "cfg"),
    ("sampler_name", "sampler"),
    ("width", "width"),
    ("height", "height"),
)


def facts_of(p: Any, shared: Any) -> Facts:
    """Return what is known so far; the seeds are, once they are drawn. The mode is left to the recorder, which knows the inputs."""
    prompt, negative = _text(getattr(p, "prompt", None)), _text(getattr(p, "negative_prompt", None))
    given = bool(getattr(p, "init_images", None))
    strength = getattr(p, "denoising_strength", None)
    model = getattr(getattr(shared, "sd_model", None), "sd_checkpoint_info", None)
    return Facts(
        model=_text(getattr(model, "name_for_extra", None) or getattr(model, "model_name", None)),
        model_hash=_text(getattr(model, "sha256", None) or getattr(model, "shorthash", None)),
        # For t2i the webui fills this in too: it is the second pass's, and no picture was replaced by it.
        strength=float(strength) if given and isinstance(strength, int | float) else None,
        loras=tuple(dict.fromkeys(_LORA.findall(prompt or ""))),
        prompt=prompt,
        negative_prompt=negative,
        other=_other(p),
    )


def _other(p: Any) -> dict[str, str]:
    found = {name: str(getattr(p, key)) for key, name in _OTHER if getattr(p, key, None) is not None}
    seeds = getattr(p, "all_seeds", None)
    if isinstance(seeds, list) and seeds:  # drawn only once the run is under way
        found["seed"] = ", ".join(str(seed) for seed in seeds[:64])
    return found


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), None)
    return value if isinstance(value, str) and value else None
