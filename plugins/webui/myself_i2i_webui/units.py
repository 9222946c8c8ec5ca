"""ControlNet units among a run's script arguments: objects, or dicts where the API sends them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .pictures import Picture, pictures

__all__ = ["Unit", "units"]

_REFERENCE: Final = re.compile(
    r"ip-?adapter|reference|instant_?id|photomaker|pulid|clip_?vision|revision|style|recolou?r|face_?id",
    re.IGNORECASE,
)
_IMAGES: Final = ("image", "input_image")
_MASKS: Final = ("mask", "mask_image", "effective_region_mask")


@dataclass(frozen=True)
class Unit:
    """One unit that is switched on."""

    role: str
    """"control", or "reference" where it says what things look like."""
    module: str
    """Its preprocessor, e.g. "canny"."""
    found: tuple[Picture, ...]
    """Its pictures, masks included; empty where it takes the run's own starting picture."""
    folder: str | None
    """The folder that it takes its pictures from, in batch mode."""


def units(script_args: object) -> list[Unit]:
    """Return the units that are on. What is no unit, or one that is off, is left out."""
    values = script_args if isinstance(script_args, list | tuple) else ()
    return [_unit(value) for value in _flat(values) if _is_unit(value) and _get(value, "enabled")]


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    """The arguments, and those in a list among them: some versions hand all units over as one list."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value


def _is_unit(value: Any) -> bool:
    """A unit has a switch, a preprocessor, a model and a place for a picture, whatever its class is called."""
    return all(_has(value, name) for name in ("enabled", "module", "model")) and any(
        _has(value, name) for name in _IMAGES
    )


def _unit(value: Any) -> Unit:
    module = f"{_get(value, 'module', '')} {_get(value, 'model', '')}"
    found: list[Picture] = []
    for names, mask in ((_IMAGES, False), (_MASKS, True)):
        for name in names:
            found += pictures(_get(value, name), mask=mask)
    folder = _get(value, "batch_images") or _get(value, "batch_input_gallery")
    batch = str(_get(value, "input_mode", "")).lower().rsplit(".", 1)[-1] in {"batch", "merge"}
    if batch and not isinstance(folder, str):
        found = [*pictures(folder), *(one for one in found if one.mask)]
    return Unit(
        role="reference" if _REFERENCE.search(module) else "control",
        module=str(_get(value, "module", "")),
        found=tuple(found),
        folder=folder if batch and isinstance(folder, str) else None,
    )


def _has(value: Any, name: str) -> bool:
    return name in value if isinstance(value, Mapping) else hasattr(value, name)


def _get(value: Any, name: str, otherwise: Any = None) -> Any:
    return value.get(name, otherwise) if isinstance(value, Mapping) else getattr(value, name, otherwise)
