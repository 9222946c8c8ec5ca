"""JSON from strangers, read strictly; JSON of our own, written canonically (RFC 8785).

Two readers must never see two different values in the same signed bytes. So what JSON libraries disagree on
is refused: a name given twice, NaN, numbers past a double, lone surrogates, bytes that are not UTF-8.
"""

from __future__ import annotations

import json
import math
from typing import Any

import rfc8785

from myself_i2i.errors import InputError, LimitError
from myself_i2i.wording import Text

__all__ = ["JSON_BYTES", "JSON_DEPTH", "canonical_json", "parse_strict"]

JSON_BYTES = 2**20
"""Most bytes of one statement."""
JSON_DEPTH = 32
"""Most arrays and objects inside each other; ours need 5."""
_INTEGER_DIGITS = 400
"""No double is longer, and reading digits costs more than linear time."""
_EXACT = 2**53
"""Integers below this are the same in every language."""

_UNREADABLE = Text(
    en="{where} is not readable as JSON: {why}",
    ja="{where} を JSON として読めません（{why}）",
)


def parse_strict(data: bytes, *, where: Text | str, limit: int = JSON_BYTES) -> Any:
    """Return the one JSON value in `data`, every object with each name once.

    `where` names the thing in error messages. Raises `LimitError` past `limit` bytes or `JSON_DEPTH`, and
    `InputError` for all else; nothing else comes out of any bytes.
    """
    if len(data) > limit:
        raise LimitError(
            Text(
                en="{where} has {size} bytes, wanted at most {limit}",
                ja="{where} は {size} バイトあり、上限 {limit} を超えています",
            ).format(where=where, size=len(data), limit=limit)
        )
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError as error:
        raise InputError(_UNREADABLE.format(where=where, why=_reason(error))) from error
    _walk(value, where)
    return value


def canonical_json(value: Any) -> bytes:
    """Return `value` as RFC 8785 bytes: the same value gives the same bytes everywhere.

    Raises `InputError` when it cannot be said in JSON without loss (integers past 2**53, NaN, lone surrogates).
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise InputError(
            Text(
                en="this value cannot be written as canonical JSON: {why}",
                ja="この値は正準 JSON として書けません（{why}）",
            ).format(why=_reason(error))
        ) from error


def _reason(error: Exception) -> str:
    """Return the library's reason in one short line, without the stranger's text around it."""
    return str(error)[:120]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name given twice: one reader would take the first value and another the last."""
    value = dict(pairs)
    if len(value) != len(pairs):
        reason = "a name stands twice in one object"
        raise ValueError(reason)
    return value


def _refuse_constant(name: str) -> Any:
    reason = f"{name} is not JSON"
    raise ValueError(reason)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        reason = "a number is larger than a double holds"
        raise ValueError(reason)
    return number


def _integer(digits: str) -> int | float:
    """Return what every JSON reader sees (RFC 8785 builds on I-JSON): past 2**53 a number is a double."""
    if len(digits) > _INTEGER_DIGITS:
        reason = "a number has too many digits"
        raise ValueError(reason)
    number = int(digits)
    return number if abs(number) < _EXACT else _finite(digits)


def _too_deep(where: Text | str) -> LimitError:
    return LimitError(
        Text(
            en="{where} is nested deeper than {depth}",
            ja="{where} の入れ子が {depth} 段を超えています",
        ).format(where=where, depth=JSON_DEPTH)
    )


def _walk(value: Any, where: Text | str) -> None:
    """Check depth and surrogates without recursion, so that no input can exhaust the stack here."""
    level, todo = 0, [value]
    while todo:
        if level > JSON_DEPTH:
            raise _too_deep(where)
        deeper: list[Any] = []
        for item in todo:
            if isinstance(item, dict):
                _check_text("".join(item), where)
                deeper.extend(item.values())
            elif isinstance(item, list):
                deeper.extend(item)
            elif isinstance(item, str):
                _check_text(item, where)
        level, todo = level + 1, deeper


def _check_text(text: str, where: Text | str) -> None:
    """Refuse lone surrogates: they have no UTF-8, so the value could never be signed or shown again."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(
            _UNREADABLE.format(
                where=where,
                why=Text(
                    en="a lone surrogate in a string", ja="文字列に不正な符号（単独のサロゲート）があります"
                ),
            )
        ) from None
