"""Where ComfyUI and its saver nodes put the graph: PNG text, EXIF strings, a user comment that is the graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from myself_i2i.inspection.interface import Material, parse_json

__all__ = ["Found", "find"]


class Found(NamedTuple):
    """The two JSON values a file may carry, and where each stood."""

    prompt: Any
    """The executed graph as parsed JSON, or None."""
    workflow: Any
    """The editor's state as parsed JSON, or None."""
    prompt_key: str
    """E.g. "PNG prompt" or "EXIF Model"."""
    workflow_key: str
    """E.g. "PNG workflow" or "EXIF Make"."""


_PREFIX: Final = re.compile(r"^\s*(prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)
_EXIF: Final = (
    "Make",
    "Model",
    "ImageDescription",
    "DocumentName",
    "Software",
    "Artist",
    "XPComment",
    "UserComment",
    "HostComputer",
)


def find(material: Material) -> Found:
    """Return what the file carries; SaveAnimatedWEBP writes EXIF strings `prompt:{..}` and `workflow:{..}`."""
    values: dict[str, tuple[Any, str]] = {}
    for name in ("prompt", "workflow"):
        for text in (material.text(name), material.text(name.capitalize())):
            value = parse_json(text)
            if isinstance(value, str):  # some savers quote the JSON once more
                value = parse_json(value)
            if isinstance(value, dict):
                values.setdefault(name, (value, f"PNG {name}"))
    for name, value, key in _exif(material):
        values.setdefault(name, (value, key))
    prompt, workflow = values.get("prompt", (None, "")), values.get("workflow", (None, ""))
    return Found(prompt[0], workflow[0], prompt[1], workflow[1])


def _exif(material: Material) -> Iterator[tuple[str, Any, str]]:
    for tag in _EXIF:
        text = material.exif(tag)
        if not text:
            continue
        match = _PREFIX.match(text)
        if match is not None:
            value = parse_json(text[match.end() :])
            if isinstance(value, dict):
                yield match[1].lower(), value, f"EXIF {tag}"
        elif text.lstrip("\ufeff \t\r\n\0").startswith("{") and ("class_type" in text or '"nodes"' in text):
            yield from _bare(parse_json(text), tag)


def _bare(value: Any, tag: str) -> Iterator[tuple[str, Any, str]]:
    if not isinstance(value, dict):
        return
    named = False
    for name in ("prompt", "workflow"):
        inner = value.get(name)
        inner = parse_json(inner) if isinstance(inner, str) else inner
        if isinstance(inner, dict):
            named = True
            yield name, inner, f"EXIF {tag}: {name}"
    if not named:
        yield ("workflow" if isinstance(value.get("nodes"), list) else "prompt"), value, f"EXIF {tag}"
