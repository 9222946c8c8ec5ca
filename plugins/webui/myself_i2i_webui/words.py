"""Every sentence of the extension, in both languages."""

from __future__ import annotations

from typing import Final

from myself_i2i.errors import Error
from myself_i2i.wording import Text

__all__ = [
    "PROMPT_LABEL",
    "RECORD_LABEL",
    "STOPPED",
    "STRICT_LABEL",
    "TROUBLE",
    "UNDECLARED",
    "both",
    "said",
]

RECORD_LABEL: Final = Text(
    en="Record which pictures went in (on this computer only)",
    ja="使った元画像を記録する（このパソコンの中だけに残ります）",
)
STRICT_LABEL: Final = Text(
    en="Strict: stop before sampling when a source has no rights basis",
    ja="厳格モード: 使ってよい根拠のない元画像があれば、生成前に止める",
)
PROMPT_LABEL: Final = Text(
    en="How much of the prompt the record keeps (takes effect after a restart)",
    ja="記録に残すプロンプトの範囲（再起動後に反映）",
)
UNDECLARED: Final = Text(en="recorded as undeclared: {reason}", ja="「未申告」として記録します: {reason}")
STOPPED: Final = Text(en="stopped before sampling: {reason}", ja="生成前に止めました: {reason}")
TROUBLE: Final = Text(
    en="a step of the recorder failed ({step}: {error}); the picture is not affected, but its record may be missing",
    ja="記録の処理に失敗しました（{step}: {error}）。画像に影響はありませんが、記録が残っていない可能性があります",
)


def both(text: Text) -> str:
    """Return the sentence in both languages, Japanese first: the webui translates labels by its own files."""
    return f"{text.ja} / {text.en}"


def said(error: Error) -> Text:
    """Return what an error says, and the way out."""
    if error.hint is None:
        return error.message
    return Text(en=f"{error.message.en}. {error.hint.en}", ja=f"{error.message.ja}。{error.hint.ja}")
