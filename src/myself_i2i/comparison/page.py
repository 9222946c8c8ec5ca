"""A comparison as a page or paper: dates first, then answers, drawings, error rates, procedure and limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myself_i2i.comparison import figures
from myself_i2i.comparison.agreement import agree, mark
from myself_i2i.comparison.interface import Comparison, Dated, NearestFrame, Nearness, Question
from myself_i2i.comparison.method import procedure, wrong_how_often
from myself_i2i.comparison.private import KEEP, KEEP_TITLE, LIMITS_TITLE, RULING, SHARED, SHOWS_NOT
from myself_i2i.comparison.words import (
    ANSWERS,
    ASKED,
    chance_words,
    measure_words,
    related_words,
    says,
)
from myself_i2i.journal import clock
from myself_i2i.story.document import (
    Block,
    Chart,
    Document,
    Facts,
    Heading,
    Limit,
    Paragraph,
    Table,
)
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.comparison.aligning import Alignment
    from myself_i2i.comparison.looks import Looks
    from myself_i2i.story import Look, Told

__all__ = ["NOTHING_SIGNED", "Side", "comparison_document", "frame_words"]

TITLE = Text(en="Two pictures compared, for private use", ja="2枚の画像の比較（手元での確認用）")
BY = Text(en="made by", ja="作成者")
FOR = Text(en="made for", ja="見せる相手")
ON = Text(en="made on", ja="作成日時")
MINE, OTHER = Text(en="your picture", ja="あなたの画像"), Text(en="the other picture", ja="もう一方の画像")
NOT_NAMED = Text(en="not named", ja="記載なし")
YOURSELF = Text(en="yourself", ja="自分用")
SIZED = Text(en="{name}, sha256 {digest}…", ja="{name}、sha256 {digest}…")

DATES = Text(en="Dates first", ja="まず日付")
DATES_WHY = Text(
    en="Which of two pictures was there first decides more than any nearness. Only what somebody signed stands here; the "
    "dates that a file system or a site shows are not used.",
    ja="どちらが先にあったかは、どんな近さよりも大切です。ここに載せるのは、署名のあるものが示す日時だけです。"
    "ファイルの更新日時や、サイトに表示される日時は使いません。",
)
NOTHING_SIGNED = Text(en="nothing signed says when", ja="日時を示す署名はない")
DATE_HEADS = (
    Text(en="picture", ja="画像"),
    Text(en="when", ja="日時"),
    Text(en="who says so", ja="だれが示しているか"),
)
FRAME = Text(
    en="In your journal (frames looked at: {count}), {name} is nearest to the other picture ({says}). It is dated {when}: {who}.",
    ja="制作記録の {count} 件のうち、もう一方の画像に最も近いのは {name} です（{says}）。日時は {when}（{who}）。",
)

QUESTIONS = Text(en="Three questions", ja="三つの問い")
ANSWER_HEADS = (
    Text(en="question", ja="問い"),
    Text(en="answer", ja="答え"),
    Text(en="measured", ja="測った値"),
    Text(en="by chance", ja="偶然にこうなる頻度"),
    Text(en="real related pairs", ja="実際に関係のある組では"),
)
MISSES = Text(
    en="How many real pairs each question misses, by kind, stands in a table further down.",
    ja="それぞれの問いが実際の組をどのくらい見落とすかは、種類別に、後ろの表にあります。",
)
DASH = "–"

DRAWINGS = Text(en="Look for yourself", ja="自分の目で見る")
NUMBERED = Text(
    en="The same sign marks the same place in both pictures: numbers where the structure agrees, small letters and broken "
    "lines where it does not{part}.",
    ja="同じ印は、両方の画像で対応する場所です。数字は構造が一致する場所、小文字と破線は一致しない場所{part}。",
)
A_PART = Text(en="; A is the common part that was found", ja="、A は見つかった共通部分")
NOT_DRAWN = Text(
    en="None of the three answers is near, so the pictures are not laid over each other here: between unrelated pictures a "
    "drawing of that kind shows agreements that come by chance.",
    ja="三つの答えのどれも近くないため、ここでは重ねた図を描いていません。無関係な画像を重ねた図には、偶然の一致が現れるからです。",
)
LAID = Text(
    en="The machine laid the other picture over yours: size {scale}, turned {turn}°, {mirrored}, found by {how}. Nobody chose "
    "this by hand.",
    ja="もう一方の画像をあなたの画像に重ねる位置は、機械が求めました（大きさ {scale} 倍、回転 {turn} 度、{mirrored}、{how}による）。"
    "人の手では動かしていません。",
)
AS_IS, MIRRORED = Text(en="not mirrored", ja="反転なし"), Text(en="mirrored", ja="左右反転")
BY_PARTS = Text(en="the parts they have in common", ja="共通する部分")
BY_SEARCH = Text(en="a search over the whole pictures", ja="画像全体での探索")
OUTLINES = Text(en="Outlines", ja="輪郭")
MAP = Text(en="Where the structure agrees", ja="構造が一致する場所")
COUNTED = Text(
    en="{reached} of {compared} places with structure agree better than 19 in 20 places between unrelated pictures do.",
    ja="構造のある {compared} か所のうち {reached} か所が、無関係な画像どうしの 20 か所中 19 か所よりよく一致しています。",
)
AGREEING = Text(
    en="Places that agree, best first (yours left)", ja="一致する場所（一致の強い順、左があなたの画像）"
)
DIFFERING = Text(
    en="Places that do not agree, least alike first (yours left)",
    ja="一致しない場所（違いの大きい順、左があなたの画像）",
)
NONE_AGREE = Text(en="No place agrees that well.", ja="そこまで一致する場所はありません。")
NONE_DIFFER = Text(en="No place with structure differs.", ja="構造のある場所で、違うところはありません。")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two pictures."""

    name: str
    """What to call it."""
    looks: Looks
    """How it looks."""
    dates: Sequence[Dated] = ()
    """What anything signed says of when; empty when nothing does."""


def comparison_document(
    comparison: Comparison,
    mine: Side,
    theirs: Side,
    look: Look,
    *,
    told: Told,
    limit: Text,
    frame: NearestFrame | None = None,
) -> Document:
    """Return the report; `limit` is the limit of every check, printed on it. It is the reader's to keep private."""
    blocks = [
        Limit(look.say(KEEP_TITLE), [look.say(text) for text in KEEP]),
        _people(mine, theirs, look, told),
        *_dates(mine, theirs, look, frame),
        *_answers(comparison, look),
        *_drawings(comparison, mine, theirs, look),
        *wrong_how_often(look),
        *procedure(look),
        Limit(look.say(LIMITS_TITLE), [look.say(text) for text in (*SHOWS_NOT, RULING, limit)]),
    ]
    return Document(language=look.language, title=look.say(TITLE), author=told.by, blocks=blocks)


def frame_words(nearest: NearestFrame, look: Look) -> str:
    """Return which frame of the journal is nearest, and when it was there."""
    return look.say(
        FRAME.format(
            count=nearest.looked_at,
            name=nearest.frame.name,
            says=Text(en="{asked} {says}", ja="{asked}: {says}").format(
                asked=ASKED[nearest.finding.question], says=says(nearest.finding)
            ),
            when=clock(nearest.frame.dated.at, look.zone),
            who=nearest.frame.dated.says,
        )
    )


def _people(mine: Side, theirs: Side, look: Look, told: Told) -> Block:
    pictures = [
        look.say(SIZED.format(name=side.name, digest=side.looks.kept.sha256[:16])) for side in (mine, theirs)
    ]
    return Facts(
        [
            (look.say(BY), told.by or look.say(NOT_NAMED)),
            (look.say(FOR), told.recipient or look.say(YOURSELF)),
            (look.say(ON), clock(told.made_at, look.zone)),
            (look.say(MINE), pictures[0]),
            (look.say(OTHER), pictures[1]),
        ]
    )


def _dates(mine: Side, theirs: Side, look: Look, frame: NearestFrame | None) -> Iterator[Block]:
    yield Heading(look.say(DATES))
    yield Paragraph(look.say(DATES_WHY), small=True)
    rows = []
    for words, side in ((MINE, mine), (OTHER, theirs)):
        dates = sorted(side.dates, key=lambda one: one.at)
        rows += [(look.say(words), clock(one.at, look.zone), look.say(one.says)) for one in dates]
        if not dates:
            rows.append((look.say(words), DASH, look.say(NOTHING_SIGNED)))
    yield Table([look.say(head) for head in DATE_HEADS], rows, (0.2, 0.2, 0.6))
    if frame is not None:
        yield Paragraph(frame_words(frame, look))


def _answers(comparison: Comparison, look: Look) -> Iterator[Block]:
    yield Heading(look.say(QUESTIONS))
    rows = []
    for one in comparison.findings:
        notes = [look.say(note) for note in one.notes]
        words = chance_words(one), related_words(one)
        rows.append(
            (
                look.say(ASKED[one.question]),
                look.say(ANSWERS[one.answer]),
                "\n".join([look.say(measure_words(one)), *notes]),
                *(look.say(text) if text else DASH for text in words),
            )
        )
    yield Table([look.say(head) for head in ANSWER_HEADS], rows, (0.2, 0.12, 0.26, 0.21, 0.21))
    yield Paragraph(look.say(SHARED))
    yield Paragraph(look.say(MISSES))


def _drawings(comparison: Comparison, mine: Side, theirs: Side, look: Look) -> Iterator[Block]:
    yield Heading(look.say(DRAWINGS))
    alignment = comparison.alignment if _worth_drawing(comparison) else None
    agreement = agree(mine.looks.grey, theirs.looks.grey, alignment) if alignment else None
    pair = figures.Pair(
        mine.looks,
        theirs.looks,
        (mine.name, theirs.name),
        alignment,
        agreement,
        comparison.part if alignment and alignment.by_parts else None,
    )
    yield Chart(figures.beside(pair, look))
    if agreement is None or alignment is None:
        yield Paragraph(look.say(NOT_DRAWN), small=True)
        return
    yield Paragraph(look.say(NUMBERED.format(part=A_PART if pair.part else "")), small=True)
    yield Paragraph(look.say(_laid(alignment)), small=True)
    yield Heading(look.say(OUTLINES))
    yield Chart(figures.outlined(pair, alignment, look))
    yield Heading(look.say(MAP))
    counted = COUNTED.format(reached=agreement.reaching(mark()), compared=agreement.compared)
    yield Paragraph(look.say(counted))
    yield Chart(figures.strength_map(pair, agreement, look))
    yield from _strips(pair, alignment, look)


def _worth_drawing(comparison: Comparison) -> bool:
    """Whether a drawing of one over the other shows more than agreements that come by chance."""
    near = any(one.answer is Nearness.NEAR for one in comparison.findings)
    return near or comparison.finding(Question.LAYOUT).answer is Nearness.CANNOT_TELL


def _laid(alignment: Alignment) -> Text:
    return LAID.format(
        scale=f"{alignment.scale:.2f}",
        turn=round(alignment.turn),
        mirrored=MIRRORED if alignment.mirrored else AS_IS,
        how=BY_PARTS if alignment.by_parts else BY_SEARCH,
    )


def _strips(pair: figures.Pair, alignment: Alignment, look: Look) -> Iterator[Block]:
    for agreeing, words, none, places in (
        (True, AGREEING, NONE_AGREE, pair.agreeing),
        (False, DIFFERING, NONE_DIFFER, pair.differing),
    ):
        yield Heading(look.say(words))
        if places:
            yield Chart(figures.crops(pair, alignment, places, look, agreeing=agreeing))
        else:
            yield Paragraph(look.say(none))
