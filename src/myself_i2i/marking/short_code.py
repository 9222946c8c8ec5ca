"""A short code for a picture, to write where metadata does not survive: in a post, in an alt text, in a corner.

Ten characters of Crockford's base32 (50 bits of the picture's `imageData/v1` digest) and one check character, e.g.
"7K3QM-2ZD8R-T". Anyone who has the file can compute it again; it names a picture and vouches for nothing. Nothing
looks codes up yet; a registry will, and may hold several records under one code.
"""

from __future__ import annotations

import re
from typing import Final

from myself_i2i.errors import InputError
from myself_i2i.wording import Text

__all__ = ["code_of", "find_codes", "read_code"]

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {c: i for i, c in enumerate(_ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_DATA, _GROUP, _BITS = 10, 5, 5
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# A code in running text: both hyphens are asked for there, so that ordinary words are not taken for codes.
_IN_TEXT: Final = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z]{5}-[0-9A-Za-z]{5}-[0-9A-Za-z](?![0-9A-Za-z-])")


def code_of(image_data: str) -> str:
    """Return the code of the picture with this `imageData/v1` digest (64 hex digits).

    Raises:
        InputError: it is no digest.
    """
    if not _DIGEST.fullmatch(image_data):
        raise InputError(
            Text(
                en="got {got!r}, wanted a digest of 64 hex digits",
                ja="64桁の16進数のダイジェストではありません: {got!r}",
            ).format(got=image_data[:70])
        )
    number = int(image_data, 16) >> 256 - _DATA * _BITS
    values = [number >> shift & 31 for shift in range((_DATA - 1) * _BITS, -1, -_BITS)]
    characters = "".join(_ALPHABET[value] for value in [*values, _check(values)])
    return "-".join((characters[:_GROUP], characters[_GROUP:_DATA], characters[_DATA]))


def read_code(text: str) -> str:
    """Return the code a person typed, in its one written form.

    Case, spaces, hyphens, and the confusions that Crockford's base32 forgives (I, L = 1; O = 0) do not matter.

    Raises:
        InputError: not a code, or a character was mistyped.
    """
    characters = [c for c in text.upper() if c not in "- \u3000\t"]
    if len(characters) != _DATA + 1 or any(c not in _VALUES for c in characters):
        raise InputError(
            Text(
                en="got {got!r}, wanted a code like 7K3QM-2ZD8R-T",
                ja="コードの形ではありません: {got!r}（例: 7K3QM-2ZD8R-T）",
            ).format(got=text[:40])
        )
    values = [_VALUES[c] for c in characters]
    if _check(values[:_DATA]) != values[_DATA]:
        raise InputError(
            Text(en="the code {got!r} is mistyped", ja="コードに打ち間違いがあります: {got!r}").format(
                got=text[:40]
            ),
            hint=Text(en="compare it letter by letter", ja="1文字ずつ見くらべてください"),
        )
    plain = "".join(_ALPHABET[value] for value in values)
    return "-".join((plain[:_GROUP], plain[_GROUP:_DATA], plain[_DATA]))


def find_codes(text: str) -> tuple[str, ...]:
    """Return the valid codes standing in a post or an alt text, in order, each once."""
    found = []
    for match in _IN_TEXT.finditer(text):
        try:
            found.append(read_code(match[0]))
        except InputError:
            continue
    return tuple(dict.fromkeys(found))


def _check(values: list[int]) -> int:
    """Luhn's check modulo 32: finds every single wrong character and nearly every swap of neighbours."""
    total = 0
    for index, value in enumerate(reversed(values)):
        doubled = value * 2 if index % 2 == 0 else value
        total += doubled // 32 + doubled % 32
    return -total % 32
