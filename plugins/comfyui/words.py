"""Every sentence of the node pack, in both languages; ComfyUI's server does not know which one its person reads."""

from __future__ import annotations

from typing import Final

from myself_i2i.errors import Error
from myself_i2i.wording import Text

__all__ = [
    "CHANGED",
    "EMBEDDED_NAME",
    "NOT_DECLARED",
    "NOT_MARKED",
    "TROUBLE",
    "both",
    "said",
]

TROUBLE: Final = Text(
    en="a step of the recorder failed ({step}: {error}); the picture is not affected, but its record may be missing",
    ja="記録の処理に失敗しました（{step}: {error}）。画像に影響はありませんが、記録が残っていない可能性があります",
)
CHANGED: Final = Text(
    en="{name} was changed after it was made, so this repeated run was not recorded for it",
    ja="{name} は作られたあとで変更されているため、今回の再実行の出力としては記録しませんでした",
)
NOT_DECLARED: Final = Text(
    en="the source could not be declared: {reason}", ja="元画像を申告できませんでした: {reason}"
)
NOT_MARKED: Final = Text(
    en="saved, but without a mark: {reason}", ja="画像は保存しましたが、目印は付けられませんでした: {reason}"
)
EMBEDDED_NAME: Final = Text(en="picture inside the graph", ja="グラフに埋め込まれた画像")


def both(text: Text) -> str:
    """Return the sentence in both languages, Japanese first, for places that show one string to everybody."""
    return f"{text.ja} / {text.en}"


def said(error: Error) -> str:
    """Return what an error says and the way out, in both languages, one after the other."""
    parts = [error.message] if error.hint is None else [error.message, error.hint]
    return " / ".join(
        "。".join(part.ja for part in parts) if ja else ". ".join(part.en for part in parts)
        for ja in (True, False)
    )
