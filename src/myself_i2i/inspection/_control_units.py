"""ControlNet units in a "Steps: ..." text: what each was used for. The control image itself is never named.

Three spellings exist: `ControlNet Enabled/Module/Model` (February 2023; `ControlNet-1 ...` for several units),
`ControlNet 0: "preprocessor: canny, model: ..."` (2023) and `ControlNet 0: "Module: canny, Model: ..."` (later,
Forge too).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from myself_i2i.inspection.infotext import Infotext, parse_pairs
from myself_i2i.inspection.interface import Mode, Role

__all__ = ["ControlUnit", "control_units"]

MAX_UNITS = 20
"""Most units kept; the largest user interfaces offer ten."""

_UNIT = re.compile(r"ControlNet(?:[ -]?(\d{1,3}))?", re.IGNORECASE)
_OLD = re.compile(r"ControlNet(?:-(\d{1,3}))? (Enabled|Module|Preprocessor|Model|Weight)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"reference|ip[-_ ]?adapter|insightface|instant[-_ ]?id|pulid|photomaker|clip[-_ ]?(?:vision|vit|g\b|h\b)|style|revision|"
    r"face[-_ ]?id|redux|style_align|shuffle_style|\bclip\b",
    re.IGNORECASE,
)
_INPAINT = re.compile(r"inpaint|\blama\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ControlUnit:
    """One enabled unit."""

    key: str
    """The setting it was read from, for evidence."""
    module: str | None
    """The preprocessor's name; None when there was none."""
    model: str | None
    """The control model's name."""
    weight: float | None
    """How strongly it steered."""

    @property
    def mode(self) -> Mode:
        """What the image of this unit did: control, reference or inpaint."""
        named = f"{self.module or ''} {self.model or ''}"[:400]
        if _REFERENCE.search(named):
            return Mode.REFERENCE
        if _INPAINT.search(self.module or "") or (self.module is None and _INPAINT.search(self.model or "")):
            return Mode.INPAINT
        return Mode.CONTROLNET

    @property
    def role(self) -> Role:
        """The role of its image."""
        return Role.REFERENCE if self.mode is Mode.REFERENCE else Role.CONTROL

    def to_extra(self) -> dict[str, Any]:
        """Return the unit JSON-ready."""
        return {"module": self.module, "model": self.model, "weight": self.weight}


def control_units(info: Infotext) -> tuple[ControlUnit, ...]:
    """Return the enabled units that `info` records, in order; never raises."""
    units: list[ControlUnit] = []
    old: dict[str, dict[str, tuple[str, str]]] = {}
    for key in info.starting("ControlNet"):
        value = info.fields[key]
        if _UNIT.fullmatch(key) is not None:
            unit = _unit(key, {name.casefold(): item for name, item in parse_pairs(value).items()})
            if unit is not None:
                units.append(unit)
        elif (match := _OLD.fullmatch(key)) is not None:
            old.setdefault(match[1] or "", {})[match[2].casefold()] = (key, value)
    units.extend(unit for parts in old.values() if (unit := _old_unit(parts)) is not None)
    return tuple(units[:MAX_UNITS])


def _unit(key: str, settings: dict[str, str]) -> ControlUnit | None:
    if settings.get("enabled", "True").casefold() == "false":
        return None
    module = _name(settings.get("module") or settings.get("preprocessor"))
    model = _name(settings.get("model"))
    if module is None and model is None:
        return None
    return ControlUnit(key, module, model, _number(settings.get("weight")))


def _old_unit(parts: dict[str, tuple[str, str]]) -> ControlUnit | None:
    settings = {name: value for name, (_, value) in parts.items()}
    if settings.get("enabled", "True").casefold() == "false":
        return None
    module = _name(settings.get("module") or settings.get("preprocessor"))
    model = _name(settings.get("model"))
    if module is None and model is None and "enabled" not in settings:
        return None
    key = next(
        iter(
            parts.get(name, ("", ""))[0]
            for name in ("model", "module", "enabled", "preprocessor")
            if name in parts
        ),
        "",
    )
    return ControlUnit(key, module, model, _number(settings.get("weight"))) if key else None


def _name(value: str | None) -> str | None:
    return None if value is None or value.strip().casefold() in {"", "none"} else value.strip()[:300]


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
