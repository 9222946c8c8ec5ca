"""A badge for a profile or a picture's corner: what the maker says, the tag, and the picture's short code.

It is a drawing with words in it and proves nothing; the mark in the file and the code are what can be checked. The
SVG uses generic fonts and carries its words as title and description; the PNG is drawn with a Japanese font when
the machine has one, otherwise its words are English.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from myself_i2i.predicates.tags import TAG
from myself_i2i.wording import Language, Text

__all__ = ["FONT_DIRECTORIES", "badge_png", "badge_svg", "find_japanese_font"]

PLEDGED: Final = Text(
    en="I put in no one else's picture without permission",
    ja="ひとの絵や写真を無断でi2iに使いません",
)
"""What the badge says: the first rule, in the maker's voice."""
_TITLE: Final = Text(en="Myself_i2i badge", ja="Myself_i2iの目印")

FONT_DIRECTORIES: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
    Path("C:/Windows/Fonts"),
    Path("~/AppData/Local/Microsoft/Windows/Fonts"),
)
"""Where fonts lie on Linux, macOS and Windows."""

# In the order of preference; in the .ttc files of Noto and Source Han, face 0 is the Japanese one.
_FONTS: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKjp-Regular.otf",
    "NotoSansJP-Regular.ttf",
    "NotoSansJP-Regular.otf",
    "SourceHanSans-Regular.ttc",
    "ヒラギノ角ゴシック W3.ttc",
    "YuGothM.ttc",
    "YuGothR.ttc",
    "meiryo.ttc",
    "BIZ-UDGothicR.ttc",
    "ipaexg.ttf",
    "ipag.ttf",
    "VL-Gothic-Regular.ttf",
    "mplus-1p-regular.ttf",
    "msgothic.ttc",
    "TakaoGothic.ttf",
)
_FILES: Final = 20_000

_HEIGHT, _LEFT, _RIGHT = 84, 88, 22
_INK, _PAPER, _LINE, _SOFT = "#22314f", "#fbfaf7", "#4a6fa5", "#5c677d"
_SIZES: Final = (20, 15, 13)
_BASELINES: Final = (30, 53, 72)
_SCALE: Final = 4  # the PNG is drawn larger and reduced, for smooth edges


@dataclass(frozen=True, slots=True)
class _Badge:
    """Words and width, the same for both forms."""

    lines: tuple[str, ...]
    width: int


def badge_svg(language: Language, *, code: str | None = None) -> str:
    """Return the badge as a standalone SVG document; `code` is the picture's short code, or None for a profile."""
    badge = _layout(language, code)
    texts = "\n".join(
        f'  <text x="{_LEFT}" y="{y}" font-size="{size}" fill="{colour}"{weight}>{escape(line)}</text>'
        for line, size, y, colour, weight in zip(
            badge.lines,
            _SIZES,
            _baselines(badge),
            (_INK, _INK, _SOFT),
            (' font-weight="bold"', "", ""),
            strict=False,
        )
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{badge.width}" height="{_HEIGHT}" \
viewBox="0 0 {badge.width} {_HEIGHT}" role="img" aria-labelledby="badge-title badge-desc" xml:lang="{language}">
  <title id="badge-title">{escape(_TITLE.in_(language))}</title>
  <desc id="badge-desc">{escape(" / ".join(badge.lines))}</desc>
  <rect x="1.5" y="1.5" width="{badge.width - 3}" height="{_HEIGHT - 3}" rx="14" fill="{_PAPER}" stroke="{_LINE}" \
stroke-width="3"/>
  <g fill="none" stroke="{_LINE}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">
    <rect x="20" y="42" width="36" height="29" rx="4"/>
    <path d="M26 64 L35 54 L41 60 L45 56 L51 64"/>
    <path d="M62.3 38.3 A16 16 0 1 0 34 28"/>
  </g>
  <path d="M27 26 L41 26 L34 37 Z" fill="{_LINE}"/>
  <g font-family="'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', 'Yu Gothic', Meiryo, sans-serif">
{texts}
  </g>
</svg>
"""


def badge_png(language: Language, *, code: str | None = None, font: Path | None = None) -> bytes:
    """Return the badge as a PNG; with `font` None (no Japanese font here) its words are English."""
    badge = _layout(language if font is not None else "en", code)
    size = (badge.width * _SCALE, _HEIGHT * _SCALE)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    _draw_frame(draw, badge)
    for line, height, y, colour in zip(
        badge.lines, _SIZES, _baselines(badge), (_INK, _INK, _SOFT), strict=False
    ):
        face = _face(font, height * _SCALE)
        draw.text((_LEFT * _SCALE, y * _SCALE), line, fill=colour, font=face, anchor="ls")
    output = io.BytesIO()
    image.resize((badge.width * 2, _HEIGHT * 2), Image.Resampling.LANCZOS).save(output, "PNG")
    return output.getvalue()


def find_japanese_font(directories: Iterable[Path] = FONT_DIRECTORIES) -> Path | None:
    """Return the path of a font that has Japanese, or None; looks at file names only, at most `_FILES` of them."""
    wanted = {name: rank for rank, name in enumerate(_FONTS)}
    found: dict[int, Path] = {}
    seen = 0
    for directory in directories:
        for path in _walk(directory.expanduser()):
            seen += 1
            if path.name in wanted:
                found.setdefault(wanted[path.name], path)
            if seen >= _FILES:
                break
    return found[min(found)] if found else None


def _walk(directory: Path) -> Iterable[Path]:
    try:
        yield from directory.rglob("*.[to]t[fc]")
    except OSError:  # a folder we may not read has no font for us
        return


def _layout(language: Language, code: str | None) -> _Badge:
    lines = (TAG, PLEDGED.in_(language), *(() if code is None else (code,)))
    widest = max(_width(line, size) for line, size in zip(lines, _SIZES, strict=False))
    return _Badge(lines, int(_LEFT + widest + _RIGHT))


def _baselines(badge: _Badge) -> tuple[int, ...]:
    return _BASELINES if len(badge.lines) == len(_BASELINES) else (38, 62)


def _width(line: str, size: int) -> float:
    # Fonts differ; a Latin letter averages 0.5 to 0.6 em in sans fonts, a Japanese one exactly 1 em.
    return sum(1.0 if ord(c) > 0x2E80 else 0.56 for c in line) * size  # noqa: PLR2004 - CJK begins at U+2E80


def _face(font: Path | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size) if font is None else ImageFont.truetype(font, size, index=0)


def _draw_frame(draw: ImageDraw.ImageDraw, badge: _Badge) -> None:
    def scaled(*values: float) -> list[float]:
        return [value * _SCALE for value in values]

    pen = 4 * _SCALE
    draw.rounded_rectangle(
        scaled(0, 0, badge.width - 0.25, _HEIGHT - 0.25), 15 * _SCALE, _PAPER, _LINE, 3 * _SCALE
    )
    draw.rounded_rectangle(scaled(18, 40, 58, 73), 6 * _SCALE, None, _LINE, pen)
    draw.line(scaled(26, 64, 35, 54, 41, 60, 45, 56, 51, 64), _LINE, pen, joint="curve")
    draw.arc(scaled(32, 10, 68, 46), 180, 40, _LINE, pen)
    draw.polygon(scaled(27, 26, 41, 26, 34, 37), _LINE)
