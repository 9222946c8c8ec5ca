"""Words to post beside a marked picture: sites like X and pixiv remove metadata, words stay.

Everything here repeats what the maker declared, in the maker's voice; it adds no claim and no verdict. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from myself_i2i.errors import UsageError
from myself_i2i.marking.post_length import LIMIT, weighted_length
from myself_i2i.predicates.source import Basis
from myself_i2i.predicates.tags import TAG
from myself_i2i.wording import Language, Text

__all__ = ["ALT_TEXT", "PostFacts", "SiteNote", "alt_text", "post_text", "site_notes"]

ALT_TEXT: Final = 1000
"""Longest alternative text on X, in characters; other sites allow at least as much."""

_ELLIPSIS: Final = "…"

BASIS_WORDS: Final = {
    Basis.OWN_DRAWING: Text(en="my own drawing", ja="自分で描いた絵"),
    Basis.OWN_PHOTO: Text(en="my own photo", ja="自分で撮った写真"),
    Basis.OWN_GENERATION: Text(en="my own t2i output", ja="自分のt2i生成物"),
    Basis.PERMISSION: Text(en="used with its author's permission", ja="作者の許可をもらった絵・写真"),
    Basis.OPEN_LICENCE: Text(en="under an open licence", ja="自由に使えるライセンスの素材"),
}
"""A rights basis in the maker's words."""

_MADE: Final = {
    "t2i": Text(en="AI picture (t2i: from words)", ja="AI生成（t2i：言葉から生成）"),
    "i2i": Text(en="AI picture (i2i: from a picture and words)", ja="AI生成（i2i：画像と言葉から生成）"),
    "inpaint": Text(en="AI picture (part redrawn by AI)", ja="AI生成（一部をAIで描きかえ）"),
    "outpaint": Text(en="AI picture (edges extended by AI)", ja="AI生成（外側をAIで描きたし）"),
    "controlnet": Text(en="AI picture (guided by a control image)", ja="AI生成（ControlNet使用）"),
    "reference": Text(en="AI picture (with a reference image)", ja="AI生成（参照画像使用）"),
    "edit": Text(en="picture edited by AI", ja="AIで編集した画像"),
    "upscale": Text(en="picture enlarged by AI", ja="AIで拡大した画像"),
}
_MADE_SOMEHOW: Final = Text(en="AI picture", ja="AI生成")
_NO_INPUT: Final = Text(en="Pictures put in: none", ja="入力した画像：なし")
_NOT_RECORDED: Final = Text(en="Pictures put in: not recorded", ja="入力した画像：記録なし")
_SOURCES: Final = Text(en="Source pictures: {sources}", ja="元画像：{sources}")
_UNSTATED: Final = Text(en="not stated", ja="記載なし")
_CODE: Final = Text(en="Code {code}", ja="目印コード {code}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What the maker declared about one picture."""

    mode: str
    """How it was made (spec/inspection.md)."""
    image_input: str
    """"yes", "no", "not_recorded"."""
    bases: tuple[Basis, ...] = ()
    """The rights basis of each source picture."""
    code: str
    """The picture's short code, `short_code.code_of`."""


@dataclass(frozen=True, slots=True)
class SiteNote:
    """What the declared facts mean for one site's own form."""

    site: str
    """The site's name."""
    says: Text
    """What to set; the site's own rules decide."""


def post_text(facts: PostFacts, language: Language, *, comment: str = "", link: str = "") -> str:
    """Return text for a post that fits X's weighted 280: comment, how it was made, sources, code, tag, link.

    A long comment is shortened, nothing else.

    Raises:
        UsageError: the link alone leaves no room.
    """
    fixed = [
        _made(facts, language),
        _inputs(facts, language),
        _CODE.format(code=facts.code).in_(language),
        TAG,
    ]
    if link:
        fixed.append(link)
    body = "\n".join(fixed)
    if weighted_length(body) > LIMIT:
        raise UsageError(
            Text(
                en="the post has {length} of {limit} characters without any comment",
                ja="コメントなしでも{length}文字分あり、上限の{limit}を超えます",
            ).format(length=weighted_length(body), limit=LIMIT),
            hint=Text(en="leave the link out", ja="リンクを外してください"),
        )
    return _fit(comment.strip(), body)


def alt_text(facts: PostFacts, language: Language, *, description: str = "") -> str:
    """Return alternative text: what is seen (the maker's words) first, then how it was made; at most `ALT_TEXT`."""
    end = "。" if language == "ja" else ". "
    parts = [_made(facts, language), _inputs(facts, language), _CODE.format(code=facts.code).in_(language)]
    tail = end.join(parts).strip() + ("。" if language == "ja" else ".")
    room = ALT_TEXT - len(tail) - len(end)
    seen = description.strip()
    if len(seen) > room:
        seen = seen[: room - 1] + _ELLIPSIS
    return f"{seen}{end}{tail}" if seen else tail


def site_notes(facts: PostFacts) -> tuple[SiteNote, ...]:
    """Return what to set on sites that ask about AI; hints from the declared facts, the sites' rules decide."""
    partly = facts.mode in ("inpaint", "edit", "outpaint", "upscale") and facts.image_input == "yes"
    classes = (
        Text(
            en='a model made part of it: look whether their class is "AI生成" or "AI一部利用"',
            ja="一部をモデルが生成しています。「AI生成」と「AI一部利用」のどちらに当たるか、規約を確認してください",
        )
        if partly
        else Text(
            en='a model made the whole picture: this points to their class "AI生成"',
            ja="全体をモデルが生成しています。「AI生成」の区分が目安です",
        )
    )
    return (
        SiteNote(
            "pixiv", Text(en='set "AI-generated work" to yes', ja="「AI生成作品」を「はい」にしてください")
        ),
        SiteNote("FANZA", classes),
        SiteNote("DLsite", classes),
    )


def _made(facts: PostFacts, language: Language) -> str:
    if facts.mode == "upscale" and facts.image_input == "no":
        return _MADE["t2i"].in_(language)  # the tool's own second pass
    return _MADE.get(facts.mode, _MADE_SOMEHOW).in_(language)


def _inputs(facts: PostFacts, language: Language) -> str:
    if facts.image_input == "no":
        return _NO_INPUT.in_(language)
    if facts.image_input != "yes":
        return _NOT_RECORDED.in_(language)
    counted = Counter(facts.bases)
    between = "、" if language == "ja" else ", "
    named = between.join(
        BASIS_WORDS[basis].in_(language) + (f" ×{count}" if count > 1 else "")
        for basis, count in counted.items()
    )
    return _SOURCES.format(sources=named or _UNSTATED.in_(language)).in_(language)


def _fit(comment: str, body: str) -> str:
    if not comment:
        return body
    whole = f"{comment}\n{body}"
    if weighted_length(whole) <= LIMIT:
        return whole
    # Halving finds the longest prefix in a few steps; a cut inside a link is counted as what is left of it.
    low, high = 0, len(comment)
    while low < high:
        middle = (low + high + 1) // 2
        if weighted_length(f"{comment[:middle].rstrip()}{_ELLIPSIS}\n{body}") <= LIMIT:
            low = middle
        else:
            high = middle - 1
    return f"{comment[:low].rstrip()}{_ELLIPSIS}\n{body}" if low else body
