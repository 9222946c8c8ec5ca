"""From what a host told to a generation/v1: bounded, cleaned, and never refused for a host's odd value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from myself_i2i.predicates import Generation
from myself_i2i.predicates.generation import MODES, ROLES, Input, Parent, Prompt, WrittenBy
from myself_i2i.recording.interface import Facts

__all__ = [
    "FREE_ROLES",
    "Identity",
    "Made",
    "clean",
    "clean_prompt",
    "generation_of",
    "merge_facts",
    "mode_of",
]

FREE_ROLES = frozenset({"mask"})
"""Roles that need no rights basis: a mask says where, not what."""

_TEXT = 4_096
_PROMPT = 200_000
_ITEMS = 1_000
_MODE_OF_ROLE = {
    "init": "i2i",
    "mask": "inpaint",
    "control": "controlnet",
    "reference": "reference",
    "style": "reference",
}
_WITHOUT_IMAGE = frozenset({"t2i", "upscale", "unknown"})
"""Modes that may have no image input: an upscale may be the tool's own second pass."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who records."""

    tool: str
    """The generator."""
    tool_version: str
    """Its version."""
    writer: str
    """The recorder's name and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """All that goes into one record besides who wrote it."""

    facts: Facts
    """What the host told."""
    prompt: Prompt
    """What is kept of the prompt."""
    inputs: tuple[Input, ...]
    """What went in."""
    parents: tuple[Parent, ...] = ()
    """Earlier pictures of the same maker among them."""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """How the finished picture looks, by algorithm."""
    generated_at: datetime
    """When the file was there."""
    recorded_at: datetime
    """When this was written down."""


def generation_of(made: Made, identity: Identity) -> Generation:
    """Return the record; whatever a host put into `facts`, its reader will accept it."""
    facts = made.facts
    mode = facts.mode if facts.mode in MODES else mode_of(item.role for item in made.inputs)
    other = {**(facts.other or {}), **({"model_hash": facts.model_hash} if facts.model_hash else {})}
    return Generation(
        written_by=WrittenBy.RECORDER,
        writer=clean(identity.writer),
        tool=clean(identity.tool),
        tool_version=clean(identity.tool_version),
        mode=mode,
        image_input=_image_input(mode, made.inputs),
        model=clean(facts.model),
        strength=_number(facts.strength),
        loras=tuple(filter(None, map(clean, facts.loras)))[:_ITEMS],
        parameters=_texts(other),
        inputs=made.inputs[:_ITEMS],
        parents=made.parents[:_ITEMS],
        fingerprints=made.fingerprints,
        prompt=made.prompt,
        generated_at=made.generated_at,
        recorded_at=made.recorded_at,
    )


def mode_of(roles: Iterable[str]) -> str:
    """Return the mode that the inputs' roles tell; several ways together are "mixed"."""
    found = {role for role in roles if role in ROLES}
    if not found:
        return "t2i"
    if found <= {"init", "mask"}:
        return "inpaint" if "mask" in found else "i2i"
    if not found <= set(_MODE_OF_ROLE):
        return "unknown"
    ways = {_MODE_OF_ROLE[role] for role in found - {"mask"}}
    return ways.pop() if len(ways) == 1 and "mask" not in found else "mixed"


def merge_facts(before: Facts, after: Facts) -> Facts:
    """Return `before` with the fields that `after` sets; other values are joined name by name."""
    told = {one.name: getattr(after, one.name) for one in fields(Facts)}
    told = {name: value for name, value in told.items() if value is not None and value != ()}
    if before.other and after.other:
        told["other"] = {**before.other, **after.other}
    return replace(before, **told)


def clean(value: object, limit: int = _TEXT) -> str | None:
    """Return `value` as text that can be signed, cut to `limit`; None when there is nothing."""
    if value is None:
        return None
    # A lone surrogate (a file name that is no UTF-8) has no place in JSON.
    text = str(value).encode("utf-8", "replace").decode("utf-8")[:limit]
    return text or None


def clean_prompt(value: object) -> str | None:
    """Return a prompt as it can be signed."""
    return clean(value, _PROMPT)


def _image_input(mode: str, inputs: Sequence[Input]) -> str:
    if inputs:
        return "yes"
    # The host says "i2i" and the plug-in saw no picture: that is a gap, and must not read as "no".
    return "no" if mode in _WITHOUT_IMAGE - {"unknown"} else "not_recorded"


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # anything a host gives; what is no number is left out
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    cleaned = ((clean(name), clean(value)) for name, value in list(values.items())[:_ITEMS])
    return {name: value for name, value in cleaned if name and value}
