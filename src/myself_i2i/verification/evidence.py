"""The five steps of evidence, in words: what each means and what it does not show (DESIGN.md, "Who says so").

The steps are ordered by who stands behind the answer, never by how good a picture or a person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from myself_i2i.wording import Text

__all__ = ["LIMIT", "STEPS", "Step", "StepWords"]


class Step(StrEnum):
    """Who says so; the wire strings of `check --json`."""

    NOT_RECORDED = "not_recorded"
    TAGGED = "tagged"
    DECLARED = "declared"
    RECORDED = "recorded"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class StepWords:
    """How a step is shown to a person."""

    name: Text
    """Its name."""
    means: Text
    """What it means."""
    does_not_show: Text
    """What it does not show; printed wherever the step is."""


STEPS: dict[Step, StepWords] = {
    Step.NOT_RECORDED: StepWords(
        name=Text(en="not recorded", ja="記録なし"),
        means=Text(
            en="no statement about this picture and no tag was found",
            ja="この画像についての声明も、タグも見つかりませんでした",
        ),
        does_not_show=Text(
            en="anything at all, in either direction",
            ja="どちらの方向についても、何も示しません",
        ),
    ),
    Step.TAGGED: StepWords(
        name=Text(en="tagged", ja="タグのみ"),
        means=Text(en="the text carries the tag", ja="文字のタグが付いています"),
        does_not_show=Text(en="that anyone stands behind it", ja="誰かが責任を持って付けたこと"),
    ),
    Step.DECLARED: StepWords(
        name=Text(en="declared", ja="申告"),
        means=Text(
            en="the one who signed the file says so, under their own key; in a mark, the list of sources included",
            ja="ファイルに署名した人自身の申告です。目印では、元画像の一覧にも署名しています",
        ),
        does_not_show=Text(
            en="that the list is whole or true",
            ja="一覧に漏れがないこと、書かれた内容が事実であること",
        ),
    ),
    Step.RECORDED: StepWords(
        name=Text(en="recorded", ja="記録"),
        means=Text(
            en="a recorder inside the tool wrote every image input down when the picture was made",
            ja="生成ツールの中の記録係が、生成した時に入力画像をすべて書き留めています",
        ),
        does_not_show=Text(
            en="that the machine's owner did not change the recorder",
            ja="パソコンの持ち主が記録係に手を加えていないこと",
        ),
    ),
    Step.ATTESTED: StepWords(
        name=Text(en="attested", ja="第三者署名"),
        means=Text(en="someone else's signature covers it", ja="本人以外の署名が付いています"),
        does_not_show=Text(
            en="more than exactly what that signature covers",
            ja="その署名が対象としている事柄より広いこと",
        ),
    ),
}

LIMIT = Text(
    en=(
        "The limit of every check: anyone can put somebody's picture through image-to-image, strip the file and "
        "declare it their own drawing. No tool sees that, and neither does this one."
    ),
    ja=(
        "この確認の限界: 誰かの絵をi2iにかけ、ファイルの情報を消してから「自分で描いた絵」と申告することは、"
        "誰にでもできます。それを見抜ける道具はなく、この道具にも見抜けません。"
    ),
)
"""Printed on every report (promise 5)."""
