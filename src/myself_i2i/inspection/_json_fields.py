"""Strangers' JSON, read with care: a value of another type than expected is treated as absent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["first_number", "first_scalar", "first_text", "text_list"]

MAX_TEXT = 20_000
"""Most characters of one text taken over."""


def first_text(data: Any, *names: str) -> str | None:
    """Return the first of `names` in `data` whose value is a text that is not empty, shortened, or None."""
    if not isinstance(data, Mapping):
        return None
    values = (data.get(name) for name in names)
    return next((value[:MAX_TEXT] for value in values if isinstance(value, str) and value.strip()), None)


def first_number(data: Any, *names: str) -> float | None:
    """Return the first of `names` in `data` that is a finite number, or a text of one, or None."""
    if not isinstance(data, Mapping):
        return None
    for name in names:
        value = data.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            number = float(value[:40] if isinstance(value, str) else value)
        except (ValueError, OverflowError):
            continue
        if math.isfinite(number):
            return number
    return None


def text_list(value: Any, limit: int = 100) -> list[str]:
    """Return the texts in `value` (a text or a list), at most `limit`, none of them empty."""
    items = value if isinstance(value, list) else [value]
    return [item[:MAX_TEXT] for item in items[:limit] if isinstance(item, str) and item.strip()]


def first_scalar(data: Any, *names: str) -> int | str | None:
    """Return the first of `names` in `data` that is a whole number or a text that is not empty, or None."""
    if not isinstance(data, Mapping):
        return None
    for name in names:
        value = data.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip():
            return value[:MAX_TEXT]
    return None
