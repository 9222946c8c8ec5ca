"""What the maker types where the file does not say: `--as "i2i drawing.png mask=mask.png"`.

The first word is the mode, each further word a source file, with its role before "=" when it is not the starting
picture. Words are split as a shell does, so that names with spaces can be quoted.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from myself_i2i.errors import UsageError
from myself_i2i.predicates.generation import MODES, ROLES
from myself_i2i.wording import Text

__all__ = ["ByHand", "parse_by_hand", "parse_source"]

WITHOUT_IMAGE = frozenset({"t2i"})
EITHER = frozenset({"upscale"})
"""The tool's own second pass (no image) or enlarging a loaded file: the sources say which."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A way of making and its sources, as typed."""

    mode: str
    """One of the modes of spec/inspection.md, never "unknown"."""
    sources: tuple[tuple[str, str], ...] = ()
    """(role, file) in the order typed."""

    @property
    def image_input(self) -> str:
        """Did an image file go in: "yes" when there are sources, "no" otherwise."""
        return "yes" if self.sources else "no"


def parse_by_hand(text: str, *, backslash_escapes: bool = True) -> ByHand:
    r"""Return what was typed. Raises UsageError, with an example, when it makes no sense.

    `backslash_escapes` is False on Windows, where a backslash divides folders: `i2i C:\Users\me\drawing.png`.
    """
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
        lexer.whitespace_split, lexer.commenters = True, ""
        lexer.escape = "\\" if backslash_escapes else ""
        words = list(lexer)
    except ValueError as error:
        raise _wrong(text) from error
    if not words or words[0] not in MODES or words[0] == "unknown":
        raise _wrong(text)
    mode, sources = words[0], tuple(parse_source(word) for word in words[1:])
    if mode in WITHOUT_IMAGE and sources:
        raise UsageError(
            Text(
                en="t2i makes a picture from words alone, but a source was named",
                ja="t2iは文章だけから作る方法ですが、元画像が指定されています",
            ),
            hint=Text(
                en='if the picture went in, say so: --as "i2i FILE"',
                ja='画像を入力したときは --as "i2i ファイル" としてください',
            ),
        )
    if mode not in WITHOUT_IMAGE | EITHER and not sources:
        raise UsageError(
            Text(
                en="{mode} starts from an image file, and none was named",
                ja="{mode} は画像ファイルを使う方法ですが、元画像が指定されていません",
            ).format(mode=mode),
            hint=Text(
                en='name it: --as "{mode} FILE"', ja='--as "{mode} ファイル" の形で指定してください'
            ).format(mode=mode),
        )
    return ByHand(mode, sources)


def parse_source(word: str) -> tuple[str, str]:
    """Return (role, file) of "FILE" or "role=FILE"; a "=" in a plain file name is left alone."""
    role, equals, file = word.partition("=")
    return (role, file) if equals and file and role in ROLES else ("init", word)


def _wrong(text: str) -> UsageError:
    return UsageError(
        Text(
            en="got --as {text!r}, wanted a mode and its source files",
            ja="--as {text!r} を読み取れません。作り方と元画像を書いてください",
        ).format(text=text[:200]),
        hint=Text(
            en='for example: --as t2i, or --as "i2i drawing.png mask=mask.png"; modes: {modes}',
            ja='例: --as t2i、--as "i2i drawing.png mask=mask.png"。作り方: {modes}',
        ).format(modes=", ".join(mode for mode in MODES if mode != "unknown")),
    )
