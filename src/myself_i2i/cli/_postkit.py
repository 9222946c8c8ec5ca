"""The post kit beside a marked picture: words for sites that strip metadata, and badges."""

from __future__ import annotations

from pathlib import Path

from myself_i2i.cli._files import KIT, save
from myself_i2i.declaration import Declaration
from myself_i2i.marking.badge import badge_png, badge_svg, find_japanese_font
from myself_i2i.marking.postkit import PostFacts, alt_text, post_text, site_notes
from myself_i2i.wording import LANGUAGES, Language, Text

__all__ = ["write_badges", "write_kit"]

POST = Text(en="Post text", ja="投稿文")
ALT = Text(en="Alt text", ja="代替テキスト（ALT）")
SITES = Text(en="On other sites (their rules decide)", ja="ほかのサイトでは（各サイトの規約が優先します）")
KEEP = Text(
    en="Keep the .c2pa file: it still vouches for this exact file after a site removed the mark from the copy you posted.",
    ja=".c2pa ファイルは取っておいてください。投稿先で目印が取り除かれても、手元のこのファイルについての裏づけになります。",
)


def write_kit(target: Path, code: str, declaration: Declaration) -> None:
    """Write `post-kit/NAME.txt`: post text, alt text and site notes in both languages."""
    record = declaration.generation
    facts = PostFacts(
        mode=record.mode,
        image_input=record.image_input,
        bases=tuple(held.basis for held in declaration.bases),
        code=code,
    )
    text = "\n".join(_kit(facts, language) for language in LANGUAGES)
    save(target.parent / KIT / f"{target.name}.txt", text.encode())


def _kit(facts: PostFacts, language: Language) -> str:
    sites = "\n".join(f"- {note.site}: {note.says.in_(language)}" for note in site_notes(facts))
    parts = [(POST, post_text(facts, language)), (ALT, alt_text(facts, language)), (SITES, sites)]
    body = "\n\n".join(f"## {heading.in_(language)}\n{text}" for heading, text in parts)
    return f"{body}\n\n{KEEP.in_(language)}\n"


def write_badges(folder: Path) -> None:
    """Write the badges once a folder: SVG in both languages, PNG too (English words without a Japanese font)."""
    font = find_japanese_font()
    for language in LANGUAGES:
        save(folder / KIT / f"badge.{language}.svg", badge_svg(language).encode())
        if language == "en" or font is not None:
            save(folder / KIT / f"badge.{language}.png", badge_png(language, font=font))
