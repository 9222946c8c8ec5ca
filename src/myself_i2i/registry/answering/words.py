"""An answer in words. They speak of records and of pictures, never of a person, and each says what it does not show.

The sentence is signed with the answer, so it is made here and not where it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from myself_i2i.comparison.interface import Question as Asked
from myself_i2i.comparison.kinds import SAVED
from myself_i2i.predicates.answer import Measured, Near, Recorded
from myself_i2i.predicates.hit import Hit, What
from myself_i2i.verification.evidence import LIMIT
from myself_i2i.wording import Text

__all__ = ["does_not_show", "says"]

NOTHING = {
    True: Text(
        en="not recorded: this log has no mark by this maker for the period asked about",
        ja="記録なし：お尋ねの期間に、この作り手の目印はこのログにありません",
    ),
    False: Text(
        en="not recorded: this log has no mark for the period asked about",
        ja="記録なし：お尋ねの期間の目印は、このログにありません",
    ),
}
"""Without any mark there is nothing to say, in either direction; by whether one maker was asked about."""
NOT_USED = Text(
    en="As far as the records go, your picture is not used: ",
    ja="記録されている限り、あなたの絵は使われていません。",
)
NOT_USED_HERE = Text(
    en="As far as could be looked at, your picture is not used: ",
    ja="調べられた範囲では、あなたの絵は使われていません。",
)
"""Where some sources could not be looked at."""
NONE_NEAR = Text(
    en="none of the recorded sources ({sources}) looks near it.",
    ja="記録された元画像 {sources} 件に、この絵と見た目の近いものはありません。",
)
NO_SOURCE = Text(
    en="the recorded marks ({marks}) name no source at all.",
    ja="記録された目印 {marks} 件に、元画像はひとつも書かれていません。",
)
NONE_LOOKED = Text(
    en="It cannot be said from the records whether your picture is used: no recorded source could be looked at.",
    ja="あなたの絵が使われているかどうか、記録からは分かりません。見た目を調べられる元画像がありませんでした。",
)
SOURCES_NEAR = Text(
    en="Recorded sources that look near your picture: {near} of {sources}. That is about looks and records only.",
    ja="記録された元画像 {sources} 件のうち {near} 件が、あなたの絵と見た目の近いものです。分かるのは見た目と記録だけです。",
)
PERMITTED = Text(
    en=" Of those shown, with a permission in the log: {permitted}.",
    ja="表示したもののうち {permitted} 件には、ログにある許可が当てはまります。",
)
OUTPUTS_NEAR = Text(
    en=" Marked pictures that look near it: {near} of {outputs}.",
    ja="目印の付いた画像 {outputs} 件のうち {near} 件は、この絵と見た目の近いものです。",
)
OUTPUTS_FAR = Text(
    en=" Marked pictures that look near it: none of {outputs}.",
    ja="目印の付いた画像 {outputs} 件にも、近いものはありません。",
)
UNSEEN = Text(
    en=" Sources that could not be looked at: {unseen}, of which {sealed} because their makers keep to themselves how they look.",
    ja="ほかに、調べられない元画像が {unseen} 件あります（うち {sealed} 件は、作り手が見た目を公開していないもの）。",
)

ONLY_RECORDED = Text(
    en="Only what was recorded and published in this log was looked at. Anyone can leave a source out, or publish nothing.",
    ja="調べたのは、このログに公開された記録だけです。元画像を書かないことも、公開しないことも、だれにでもできます。",
)
MAKERS_WORD = Text(
    en="The fingerprints are the makers' word: the registry never had the pictures.",
    ja="照合した指紋は、作り手が申告したものです。登録所は画像を受け取っていません。",
)
MISSED = {
    "saved": Text(
        en="Of {pairs} pictures saved again, {missed} were not told as the same picture.",
        ja="保存し直した {pairs} 組のうち、{missed} 組は同じ画像と分かりませんでした。",
    ),
    "cut": Text(
        en="Of {pairs} pictures cut, turned a little, framed or written over, {missed} were not told as the same picture.",
        ja="切り取り・わずかな回転・枠・文字入れをした {pairs} 組のうち、{missed} 組は同じ画像と分かりませんでした。",
    ),
    "made": Text(
        en="Of {pairs} real outputs of i2i and its kin, {missed} were not told as near to their source.",
        ja="実際の i2i などの出力 {pairs} 組のうち、{missed} 組は元画像に近いと分かりませんでした。",
    ),
}
"""How much is missed, as measured, by what was done to the pictures."""
CHANCE = {
    Asked.SAME: Text(
        en="Unrelated pictures come near by chance, as the same picture: {seen} of {pairs} measured pairs; among the {looked} "
        "looked at, {expected}.",
        ja="無関係な画像が偶然「同じ画像」ほど近くなったのは、測定した {pairs} 組のうち {seen} 組です。今回調べた {looked} 件では、"
        "{expected}にあたります。",
    ),
    Asked.LAYOUT: Text(
        en="Unrelated pictures come near by chance, in their layout: {seen} of {pairs} measured pairs; among the {looked} "
        "looked at, {expected}.",
        ja="無関係な画像の構図が偶然近くなったのは、測定した {pairs} 組のうち {seen} 組です。今回調べた {looked} 件では、"
        "{expected}にあたります。",
    ),
}
FEWER = Text(en="fewer than 1", ja="1 件未満")
UP_TO = Text(en="up to about {count}", ja="多くて {count} 件ほど")
PARTS = Text(
    en="Parts pasted into a larger picture were not looked for.",
    ja="大きな画像の一部に貼り込まれたものは、調べていません。",
)
NO_VERDICT = Text(
    en="How near two pictures look says nothing about a person, nor who was first, nor whether it was allowed.",
    ja="見た目の近さは、人についても、どちらが先かも、許可の有無も示しません。",
)


def says(recorded: Recorded, near: Near, hits: Sequence[Hit], *, maker: str | None) -> Text:
    """Return the answer in one or a few sentences."""
    if not recorded.marks:
        return NOTHING[maker is not None]
    return _joined(_sentences(recorded, near, hits))


def does_not_show(recorded: Recorded, measured: Sequence[Measured]) -> tuple[Text, ...]:
    """Return what an answer does not show, with how often it is wrong."""
    looked = recorded.sources + recorded.outputs
    return (
        ONLY_RECORDED,
        MAKERS_WORD,
        *(text for one in measured for text in _wrong(one, looked)),
        PARTS,
        NO_VERDICT,
        LIMIT,
    )


def _sentences(recorded: Recorded, near: Near, hits: Sequence[Hit]) -> Iterator[Text]:
    unseen = recorded.sealed + recorded.sources_untold
    if near.sources:
        yield SOURCES_NEAR.format(near=_n(near.sources), sources=_n(recorded.sources))
        permitted = sum(bool(one.permissions) for one in hits if one.what is What.SOURCE)
        if permitted:
            yield PERMITTED.format(permitted=_n(permitted))
    elif unseen and not recorded.sources:
        yield NONE_LOOKED
    else:
        if not near.outputs:
            yield NOT_USED_HERE if unseen else NOT_USED
        none = NONE_NEAR if recorded.sources else NO_SOURCE
        said = none.format(sources=_n(recorded.sources), marks=_n(recorded.marks))
        yield Text(en=said.en.capitalize(), ja=said.ja) if near.outputs else said
    if near.outputs:
        yield OUTPUTS_NEAR.format(near=_n(near.outputs), outputs=_n(recorded.outputs))
    elif recorded.outputs:
        yield OUTPUTS_FAR.format(outputs=_n(recorded.outputs))
    if unseen:
        yield UNSEEN.format(unseen=_n(unseen), sealed=_n(recorded.sealed))


def _wrong(one: Measured, looked: int) -> Iterator[Text]:
    asked = Asked(one.question)
    for name, words in MISSED.items():
        kinds = [kind for kind in one.missed if _group(asked, kind.kind) == name]
        if kinds:
            pairs, missed = sum(kind.pairs for kind in kinds), sum(kind.missed for kind in kinds)
            yield words.format(pairs=_n(pairs), missed=_n(missed))
    yield CHANCE[asked].format(
        seen=_n(one.unrelated_seen),
        pairs=_n(one.unrelated_pairs),
        looked=_n(looked),
        expected=_expected(one.unrelated_high * looked),
    )


def _group(asked: Asked, kind: str) -> str:
    if asked is Asked.LAYOUT:
        return "made"
    return "saved" if kind in SAVED else "cut"


def _expected(count: float) -> Text:
    if count < 1:
        return FEWER
    return UP_TO.format(count=_n(math.ceil(count)))


def _n(number: int) -> str:
    return f"{number:,}"


def _joined(texts: Iterator[Text]) -> Text:
    said = list(texts)
    return Text(en="".join(one.en for one in said), ja="".join(one.ja for one in said))
