"""Reading one JSON object field by field, strictly: the right type, within bounds, or an `InputError` naming it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from myself_i2i.errors import InputError
from myself_i2i.predicates.moments import parse_moment
from myself_i2i.wording import Text

__all__ = ["SHA256_HEX", "Fields", "without_absent"]

SHA256_HEX = re.compile(r"[0-9a-f]{64}")

_ITEMS = 1_024
_TEXT = 4_096
_Choice = TypeVar("_Choice", bound=StrEnum)
_Item = TypeVar("_Item")


def without_absent(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something: None, empty lists and empty objects are left out."""
    return {name: value for name, value in fields.items() if value is not None and value not in ([], {})}


class Fields:
    """One JSON object under inspection. Unknown names are ignored; null is a wrong type, not an absence."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", "オブジェクト")
        self._value: dict[str, Any] = value
        self._where = where

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}"

    def has(self, name: str) -> bool:
        """Return whether the field is there at all."""
        return name in self._value

    def text(self, name: str, *, pattern: re.Pattern[str] | None = None, limit: int = _TEXT) -> str:
        """Return a string of 1 to `limit` characters that `pattern` matches whole."""
        value = self._value.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= limit:
            raise _wrong(self._path(name), f"a string of 1 to {limit} characters", f"1〜{limit} 文字の文字列")
        if pattern is not None and not pattern.fullmatch(value):
            raise _wrong(self._path(name), f"text like {pattern.pattern}", f"{pattern.pattern} の形の文字列")
        return value

    def optional_text(
        self, name: str, *, pattern: re.Pattern[str] | None = None, limit: int = _TEXT
    ) -> str | None:
        """Return the string, or None when the field is absent."""
        return self.text(name, pattern=pattern, limit=limit) if self.has(name) else None

    def sha256(self, name: str) -> str:
        """Return 64 lower-case hex digits."""
        return self.text(name, pattern=SHA256_HEX)

    def optional_sha256(self, name: str) -> str | None:
        """Return 64 lower-case hex digits, or None when absent."""
        return self.sha256(name) if self.has(name) else None

    def moment(self, name: str) -> datetime:
        """Return a UTC time."""
        return parse_moment(self.text(name, limit=40), where=self._path(name))

    def optional_moment(self, name: str) -> datetime | None:
        """Return a UTC time, or None when absent."""
        return self.moment(name) if self.has(name) else None

    def optional_number(self, name: str) -> float | None:
        """Return a finite number, or None when absent; true and false are not numbers."""
        if not self.has(name):
            return None
        value = self._value[name]
        # A stranger's integer may be too large for a double: refused here, before float() overflows.
        small = isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**53)
        if isinstance(value, bool) or not small or not math.isfinite(value):
            raise _wrong(self._path(name), "a number", "数値")
        return float(value)

    def number(self, name: str) -> float:
        """Return a finite number, 0 or more."""
        value = self.optional_number(name)
        if value is None or value < 0:
            raise _wrong(self._path(name), "a number, 0 or more", "0以上の数値")
        return value

    def integer(self, name: str, *, most: int) -> int:
        """Return a whole number, 0 to `most`."""
        value = self._value.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise _wrong(self._path(name), f"a whole number, 0 to {most}", f"0〜{most} の整数")
        return value

    def optional_true(self, name: str) -> bool:
        """Return whether the field is there; the only value it can have is true."""
        if self.has(name) and self._value[name] is not True:
            raise _wrong(self._path(name), "true, or nothing", "true（または項目なし）")
        return self.has(name)

    def choice(self, name: str, choices: type[_Choice]) -> _Choice:
        """Return one of an enumeration's values."""
        return choices(self.one_of(name, choices))

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        """Return one of `choices`."""
        allowed = [str(choice) for choice in choices]
        value = self._value.get(name)
        if not isinstance(value, str) or value not in allowed:
            listed = ", ".join(sorted(allowed))
            raise _wrong(self._path(name), f"one of {listed}", f"次のいずれか: {listed}")
        return value

    def inner(self, name: str) -> Fields:
        """Return the object in the field."""
        return Fields(self._value.get(name), self._path(name))

    def optional_inner(self, name: str) -> Fields | None:
        """Return the object in the field, or None when absent."""
        return self.inner(name) if self.has(name) else None

    def items(self, name: str, read: Callable[[Fields], _Item]) -> tuple[_Item, ...]:
        """Return a list of objects, each read by `read`; absent is empty."""
        return tuple(
            read(Fields(item, f"{self._path(name)}[{index}]")) for index, item in enumerate(self._list(name))
        )

    def texts(self, name: str, *, limit: int = _TEXT) -> tuple[str, ...]:
        """Return a list of strings of 1 to `limit` characters; absent is empty."""
        values = self._list(name)
        if not all(isinstance(value, str) and 0 < len(value) <= limit for value in values):
            raise _wrong(self._path(name), f"strings of 1 to {limit} characters", f"1〜{limit} 文字の文字列")
        return tuple(values)

    def mapping(self, name: str, *, limit: int = _TEXT) -> Mapping[str, str]:
        """Return an object of strings of at most `limit` characters; absent is empty."""
        value = self._value.get(name, {})
        if not isinstance(value, dict) or len(value) > _ITEMS:
            raise _wrong(self._path(name), "an object of strings", "文字列のオブジェクト")
        if not all(isinstance(text, str) and len(text) <= limit for text in value.values()):
            raise _wrong(self._path(name), "an object of strings", "文字列のオブジェクト")
        return dict(value)

    def _list(self, name: str) -> list[Any]:
        value = self._value.get(name, [])
        if not isinstance(value, list) or len(value) > _ITEMS:
            raise _wrong(self._path(name), f"a list of at most {_ITEMS}", f"{_ITEMS} 個までのリスト")
        return value


def _wrong(where: str, wanted_en: str, wanted_ja: str) -> InputError:
    return InputError(
        Text(
            en="{where} is missing or not right, wanted {wanted}",
            ja="{where} がないか、形が違います（必要なもの: {wanted}）",
        ).format(where=where, wanted=Text(en=wanted_en, ja=wanted_ja))
    )
