"""What is told when something is in the way: one sentence for each kind of trouble, once a recorder."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from myself_i2i.recording.interface import Tell
from myself_i2i.wording import Text

__all__ = ["Teller"]

NO_KEY = Text(
    en="you have no key yet: this picture's record waits in {spool}; `myself-i2i pledge` makes the key, and the waiting "
    "records are then signed and entered by themselves",
    ja="まだ鍵がないため、記録は {spool} で待っています。`myself-i2i pledge` で鍵を作ると、待っている記録に自動で署名し、"
    "帳簿に入れます",
)
PROTECTED = Text(
    en="your key has a passphrase: records wait in {spool} until a command opens the key, for example "
    "`myself-i2i keys show`",
    ja="鍵にパスフレーズがあるため、記録は {spool} で待っています。鍵を開くコマンド（例: `myself-i2i keys show`）を"
    "実行すると、帳簿に入ります",
)
LEDGER = Text(
    en="the record could not be entered in the ledger, so it waits in {spool} and is entered later by itself ({why})",
    ja="記録を帳簿に入れられないため、{spool} に置いておき、あとで自動で入れます（{why}）",
)
SPOOL = Text(
    en="the picture is saved, but its record could not be kept anywhere: {why}",
    ja="画像は保存されましたが、その記録をどこにも残せませんでした: {why}",
)
INPUT = Text(
    en="an input picture could not be read, and is recorded without its digest: {why}",
    ja="入力画像を読めなかったため、ハッシュ値なしで記録します: {why}",
)
OUTPUT = Text(
    en="a saved picture could not be read, so it has no record: {why}",
    ja="保存された画像を読めなかったため、記録がありません: {why}",
)
SALT = Text(
    en="the prompt's digest is left out of the record, because its salt could not be kept: {why}",
    ja="プロンプトのハッシュ値は、ソルトを保存できなかったため記録に入れません: {why}",
)
UNEXPECTED = Text(
    en="something went wrong while recording, and the picture may have no record: {why}",
    ja="記録の途中で問題が起き、この画像の記録がない可能性があります: {why}",
)

_LOGGER = logging.getLogger("myself_i2i.recording")


class Teller:
    """Tells each kind of trouble once; safe on any thread, and never raises."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, kind: str, text: Text) -> None:
        """Tell `text` unless its `kind` was told before."""
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        with suppress(Exception):  # the host's own function: its failure is not the recorder's
            if self._tell is not None:
                self._tell(text)
            else:
                _LOGGER.warning("%s / %s", text.en, text.ja)

    def unexpected(self, error: BaseException) -> None:
        """Tell of an error that nobody foresaw."""
        self(f"unexpected {type(error).__name__}", UNEXPECTED.format(why=f"{type(error).__name__}: {error}"))
