"""The words of our values in both languages: one table each, used by every renderer."""

from __future__ import annotations

from myself_i2i.wording import Text

__all__ = [
    "AGREEMENTS",
    "ANSWERS",
    "BASES",
    "INTEGRITY",
    "MODES",
    "QUESTION",
    "ROLES",
    "SIGNERS",
    "TONES",
    "word",
]

QUESTION = Text(en="did an image file go in?", ja="画像の入力")

ANSWERS = {
    "yes": Text(en="yes", ja="あり"),
    "no": Text(en="no", ja="なし"),
    "not_recorded": Text(en="not recorded", ja="記録なし"),
}
TONES = {"yes": "yes", "no": "no", "not_recorded": "unknown"}
MODES = {
    "t2i": Text(en="t2i (from words alone)", ja="t2i（文章だけから）"),
    "i2i": Text(en="i2i (from a picture)", ja="i2i（画像をもとに）"),
    "inpaint": Text(en="inpaint (part of a picture redrawn)", ja="inpaint（画像の一部を描き直し）"),
    "outpaint": Text(en="outpaint (a picture extended)", ja="outpaint（画像の外側を描き足し）"),
    "controlnet": Text(en="ControlNet (guided by a picture)", ja="ControlNet（画像で構図などを指定）"),
    "reference": Text(en="reference (a picture as model)", ja="参照画像つき"),
    "edit": Text(en="edit (a picture changed by words)", ja="edit（画像を文章で編集）"),
    "upscale": Text(en="upscale or second pass", ja="拡大・二度がけ"),
    "mixed": Text(en="several ways together", ja="複数の方法の組み合わせ"),
    "unknown": Text(en="not recorded", ja="記録なし"),
}
ROLES = {
    "init": Text(en="starting picture", ja="元画像"),
    "mask": Text(en="mask", ja="マスク"),
    "control": Text(en="control picture", ja="制御用の画像"),
    "reference": Text(en="reference picture", ja="参照画像"),
    "style": Text(en="style picture", ja="画風の参照画像"),
    "latent": Text(en="latent", ja="潜在データ"),
    "unknown": Text(en="role not recorded", ja="役割は記録なし"),
}
BASES = {
    "own-drawing": Text(en="own drawing", ja="自分で描いた絵"),
    "own-photo": Text(en="own photo", ja="自分で撮った写真"),
    "own-generation": Text(en="own earlier generation", ja="自分が生成した画像"),
    "permission": Text(en="author's permission", ja="作者の許可"),
    "open-licence": Text(en="open licence", ja="公開ライセンス"),
}
SIGNERS = {
    "self": Text(en="your own key", ja="あなた自身"),
    "pinned": Text(en="known to you", ja="あなた（登録済み）"),
    "c2pa_list": Text(en="on the C2PA trust list", ja="C2PAトラストリスト"),
    "unknown": Text(en="on no list known here", ja="ここでは知られていない"),
    "nobody": Text(en="no signature", ja="署名なし"),
}
INTEGRITY = {
    "intact": Text(en="as it was signed", ja="署名された時のまま"),
    "changed": Text(en="changed since it was signed", ja="署名の後に変更あり"),
    "expired": Text(en="certificate expired", ja="証明書の期限切れ"),
    "nothing_to_check": Text(en="no signature", ja="署名なし"),
    "unreadable": Text(en="not a picture we read", ja="読めない形式"),
}
AGREEMENTS = {
    "agrees": Text(en="agrees", ja="一致"),
    "contradicts": Text(en="differs", ja="食い違いあり"),
    "silent": Text(en="silent", ja="比べる情報なし"),
    "not_applicable": Text(en="nothing to compare", ja="対象なし"),
}


def word(table: dict[str, Text], value: str | None) -> Text:
    """Return the words for `value`; an unknown value stands for itself, none at all is "not recorded"."""
    if value is None:
        return ANSWERS["not_recorded"]
    return table.get(value, Text(en=value, ja=value))
