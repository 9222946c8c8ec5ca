"""Narrowing strangers' JSON: each function returns the value in the wanted type, or nothing at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from myself_i2i.inspection.interface import Evidence, shorten

__all__ = ["dicts", "evidence", "find_key", "mapping", "number", "sequence", "shown", "text", "unit"]

WALK_LIMIT = 50_000
"""Most values looked at in one search; a stranger's JSON may be huge."""


def text(value: Any) -> str | None:
    """Return a non-empty string, stripped, or None."""
    return (value.strip() or None) if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """Return a finite number (also written as text, as some tools do), or None; never a bool."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def unit(value: Any) -> float | None:
    """Return a number between 0 and 1, or None."""
    result = number(value)
    return result if result is not None and 0.0 <= result <= 1.0 else None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def dicts(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects in an array; anything else in it is left out."""
    return [item for item in sequence(value) if isinstance(item, Mapping)]


def find_key(value: Any, key: str) -> Iterator[Any]:
    """Yield every value stored under `key` anywhere inside `value`, in reading order, without recursion."""
    stack = [value]
    for _ in range(WALK_LIMIT):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, Mapping):
            if key in item:
                yield item[key]
            stack.extend(reversed([child for child in item.values() if isinstance(child, Mapping | list)]))
        elif isinstance(item, list):
            stack.extend(reversed([child for child in item if isinstance(child, Mapping | list)]))


def evidence(where: str, record: Mapping[str, Any], *keys: str) -> list[Evidence]:
    """Return one evidence line for each of `keys` that stands in `record`."""
    return [Evidence(f"{where}: {key}", shown(record[key])) for key in keys if key in record]


def shown(value: Any) -> str:
    """Return `value` as one short line of evidence, however deep it is nested."""
    try:
        return shorten(value)
    except RecursionError:
        # What one stack depth could parse, a deeper one cannot print.
        return "…"
