"""A registry's answer as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from myself_i2i.comparison import Finding, Nearness, Reason
from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.comparison.measured import table
from myself_i2i.comparison.words import ANSWERS, ASKED, measure_words, often
from myself_i2i.predicates import Answer
from myself_i2i.predicates.hit import Closeness, Covering, Hit, Standing, What
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import BASIS_WORDS
from myself_i2i.tlog import Checkpoint, Note
from myself_i2i.wording import Text

__all__ = ["answer_lines", "nothing_near"]

SHORT = 16
HEADS: Mapping[What, Text] = {
    What.SOURCE: Text(
        en="a source, file {sha256}…, of the mark at {index} (logged {at}, key {maker}…)",
        ja="元画像（ファイル {sha256}…）。ログの {index} 番の目印（{at} 記載、鍵 {maker}…）のもの",
    ),
    What.OUTPUT: Text(
        en="a marked picture, the mark at {index} (logged {at}, key {maker}…)",
        ja="目印の付いた画像。ログの {index} 番の目印（{at} 記載、鍵 {maker}…）",
    ),
}
MEASURE = Text(en="  {asked} {answer}: {measure}; {chance}", ja="  {asked} {answer}。{measure}。{chance}")
DECLARED = Text(en="  the maker declares: {basis}", ja="  作り手の申告: {basis}")
COVERED = Text(
    en="  a permission in the log covers it: at {index}, by key {key}…{standing}",
    ja="  ログにある許可が当てはまります: {index} 番、鍵 {key}…{standing}",
)
STANDINGS: Mapping[Standing, Text] = {
    Standing.STANDS: Text(en="", ja=""),
    Standing.WITHDRAWN: Text(en=" (withdrawn later)", ja="（のちに取り下げ）"),
    Standing.SUSPENDED: Text(en=" (suspended by the registry)", ja="（登録所が停止中）"),
    Standing.NONE: Text(en="", ja=""),
}
MARK: Mapping[Standing, Text] = {
    Standing.WITHDRAWN: Text(
        en="  its maker withdrew this mark", ja="  この目印は、作り手が取り下げています"
    ),
    Standing.SUSPENDED: Text(
        en="  the registry suspended this mark, or its key",
        ja="  この目印か、その鍵は、登録所が停止しています",
    ),
}
PLEDGE: Mapping[Standing, Text] = {
    Standing.STANDS: Text(en="this maker's pledge stands", ja="この作り手の宣言は有効です"),
    Standing.WITHDRAWN: Text(
        en="this maker's pledge was withdrawn", ja="この作り手の宣言は取り下げられています"
    ),
    Standing.SUSPENDED: Text(
        en="this maker's pledge is suspended by the registry", ja="この作り手の宣言は、登録所が停止しています"
    ),
    Standing.NONE: Text(en="this key never pledged here", ja="この鍵による宣言は、ここにありません"),
}
MORE = Text(en="and {count} more that are near", ja="ほかに近いものが {count} 件")
AS_OF = Text(
    en="answered {at}, from the first {size} entries of the log {origin}",
    ja="{at} 回答。ログ {origin} の最初の {size} 件にもとづく",
)
SHOWS_NOT = Text(en="What this does not show:", ja="ここから分からないこと:")
ITEM = Text(en="  - {text}", ja="  ・{text}")


def nothing_near(answer: Answer) -> bool:
    """Return whether something was looked at, and nothing is near."""
    looked = answer.recorded
    unseen = looked.sealed + looked.sources_untold
    seen = bool(looked.sources) or (looked.marks > 0 and not unseen)
    return seen and not (answer.near.sources or answer.near.outputs)


def answer_lines(answer: Answer) -> Iterator[Text]:
    """Yield an answer: its sentence, its hits, what it was made of, and what it does not show."""
    yield answer.says
    if answer.pledge is not None:
        yield PLEDGE[answer.pledge]
    for hit in answer.hits:
        yield from _hit(hit)
    more = answer.near.sources + answer.near.outputs - len(answer.hits)
    if more:
        yield MORE.format(count=f"{more:,}")
    head = Checkpoint.parse(Note.parse(answer.checkpoint.encode()).text)
    yield AS_OF.format(at=format_moment(answer.answered_at), size=f"{head.size:,}", origin=head.origin)
    yield SHOWS_NOT
    yield from (ITEM.format(text=text) for text in answer.does_not_show)


def _hit(hit: Hit) -> Iterator[Text]:
    yield HEADS[hit.what].format(
        sha256=(hit.sha256 or "")[:SHORT],
        index=hit.index,
        at=format_moment(hit.logged_at),
        maker=hit.maker[:SHORT],
    )
    for asked, measured in ((Asked.SAME, hit.same), (Asked.LAYOUT, hit.layout)):
        if measured is not None:
            yield _measure(asked, measured)
    if hit.basis is not None:
        words = BASIS_WORDS[Basis(hit.basis)] if hit.basis in set(Basis) else hit.basis
        yield DECLARED.format(basis=words)
    yield from map(_covered, hit.permissions)
    if hit.standing in MARK:
        yield MARK[hit.standing]


def _measure(asked: Asked, measured: Closeness) -> Text:
    # The registry's word is told; how often such nearness comes by chance is read in the table that is installed here.
    answer = Nearness.NEAR if measured.near else Nearness.NOT_NEAR
    finding = Finding(question=asked, answer=answer, reason=Reason.MEASURED, value=measured.distance)
    return MEASURE.format(
        asked=ASKED[asked],
        answer=ANSWERS[answer],
        measure=measure_words(finding),
        chance=often(table(asked).chance(measured.distance)),
    )


def _covered(one: Covering) -> Text:
    return COVERED.format(index=one.index, key=one.key[:SHORT], standing=STANDINGS[one.standing])
