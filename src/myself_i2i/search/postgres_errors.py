"""What the errors of a PostgreSQL server, and of the way to it, mean to a person."""

from __future__ import annotations

import struct
from typing import Any, Final

from myself_i2i.errors import SearchError, UsageError
from myself_i2i.wording import Text

__all__ = ["driver", "driver_errors", "explained", "lost"]

_Meaning = tuple[Text, Text]

_UNREACHABLE: Final[_Meaning] = (
    Text(en="the PostgreSQL server cannot be reached", ja="PostgreSQL のサーバーにつながりません"),
    Text(
        en="check that it runs, and the address; what was acknowledged is safe",
        ja="サーバーが動いているか、場所が正しいかを確かめてください。登録済みのものは失われていません",
    ),
)
_REFUSED: Final[_Meaning] = (
    Text(
        en="the PostgreSQL server does not let this user in",
        ja="PostgreSQL のサーバーがこのユーザーを受け付けません",
    ),
    Text(
        en="check the user and the password (PGPASSWORD), and pg_hba.conf on the server",
        ja="ユーザー名、パスワード（PGPASSWORD）、サーバーの pg_hba.conf を確かめてください",
    ),
)
_BUSY: Final[_Meaning] = (
    Text(
        en="the index is in use by another writer and did not become free; nothing was written",
        ja="ほかのプログラムが書き込み中で、待っても空きませんでした。何も書き込んでいません",
    ),
    Text(en="try again", ja="もう一度お試しください"),
)
_OTHER: Final[_Meaning] = (
    Text(
        en="the PostgreSQL server could not do this; nothing was written",
        ja="PostgreSQL のサーバーで処理できませんでした。何も書き込んでいません",
    ),
    Text(
        en="the log of the server says more; `rebuild` makes the indexes of the words again",
        ja="詳しくはサーバーのログを見てください。索引は `rebuild` で作り直せます",
    ),
)
_MEANINGS: Final[dict[str, _Meaning]] = {  # by SQLSTATE, or its first two characters, the class
    "08": _UNREACHABLE,
    "28": _REFUSED,
    "3D": (
        Text(en="the database does not exist", ja="データベースがありません"),
        Text(
            en="make it: createdb --encoding=UTF8 NAME",
            ja="createdb --encoding=UTF8 名前 で作ってください",
        ),
    ),
    "25006": (
        Text(
            en="the database is read-only; nothing was written",
            ja="データベースが読み取り専用で、何も書き込んでいません",
        ),
        Text(
            en="give the address of the primary server",
            ja="書き込みのできるサーバー（プライマリ）を指定してください",
        ),
    ),
    "42501": (
        Text(
            en="the user may not do this in the database; nothing was written",
            ja="このユーザーには許可がなく、何も書き込んでいません",
        ),
        Text(
            en="let the owner of the database make the index, or grant this user CREATE on it",
            ja="データベースの所有者が索引を作るか、このユーザーに CREATE を許可してください",
        ),
    ),
    "53": (
        Text(
            en="the server is out of disk, memory or connections; nothing was written",
            ja="サーバーのディスク、メモリー、接続数のどれかが足りず、何も書き込んでいません",
        ),
        Text(en="free some and try again", ja="空きを作ってから、もう一度お試しください"),
    ),
    "40": _BUSY,
    "55P03": _BUSY,
    "57P": _UNREACHABLE,
    "XX": (
        Text(en="the database is damaged", ja="データベースが壊れています"),
        Text(
            en="`rebuild` makes the indexes of the words again; if it stays, restore from a copy",
            ja="索引は `rebuild` で作り直せます。それでも直らなければ控えから戻してください",
        ),
    ),
}


def driver() -> Any:
    """Return pg8000's native interface; raises `UsageError` where it is not installed."""
    try:
        import pg8000.native  # noqa: PLC0415 - an extra: most people run no server
    except ImportError as error:
        raise UsageError(
            Text(
                en="PostgreSQL needs the package pg8000",
                ja="PostgreSQL を使うには pg8000 パッケージが必要です",
            ),
            hint=Text(
                en="pip install 'myself-i2i[postgres]'",
                ja="pip install 'myself-i2i[postgres]' を実行してください",
            ),
        ) from error
    return pg8000.native


def driver_errors() -> tuple[type[Exception], ...]:
    """Return what comes out of the driver when the server or the way to it fails."""
    # A connection that is cut within a message leaves struct nothing to read.
    return (driver().Error, OSError, struct.error)


def lost(error: Exception) -> bool:
    """Return whether the connection is gone, as after the server was started again."""
    fields = _fields(error)
    return fields is None or fields.get("C", "").startswith(("08", "57P"))


def explained(error: Exception, address: object) -> SearchError:
    """Return the error to raise for what the driver raised; names the database, never the password."""
    fields = _fields(error)
    if fields is None:
        message, hint = _UNREACHABLE
        said = str(error.__cause__ or error)
    else:
        state = fields.get("C", "")
        message, hint = next((_MEANINGS[state[:n]] for n in (5, 3, 2) if state[:n] in _MEANINGS), _OTHER)
        said = fields.get("M", state)
    return SearchError(
        Text(en=f"{message.en}: {address} ({said})", ja=f"{message.ja}: {address}（{said}）"), hint=hint
    )


def _fields(error: BaseException | None) -> dict[str, str] | None:
    """Return what the server sent. pg8000 hides it behind an error of its own when the server hangs up right after."""
    while error is not None:
        if error.args and isinstance(error.args[0], dict):
            return error.args[0]
        error = error.__context__
    return None
