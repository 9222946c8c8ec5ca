"""The JSON that Civitai puts beside a generation: its workflow, the pictures it links, the models it used.

The addresses carry a signature that opens the picture to whoever has it. Everything here leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myself_i2i.inspection._json_fields import first_number, first_text
from myself_i2i.inspection.interface import Mode

__all__ = [
    "address_of",
    "checkpoint_of",
    "dicts_in",
    "pictures_of",
    "resource_names",
    "unsigned",
    "workflow_mode",
    "workflow_of",
]

MAX_IMAGES = 50
"""Most linked pictures kept."""

_IMAGE_LISTS = ("images", "sourceImages", "referenceImages")
_ONE_IMAGE = ("sourceImage", "image", "initImage", "firstFrame", "maskImage")


def workflow_of(meta: Mapping[str, Any]) -> str:
    """Return the workflow that `meta` names, lower-case, or an empty text."""
    found = first_text(meta, "workflow", "workflowId") or first_text(
        meta.get("params"), "workflow", "workflowId"
    )
    return (found or "").casefold()


def workflow_mode(workflow: str) -> Mode:
    """Return what a workflow of that name does with the picture it is given."""
    for word, mode in (("edit", Mode.EDIT), ("upscale", Mode.UPSCALE), ("inpaint", Mode.INPAINT)):
        if word in workflow:
            return mode
    return Mode.I2I


def pictures_of(meta: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the addresses of the pictures that `meta` says went in, and the keys they stand under."""
    found: dict[str, None] = {}
    keys: list[str] = []
    for key in (*_IMAGE_LISTS, *_ONE_IMAGE):
        items = _list(meta.get(key)) if key in _IMAGE_LISTS else [meta.get(key)]
        names = [name for item in items[:MAX_IMAGES] if (name := address_of(item))]
        if names:
            keys.append(key)
            found.update(dict.fromkeys(names))
    return list(found), keys


def address_of(item: Any) -> str | None:
    """Return the address that `item` names, without the query that carries its signature, or None."""
    text = item if isinstance(item, str) else first_text(item, "url", "id")
    return text.split("?", 1)[0][:2_000] if text and text.strip() else None


def unsigned(value: Any) -> Any:
    """Return `value` for evidence, with addresses cut before their signature."""
    if isinstance(value, list):
        return [unsigned(item) for item in value[:MAX_IMAGES] if isinstance(item, dict | str)]
    if isinstance(value, dict):
        kind = first_text(value, "type")
        return ({"type": kind} if kind else {}) | {"url": address_of(value) or address_of(value.get("image"))}
    return value.split("?", 1)[0] if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def dicts_in(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list."""
    return [item for item in _list(value) if isinstance(item, dict)]


def checkpoint_of(resources: list[dict[str, Any]]) -> str | None:
    """Return the base model among `resources`, by name where there is one."""
    for item in resources:
        if (first_text(item, "type") or "").casefold() == "checkpoint":
            named = " ".join(
                part for part in (first_text(item, "modelName"), first_text(item, "modelVersionName")) if part
            )
            number = first_number(item, "modelVersionId")
            return named or (f"Civitai model version {number:.0f}" if number is not None else None)
    return None


def resource_names(resources: list[dict[str, Any]], kind: str) -> list[str]:
    """Return the names of the `resources` of that kind, each once."""
    names: dict[str, None] = {}
    for item in resources[:200]:
        number = first_number(item, "modelVersionId")
        if kind in (first_text(item, "type") or "").casefold():
            names.setdefault(
                first_text(item, "modelName")
                or (f"model version {number:.0f}" if number is not None else kind)
            )
    return list(names)
