"""How a comparison is made, and how often it is wrong, for the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from myself_i2i.comparison import aligning
from myself_i2i.comparison.interface import Nearness, Question
from myself_i2i.comparison.kinds import KINDS
from myself_i2i.comparison.looks import CANONICAL, QUERY_SIDE
from myself_i2i.comparison.measured import Counted, table
from myself_i2i.comparison.words import ASKED
from myself_i2i.fingerprint.taking import LAYOUT_SIDE
from myself_i2i.story.document import Block, Bullets, Heading, Paragraph, Table
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.story.draw import Look

__all__ = ["procedure", "wrong_how_often"]

WRONG = Text(en="How often this is wrong", ja="どのくらい外れるか")
MEASURED_ON = Text(
    en='Measured on the set "{name}": {pictures} pictures, real outputs of models with their sources among them, and re-saves and '
    "pasted parts made of them by this project. A line says how many pairs of a kind got the answer near, cannot tell and "
    "not near. The set is small: a kind with few pairs is only roughly known.",
    ja="測定に使った集合は「{name}」（画像 {pictures} 枚。実際のモデルの出力とその元画像、本プロジェクトが作った保存し直しや貼り込みを含む）。"
    "各行は、その種類の組が「近い・どちらとも言えない・近くない」と答えられた数です。集合は小さく、組の少ない種類は大まかにしか分かりません。",
)
KIND = Text(en="pairs", ja="組の種類")
UNRELATED = Text(en="unrelated pictures", ja="無関係な画像")
COUNTS = Text(en="{near} · {cannot} · {far}", ja="{near}・{cannot}・{far}")
HOW = Text(en="How it was done", ja="比べ方")
STEPS: tuple[Text, ...] = (
    Text(
        en="The same procedure for every pair; nothing in it can be set by hand.",
        ja="手順はどの組でも同じで、人が調整できるところはありません。",
    ),
    Text(
        en="Sizes: the canonical fingerprint on 64 x 64 grey means; the layout on {origin} pixels, parts on at most {query}, "
        "drawings on at most {drawn} pixels of the longer side.",
        ja="大きさ: 同一画像の指紋は 64×64 の平均グレー、構図は長辺 {origin} 画素、部分は長辺 {query} 画素以下、図は長辺 {drawn} 画素以下。",
    ).format(origin=LAYOUT_SIDE, query=QUERY_SIDE, drawn=CANONICAL),
    Text(
        en="The same picture: 256 bits in all 8 orientations, mirrored ones included; if these are apart, common parts over "
        "most of both pictures.",
        ja="同じ画像か: 256 ビットを、反転を含む8通りの向きすべてで比較。離れていれば、両方の大半に及ぶ共通部分を探す。",
    ),
    Text(
        en="The layout: each picture whole against the other as it is, mirrored, and cropped in the middle.",
        ja="構図: 一方の全体を、もう一方のそのまま・左右反転・中央の切り抜きと比較（互いに）。",
    ),
    Text(
        en="Parts: places that look alike and agree on one shift, turn and scale (1/8 to 8), mirrored too, both ways round.",
        ja="部分: 見た目が似ていて、一つの移動・回転・拡大縮小（1/8〜8倍）で説明できる場所の集まり。左右反転も、互いの向きも試す。",
    ),
    Text(
        en="For the drawings only, the other picture is laid over yours: by the part found, else by a search over all shifts, "
        "scales {smallest} to {largest}, turns of up to {turn}° either way, mirrored and not. Proportions are never changed.",
        ja="図のためだけに、もう一方をあなたの画像に重ねる。共通部分があればそれにより、なければ、すべての移動、{smallest}〜{largest} 倍、"
        "左右 {turn} 度までの回転、反転の有無を機械が探す。縦横比は変えない。",
    ).format(
        smallest=f"{aligning.SCALES[0]:g}",
        largest=f"{aligning.SCALES[-1]:g}",
        turn=f"{max(aligning.TURNS):g}",
    ),
    Text(
        en="Near: at most 1 in 10,000 unrelated pairs comes so near (for the same picture, also no farther than re-saves are). "
        "Not near: at least 1 in 100 does. Between the two, or where there is too little structure: cannot tell.",
        ja="「近い」は、無関係な組がそこまで近くなるのが1万組に1組以下のとき（同じ画像かの問いでは、保存し直しの範囲でもあるとき）。"
        "「近くない」は、100組に1組以上のとき。その間と、構造が少なすぎるときは「どちらとも言えない」。",
    ),
)


def wrong_how_often(look: Look) -> Iterator[Block]:
    """Yield the table of answers by kind of pair."""
    tables = [table(question) for question in Question]
    yield Heading(look.say(WRONG))
    first = tables[0]
    yield Paragraph(
        look.say(MEASURED_ON.format(name=first.set_name, pictures=f"{first.pictures:,}")), small=True
    )
    heads = [look.say(KIND), *(look.say(ASKED[question]) for question in Question)]
    rows = [(look.say(UNRELATED), *(_answers(one.unrelated, look) for one in tables))]
    for kind, words in KINDS.items():
        found = [one.related.get(kind) for one in tables]
        if any(found):
            rows.append((look.say(words), *(_answers(one, look) for one in found)))
    yield Table(heads, rows, (0.34, 0.22, 0.22, 0.22))


def _answers(counted: Counted | None, look: Look) -> str:
    if counted is None:
        return "–"
    near, cannot, far = (
        f"{counted.answers.get(one, 0):,}" for one in (Nearness.NEAR, Nearness.CANNOT_TELL, Nearness.NOT_NEAR)
    )
    return look.say(COUNTS.format(near=near, cannot=cannot, far=far))


def procedure(look: Look) -> Iterator[Block]:
    """Yield how the comparison was made: sizes, what was tried, where the answers begin."""
    yield Heading(look.say(HOW))
    yield Bullets([look.say(step) for step in STEPS])
