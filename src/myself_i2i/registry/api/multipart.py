"""`multipart/form-data` (RFC 7578) in memory only: few parts, no files. Starlette's own reader would put parts on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

__all__ = ["read_parts"]

PARTS: Final = 8


def read_parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """Return the parts of a form by name. The caller bounds `body`.

    Raises `InputError` for what is no such form, for a name given twice, and for more than 8 parts.
    """
    form = _Form()
    try:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            raise _wrong()
        parser = MultipartParser(options.get(b"boundary", b""), form.callbacks())
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:  # the second: no boundary, or one longer than any
        raise _wrong() from error
    if not form.ended:
        raise _wrong()
    return {name: bytes(data) for name, data in form.parts.items()}


class _Form:
    """What the parser calls, piece by piece."""

    def __init__(self) -> None:
        self.parts: dict[str, bytearray] = {}
        self.ended = False
        self._field, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._data = bytearray()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._begin,
            "on_part_data": lambda data, start, end: self._data.extend(data[start:end]),
            "on_end": self._end,
        }

    def _header_end(self) -> None:
        self._headers[bytes(self._field).lower()] = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if not name or name in self.parts or len(self.parts) == PARTS:
            raise _wrong()
        self._data = self.parts[name] = bytearray()

    def _end(self) -> None:
        self.ended = True


def _wrong() -> InputError:
    return InputError(
        Text(
            en="this is not a form (multipart/form-data) of a few parts, each name once",
            ja="フォーム（multipart/form-data）として読めません（部分は少数、同じ名前は1回だけ）",
        )
    )
