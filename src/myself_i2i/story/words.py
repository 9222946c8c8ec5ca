"""The words of a story in both languages: short, for labels; the long ones stand where they are used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.story.values import Picture, Standing, StandingKind, Step, Use
from myself_i2i.wording import Text

__all__ = [
    "BRIEFLY",
    "DOES_NOT_SHOW",
    "HOWS",
    "MADE_BY_HAND",
    "NOT_RECORDED",
    "T2I_AND_I2I",
    "WITHDRAWN",
    "WRITTEN_BY",
    "basis_words",
    "called",
    "clock",
    "how_words",
    "made_words",
    "short_digest",
    "when",
]

NOT_RECORDED = Text(en="not recorded", ja="記録なし")
WITHDRAWN = Text(en="withdrawn", ja="取り下げ済み")
MADE_BY_HAND = Text(en="hand work", ja="加筆修正")
NO_NAME = Text(en="unnamed picture", ja="名前の記録がない画像")

WRITTEN_DOWN = Text(en="noted {when}", ja="{when} に書き留め")

MODES: Mapping[str, Text] = {
    "upscale": Text(en="upscale", ja="拡大"),
    "mixed": Text(en="several ways", ja="複数の方法"),
    "reference": Text(en="with a reference", ja="参照画像つき"),
    "edit": Text(en="edit by words", ja="文章で編集"),
    "controlnet": Text(en="ControlNet", ja="ControlNet 制御"),
    "unknown": Text(en="way not recorded", ja="作り方は記録なし"),
}
"""Modes that are not called the same in both languages; "t2i", "i2i" and the like stand for themselves."""

HOWS: Mapping[str, Text] = {
    "init": Text(en="starting picture", ja="元画像"),
    "mask": Text(en="mask", ja="マスク"),
    "control": Text(en="control picture", ja="制御用の画像"),
    "reference": Text(en="reference picture", ja="参照画像"),
    "style": Text(en="style picture", ja="画風の参照画像"),
    "latent": Text(en="latent", ja="潜在データ"),
    "unknown": Text(en="input, use not recorded", ja="入力（使い方は記録なし）"),
    "generated-from": Text(en="generated from it", ja="これをもとに生成"),
    "hand-work": Text(en="hand work", ja="加筆修正"),
    "upscaled": Text(en="upscaled", ja="拡大"),
    "declared-origin": Text(en="came from it, as declared", ja="これに由来（申告）"),
}
"""What an earlier picture was for the next one."""

WRITTEN_BY: Mapping[WrittenBy, Text] = {
    WrittenBy.RECORDER: Text(en="written down by a recorder when it was made", ja="生成時に記録係が記録"),
    WrittenBy.FILE: Text(en="read from the file's own metadata later", ja="後からファイルの情報を読み取り"),
    WrittenBy.HAND: Text(en="typed in by the maker", ja="作り手が入力"),
}

BRIEFLY: Mapping[WrittenBy, Text] = {
    WrittenBy.RECORDER: Text(en="recorded when made", ja="生成時に記録係が記録"),
    WrittenBy.FILE: Text(en="read from the file later", ja="後からファイルを読み取り"),
    WrittenBy.HAND: Text(en="typed in by the maker", ja="作り手が入力"),
}
"""The same, where there is little room."""

BASES: Mapping[Basis, Text] = {
    Basis.OWN_DRAWING: Text(en="own drawing", ja="自分で描いた絵"),
    Basis.OWN_PHOTO: Text(en="own photo", ja="自分で撮った写真"),
    Basis.OWN_GENERATION: Text(en="own earlier generation", ja="自分が生成した画像"),
    Basis.PERMISSION: Text(en="author's permission", ja="作者の許可"),
    Basis.OPEN_LICENCE: Text(en="open licence", ja="公開ライセンス"),
}
STANDINGS: Mapping[StandingKind, Text] = {
    StandingKind.RESULT: Text(en="this picture", ja="この画像"),
    StandingKind.RECORDED: Text(en="its making is recorded here", ja="作り方の記録あり"),
    StandingKind.DECLARED: Text(en="declared: {basis}", ja="申告: {basis}"),
    StandingKind.UNDECLARED: Text(en="rights basis undeclared", ja="根拠は未申告"),
    StandingKind.NAME_ONLY: Text(en="undeclared, recorded by name only", ja="未申告（名前だけの記録）"),
}

T2I_AND_I2I = Text(
    en="t2i (text-to-image) makes a picture from words alone. i2i (image-to-image) starts from a picture that is put "
    "in. Both are ordinary ways of working; what matters here is which pictures went in, and why they may be used.",
    ja="t2i は文章だけから画像を作る方法、i2i は画像を入力し、それをもとに作る方法です。どちらもふつうの作り方です。"
    "ここで示すのは、どの画像が入力されたか、それを使ってよい根拠は何か、という記録です。",
)

DOES_NOT_SHOW: tuple[Text, ...] = (
    Text(
        en="That the records are whole or true. A recorder runs on its owner's own machine, and what was typed in or read "
        "from a file later rests on the maker's word.",
        ja="記録に漏れがないこと、事実であること。記録係は持ち主自身のパソコンで動きます。入力された記録や、後からファイルを"
        "読み取った記録は、作り手の申告によるものです。",
    ),
    Text(
        en="That the times are right. They are the clock of the maker's machine; nobody else's time-stamp is part of this page.",
        ja="日時が正しいこと。どれも作り手のパソコンの時計によるもので、このページに第三者のタイムスタンプは含まれていません。",
    ),
    Text(
        en="Anything about dependence on another work (ikyosei) or similarity to one (ruijisei). Those are findings of a court; "
        "this page has records only.",
        ja="依拠性や類似性についての判断。それは裁判所が行うもので、このページにあるのは記録だけです。",
    ),
    Text(
        en="That a picture which is absent here did not go in, or that one which is named here was needed.",
        ja="ここにない画像が使われていないこと。ここにある画像が欠かせなかったこと。",
    ),
)
"""Stands on every page of a story; the limit of every check stands beside it."""


def called(picture: Picture) -> Text:
    """Return what to call `picture`."""
    return Text(en=picture.name, ja=picture.name) if picture.name else NO_NAME


def how_words(use: Use, strength: float | None = None) -> Text:
    """Return what the earlier picture was, with the strength where it was the starting picture."""
    words = HOWS.get(use.how, Text(en=use.how, ja=use.how))
    if use.how == "init" and strength is not None:
        return Text(en="{how} (strength {strength})", ja="{how}（強さ {strength}）").format(
            how=words, strength=f"{strength:.2f}".rstrip("0").rstrip(".")
        )
    return words


def made_words(step: Step, *, version: bool = True) -> Text:
    """Return how a step made its picture, in a few words: "i2i · ComfyUI 0.3.64"; the version only when asked for."""
    record = step.generation
    if record is None:
        return HOWS["declared-origin"]
    if step.hand_work and record.mode in ("unknown", "edit"):
        mode = MADE_BY_HAND
    else:
        mode = MODES.get(record.mode, Text(en=record.mode, ja=record.mode))
    if record.tool is None:
        return mode
    tool = record.tool + (f" {record.tool_version}" if version and record.tool_version else "")
    return Text(en="{mode} · {tool}", ja="{mode} · {tool}").format(mode=mode, tool=tool)


def basis_words(standing: Standing) -> Text:
    """Return the short answer to why a picture may be used."""
    words = STANDINGS[standing.kind]
    return words if standing.basis is None else words.format(basis=BASES[standing.basis])


def clock(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as people write it, in `zone`, to the minute."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def when(step: Step, zone: tzinfo) -> Text:
    """Return when a step was made, or, where only that is known, when it was written down."""
    moment = clock(step.at, zone)
    return Text(en=moment, ja=moment) if step.timed else WRITTEN_DOWN.format(when=moment)


def short_digest(picture: Picture) -> str:
    """Return the beginning of the picture's digest, "" when it has none."""
    return next((digest[:16] + "…" for digest in (*picture.sha256s, *picture.image_data)), "")
