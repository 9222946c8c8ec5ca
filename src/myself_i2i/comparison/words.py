"""A comparison's answers in plain words. The words speak of pictures, never of persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from myself_i2i.comparison.interface import Finding, Nearness, Question, Rate, Reason
from myself_i2i.comparison.kinds import KINDS, KINDS_OF
from myself_i2i.comparison.measured import table
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.comparison.measuring import Layout, Part

__all__ = [
    "ANSWERS",
    "ASKED",
    "TRIED",
    "chance_words",
    "measure_words",
    "missed_words",
    "notes_of",
    "often",
    "related_words",
    "says",
]

ASKED: Mapping[Question, Text] = {
    Question.SAME: Text(en="The same picture, saved again?", ja="同じ画像を保存し直したものか"),
    Question.LAYOUT: Text(en="The layout kept, as i2i keeps it?", ja="i2i で残るような構図の一致があるか"),
    Question.PART: Text(en="A part of one in the other?", ja="一方の一部が、もう一方の中にあるか"),
}
ANSWERS: Mapping[Nearness, Text] = {
    Nearness.NEAR: Text(en="near", ja="近い"),
    Nearness.NOT_NEAR: Text(en="not near", ja="近くない"),
    Nearness.CANNOT_TELL: Text(en="cannot tell", ja="どちらとも言えない"),
}

BITS = Text(en="{value} of 256 bits differ", ja="256 ビット中 {value} ビットが異なる")
DISTANCE = Text(
    en="distance {value} (0: the same layout; about 1: nothing in common)",
    ja="距離 {value}（0 は同じ構図、1 前後は共通点なし）",
)
STRENGTH = Text(
    en="parts at matching places, strength {value}", ja="対応する位置に同じ部分がある（強さ {value}）"
)
NO_PART = Text(en="no part in common was found", ja="共通する部分は見つからない")
WHOLE = Text(
    en="; the same parts stand in the same places over most of both pictures",
    ja="。両方の画像の大半で、同じ部分が同じ位置関係にある",
)
REASONS: Mapping[Reason, Text] = {
    Reason.IDENTICAL: Text(
        en="the two files are the same, byte for byte", ja="2つのファイルは1バイトも違わない"
    ),
    Reason.TOO_FLAT: Text(
        en="one of the pictures has too little structure to hold on to",
        ja="どちらかの画像に、手がかりになる構造が少なすぎる",
    ),
    Reason.NOT_LOOKED: Text(
        en="not looked at: it needs OpenCV, pip install 'myself-i2i[closeness]'",
        ja="調べていない（OpenCV が必要です: pip install 'myself-i2i[closeness]'）",
    ),
}

NEVER_SEEN = Text(
    en="never seen in {pairs} unrelated pairs", ja="無関係な {pairs} 組では一度も見られなかった近さ"
)
SEEN_ONCE_IN = Text(
    en="{seen} of {pairs} unrelated pairs came this near (about 1 in {each})",
    ja="無関係な {pairs} 組のうち {seen} 組がこの近さ（およそ {each} 組に 1 組）",
)
SEEN_OF_TEN = Text(
    en="{seen} of {pairs} unrelated pairs came this near (about {tenths} in 10)",
    ja="無関係な {pairs} 組のうち {seen} 組がこの近さ（およそ 10 組に {tenths} 組）",
)
RELATED: Mapping[Question, Text] = {
    Question.SAME: Text(
        en="{seen} of {pairs} real re-saves came this near",
        ja="実際に保存し直した {pairs} 組のうち {seen} 組がこの近さ",
    ),
    Question.LAYOUT: Text(
        en="{seen} of {pairs} real outputs of i2i and its kin came this near",
        ja="実際の i2i などの出力 {pairs} 組のうち {seen} 組がこの近さ",
    ),
    Question.PART: Text(
        en="{seen} of {pairs} pairs with a real common part came this near",
        ja="実際に一部が共通する {pairs} 組のうち {seen} 組がこの近さ",
    ),
}
MISSED = Text(en="{kind} {missed} of {pairs}", ja="{kind} {pairs} 組中 {missed} 組")

MIRRORED_TRIED = Text(
    en="mirrored was tried as well: nearer as it is", ja="左右反転も試した結果、そのままのほうが近い"
)
TRIED = (Text(en="mirrored was tried as well", ja="左右反転も試した"),)
MIRRORED = Text(en="nearest when one of them is mirrored", ja="一方を左右反転したときに最も近い")
ORIENTATIONS: Mapping[str, Text] = {
    "rotated-90": Text(en="turned by a quarter", ja="90度回転"),
    "rotated-180": Text(en="turned upside down", ja="180度回転"),
    "rotated-270": Text(en="turned by a quarter", ja="90度回転"),
    "mirrored": Text(en="mirrored", ja="左右反転"),
    "flipped": Text(en="flipped top to bottom", ja="上下反転"),
    "transposed": Text(en="mirrored and turned by a quarter", ja="反転して90度回転"),
    "transversed": Text(en="mirrored and turned by a quarter", ja="反転して90度回転"),
}
NEAREST_TURNED = Text(
    en="nearest when one of them is {how}; all 8 orientations were tried",
    ja="一方を{how}したときに最も近い（8通りの向きを試した）",
)
CROPPED = Text(
    en="nearest when only the middle {percent} % of one is looked at",
    ja="一方の中央 {percent}% だけを見たときに最も近い",
)
PLACES = Text(en="{count} places agree", ja="{count} か所が対応")
COVERS = Text(
    en="the part covers about {mine} in 10 of yours and {theirs} in 10 of theirs",
    ja="その部分は、あなたの画像のおよそ {mine} 割、相手の画像のおよそ {theirs} 割",
)

_PERCENT: Final = re.compile(r"(\d+)\s*%")
TENTH: Final = 0.1


def says(finding: Finding) -> Text:
    """Return the answer with its measure, in one sentence without a full stop."""
    return Text(en="{answer}: {measure}", ja="{answer}。{measure}").format(
        answer=ANSWERS[finding.answer], measure=measure_words(finding)
    )


def measure_words(finding: Finding) -> Text:
    """Return what was measured, or why nothing was."""
    if finding.reason in REASONS:
        return REASONS[finding.reason]
    value = finding.value or 0
    if finding.question is Question.LAYOUT:
        return DISTANCE.format(value=f"{value:.2f}")
    if finding.question is Question.PART:
        return STRENGTH.format(value=f"{value:.1f}") if value else NO_PART
    bits = BITS.format(value=int(value))
    return Text(en=bits.en + WHOLE.en, ja=bits.ja + WHOLE.ja) if finding.reason is Reason.BY_PARTS else bits


def chance_words(finding: Finding) -> Text | None:
    """Return how often unrelated pictures come this near by chance, or None when nothing was measured."""
    return None if finding.chance is None else often(finding.chance)


def related_words(finding: Finding) -> Text | None:
    """Return how many related pairs come this near, or None when nothing was measured."""
    rate = finding.related
    if rate is None:
        return None
    words = RELATED[finding.question]
    return words.format(seen=f"{rate.seen:,}", pairs=f"{rate.pairs:,}")


def missed_words(question: Question) -> Text:
    """Return how many related pairs get another answer than near, by kind of the question."""
    related = table(question).related
    found = []
    for kind in KINDS_OF[question]:
        if kind in related:
            answers = related[kind].answers
            asked = sum(answers.values())
            missed = f"{asked - answers.get(Nearness.NEAR, 0):,}"
            found.append(MISSED.format(kind=KINDS[kind], missed=missed, pairs=f"{asked:,}"))
    return Text(en="; ".join(one.en for one in found), ja="、".join(one.ja for one in found))


def often(rate: Rate) -> Text:
    """Return a rate among unrelated pairs in words: never a percentage, and never "zero"."""
    counts = {"seen": f"{rate.seen:,}", "pairs": f"{rate.pairs:,}"}
    if not rate.seen:
        return NEVER_SEEN.format(pairs=counts["pairs"])
    if rate.share >= TENTH:
        return SEEN_OF_TEN.format(**counts, tenths=round(10 * rate.share))
    return SEEN_ONCE_IN.format(**counts, each=f"{round(1 / rate.share):,}")


def notes_of(
    *, turned: str | None = None, layout: Layout | None = None, part: Part | None = None
) -> tuple[Text, ...]:
    """Return what else to know of a measure: mirrored or not, which crop, how many places."""
    if turned is not None:
        how = ORIENTATIONS.get(turned)
        return (MIRRORED_TRIED if how is None else NEAREST_TURNED.format(how=how),)
    if layout is not None:
        cropped = _PERCENT.search(layout.view)
        kept = (CROPPED.format(percent=cropped[1]),) if cropped else ()
        return (MIRRORED if "mirrored" in layout.view else MIRRORED_TRIED, *kept)
    if part is None:
        return ()
    mine, theirs = (max(1, round(10 * share)) for share in part.cover)
    return (
        PLACES.format(count=part.match.inliers),
        COVERS.format(mine=mine, theirs=theirs),
        MIRRORED if part.match.mirrored else MIRRORED_TRIED,
    )
