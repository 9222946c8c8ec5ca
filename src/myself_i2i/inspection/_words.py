"""Sentences that several readers say."""

from __future__ import annotations

from myself_i2i.wording import Text

__all__ = ["EDIT_MODEL", "EMBEDDED", "NOT_NAMED", "ON_THE_WEB"]

NOT_NAMED = Text(en="not named by this tool", ja="このツールは画像の名前を書き残しません")
EMBEDDED = Text(en="embedded data", ja="記録に埋め込まれた画像データ")
ON_THE_WEB = Text(en="URL", ja="ウェブ上のURL")
EDIT_MODEL = Text(
    en="the model is made to edit a given picture, and the text does not say whether one was given",
    ja="渡された画像を編集するためのモデルですが、画像を渡したかどうかは書かれていません",
)
