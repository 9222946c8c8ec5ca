"""The kinds of related pairs that were measured, in words, and which of them each question is about."""

from __future__ import annotations

from collections.abc import Mapping

from myself_i2i.comparison.interface import Question
from myself_i2i.wording import Text

__all__ = ["KINDS", "KINDS_OF", "LOOSE", "MADE", "PARTS", "SAVED"]

MADE: Mapping[str, Text] = {
    "i2i-weak": Text(en="weak i2i", ja="i2i（弱め）"),
    "i2i-strong": Text(en="strong i2i", ja="i2i（強め）"),
    "edit": Text(en="edit by words", ja="文章による編集"),
    "inpaint": Text(en="inpainting", ja="部分の描き直し（inpaint）"),
    "sketch-to-image": Text(en="from a sketch", ja="ラフや線画から生成"),
    "controlnet": Text(en="ControlNet", ja="ControlNet"),
    "style-transfer": Text(en="style transfer", ja="画風の変換"),
    "style-transfer-gan": Text(en="style transfer (older networks)", ja="画風の変換（旧来の方式）"),
    "relight": Text(en="relighting", ja="光の当て直し"),
}
"""What models made of a source and kept its layout."""
LOOSE: Mapping[str, Text] = {
    "controlnet-loose": Text(en="ControlNet by pose or depth only", ja="ControlNet（ポーズや奥行きだけ）"),
    "variation": Text(en="variation", ja="バリエーション生成"),
}
"""What models made of a source without keeping its layout: no measure of layout finds these."""
SAVED: Mapping[str, Text] = {
    "jpeg": Text(en="saved as JPEG", ja="JPEGで保存し直し"),
    "webp": Text(en="saved as WebP", ja="WebPで保存し直し"),
    "resize": Text(en="made smaller", ja="縮小"),
    "blur": Text(en="blurred", ja="ぼかし"),
    "colour": Text(en="colours shifted", ja="色味の変更"),
    "mirror": Text(en="mirrored", ja="左右反転"),
}
"""Saved again with the whole picture still there."""
CUT: Mapping[str, Text] = {
    "text": Text(en="text written over", ja="文字入れ"),
    "crop": Text(en="cropped by 5 to 30 %", ja="5〜30%の切り取り"),
    "rotate": Text(en="turned by 2 to 10 degrees", ja="2〜10度の回転"),
    "frame": Text(en="in a screenshot's frame", ja="スクリーンショットの枠つき"),
}
"""Saved again with something cut off, put around or written over."""
PARTS: Mapping[str, Text] = {
    "part": Text(en="a fifth pasted into another picture", ja="2割を別の画像に貼り込み"),
}
"""A part in another picture."""

KINDS: Mapping[str, Text] = {**SAVED, **CUT, **PARTS, **MADE, **LOOSE}
"""All of them, in the order in which they are shown."""

KINDS_OF: Mapping[Question, tuple[str, ...]] = {
    Question.SAME: (*SAVED, *CUT),
    Question.LAYOUT: (*MADE, *LOOSE),
    Question.PART: (*PARTS, "crop", "frame"),
}
"""Which kinds each question is about."""
