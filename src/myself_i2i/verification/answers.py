"""The sentences of a check: what each finding means, and no more than it means."""

from __future__ import annotations

from myself_i2i.c2pa.reading import IngredientReading
from myself_i2i.errors import Error
from myself_i2i.image import Container, Xmp, read_xmp
from myself_i2i.predicates.tags import find_tags, keyword_tag
from myself_i2i.verification.evidence import Step
from myself_i2i.verification.report import (
    Agreement,
    Claims,
    Consistency,
    Intact,
    Integrity,
    Known,
    Report,
    Signer,
)
from myself_i2i.wording import Text

__all__ = [
    "CHANGED",
    "DAMAGED",
    "EXPIRED",
    "EXPIRED_CODES",
    "INTACT",
    "NOTHING_TO_CHECK",
    "NOT_HOLDING",
    "NOT_SIGNED",
    "NO_SIGNER",
    "ONLY_METADATA",
    "ON_LIST",
    "PINNED",
    "PRIVATE",
    "REGISTRY",
    "SIGNED_BY_SELF",
    "UNKNOWN",
    "UNREAD",
    "UNSIGNED",
    "has_tag",
    "ingredient_says",
    "unreadable",
]

INTACT = Text(
    en="yes: not one byte that the signature covers was changed since",
    ja="はい。署名の後、署名された部分は1バイトも変わっていません",
)
CHANGED = Text(
    en="no: the file was changed after it was signed, so the signature no longer speaks for this picture",
    ja="いいえ。署名の後にファイルが変わっているため、この署名はこの画像について何も示しません",
)
NOT_HOLDING = Text(
    en="no: the signature does not hold: what was signed was changed, or the key it names did not sign it",
    ja="いいえ。署名が有効ではありません。署名された内容が変わっているか、名乗っている鍵による署名ではありません",
)
ONLY_METADATA = Text(
    en="partly: something beside the picture was changed after the mark was made; the coded picture itself is still the one "
    "that the maker's statements name",
    ja="一部変更あり。目印の後に画像以外の部分が変わっています。画像データそのものは、作り手の申告が指しているものと同じです",
)
DAMAGED = Text(
    en="no: signed data is there but cannot be read, as happens when a file is cut short ({why})",
    ja="いいえ。署名データはありますが読み取れません。ファイルが途中で切れた場合などに起こります（{why}）",
)
UNREAD = Text(
    en="the C2PA library could not go through the whole file: {why}",
    ja="C2PAのライブラリは、このファイルを最後まで読み取れませんでした: {why}",
)
EXPIRED = Text(
    en="cannot be told any more: the certificate has expired and no time-stamp known here says when it was signed",
    ja="もう確かめられません。証明書の期限が切れていて、いつ署名されたかを示すタイムスタンプもありません",
)
NOTHING_TO_CHECK = Text(
    en="nothing to check: the file carries no signature (most sites remove them)",
    ja="確かめるものがありません。ファイルに署名がありません（多くのサイトは投稿時に取り除きます）",
)
TAGS_SOUGHT = 1_000_000
"""In how many characters of a file's texts, captions and comments a tag is looked for: a bomb of text costs no more."""
MOST_KEYWORDS = 10_000
LONGEST_KEYWORD = 200
EXPIRED_CODES = frozenset({"signingCredential.expired"})

NO_SIGNER = Text(en="nobody signed this file", ja="このファイルに署名した人はいません")
SIGNED_BY_SELF = Text(en="your own key", ja="あなた自身の鍵です")
PINNED = Text(en="a maker whom you added here: {name}", ja="あなたが登録した作り手です: {name}")
PRIVATE = Text(
    en="its issuer is one that you added here; the name it carries: {name}",
    ja="発行元は、あなたがこの端末に登録したものです。書かれている名前: {name}",
)
REGISTRY = Text(
    en="known to the registry {registry}, which you added here (a private list, not the C2PA trust list); the name in its "
    "certificate: {name}",
    ja="あなたがこの端末に登録した登録所 {registry} が知っている署名者です（C2PAトラストリストとは別の、私的な一覧です）。"
    "証明書の名前: {name}",
)
ON_LIST = Text(
    en="{name}, whose issuer is on the C2PA trust list",
    ja="{name}（発行元はC2PAトラストリストに載っています）",
)
NOT_SIGNED = Text(
    en="nobody that can be named: a signature is there, but it does not hold",
    ja="名前を挙げられる人はいません。署名はありますが、有効ではありません",
)
UNKNOWN = Text(
    en="a key that is on no list known here; the name it gives itself: {name}",
    ja="ここで知られているどのリストにもない鍵です。自分で名乗っている名前: {name}",
)
INGREDIENT = Text(
    en="the earlier file {title} carried a signature that does not hold ({codes})",
    ja="素材 {title} に付いていた署名は、有効ではありません（{codes}）",
)
UNSIGNED = Text(
    en="the file carries generator metadata that nobody signed: it can be rewritten in seconds and is a lead, not more",
    ja="生成ツールの情報がありますが、署名はありません。数秒で書き換えられるもので、手がかりにとどまります",
)


def unreadable(name: str, moment: str, error: Error) -> Report:
    """Return the report on a file that is no picture we read."""
    return Report(
        file=name,
        checked_at=moment,
        intact=Intact(Integrity.UNREADABLE, error.message),
        signer=Signer(Known.NOBODY, NO_SIGNER),
        claims=Claims(),
        others=(),
        step=Step.NOT_RECORDED,
        consistency=Consistency(Agreement.NOT_APPLICABLE),
        marked=False,
    )


def ingredient_says(one: IngredientReading) -> Text:
    """Return what is to be said of an ingredient whose own manifest does not hold."""
    codes = ", ".join(dict.fromkeys(finding.code for finding in one.failures))
    return INGREDIENT.format(title=one.title or one.label, codes=codes)


def has_tag(container: Container) -> bool:
    """Return whether the campaign's tag, or the one before it, stands in the file's plain metadata."""
    words = [entry.text for entry in container.texts]
    words += [*container.exif.values(), *container.comments]
    keywords: tuple[str, ...] = ()
    if container.xmp is not None:
        try:
            said = read_xmp(container.xmp)
        except Error:
            said = Xmp()
        keywords = said.get("dc:subject")
        words += [*said.get("dc:description"), *said.get("dc:title")]
    if any(keyword_tag(word) for word in keywords[:MOST_KEYWORDS] if len(word) <= LONGEST_KEYWORD):
        return True
    left = TAGS_SOUGHT
    for word in words:
        if left <= 0:
            break
        if find_tags(word[:left]):
            return True
        left -= len(word)
    return False
