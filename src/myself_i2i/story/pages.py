"""The story of one picture as a page to show."""

from __future__ import annotations

from collections.abc import Iterator

from myself_i2i.story._sections import drawing, limits, sources, steps, zone_words
from myself_i2i.story.document import Block, Document, Facts, Paragraph, Thumbnail
from myself_i2i.story.draw import Look
from myself_i2i.story.values import Story
from myself_i2i.story.words import T2I_AND_I2I, called
from myself_i2i.wording import Text

__all__ = ["about", "story_document"]

MOST_FILES = 4

TITLE = Text(en="How {name} was made", ja="{name} ができるまで")
INTRO = Text(
    en="What the maker's signed records say about this picture, back to its sources.",
    ja="この画像について、作り手が署名した記録にあることを、元画像までさかのぼって示します。",
)
PICTURE = Text(en="picture", ja="画像")
DIGEST = Text(en="sha256 of the file", ja="ファイルの sha256")
COUNTED = Text(en="recorded", ja="記録")
COUNTS = Text(
    en="{pictures} pictures, {steps} records, {sources} sources",
    ja="画像 {pictures} 枚、記録 {steps} 件、元画像 {sources} 枚",
)
TIMES = Text(en="times", ja="日時")
IN_ZONE = Text(en="{zone}, by the clock of the maker's machine", ja="{zone}、作り手のパソコンの時計")


def story_document(story: Story, look: Look, *, limit: Text) -> Document:
    """Return the page of `story`; `limit` is the limit of every check, printed on it."""
    return Document(
        language=look.language,
        title=look.say(TITLE.format(name=called(story.picture))),
        blocks=[*_blocks(story, look), limits(look, limit)],
    )


def _blocks(story: Story, look: Look) -> Iterator[Block]:
    yield Paragraph(look.say(INTRO))
    yield from about(story, look)
    yield Paragraph(look.say(T2I_AND_I2I), small=True)
    if story.steps:
        yield from drawing(story, look)
    yield from steps(story, look)
    if story.steps:
        yield from sources(story, look)


def about(story: Story, look: Look) -> Iterator[Block]:
    """Yield what the story is about."""
    thumbnail = look.thumbnails.get(0)
    if thumbnail is not None:
        yield Thumbnail(thumbnail, look.say(called(story.picture)))
    rows = [(look.say(PICTURE), look.say(called(story.picture)))]
    rows += [(look.say(DIGEST), digest) for digest in story.picture.sha256s[:MOST_FILES]]
    counts = COUNTS.format(
        pictures=f"{len(story.pictures):,}", steps=f"{len(story.steps):,}", sources=f"{len(story.sources):,}"
    )
    rows += [
        (look.say(COUNTED), look.say(counts)),
        (look.say(TIMES), look.say(IN_ZONE.format(zone=zone_words(story, look)))),
    ]
    yield Facts(rows)
