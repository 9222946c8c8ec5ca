"""Strict mode: refuse before sampling what has no rights basis, in words that name the file and the one command.

Only a person who asked for it meets this. Where the ledger cannot be read nothing is known to have a basis, so that is
refused as well: a rule that gives way when it cannot look is none.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from myself_i2i.errors import Error, RightsError
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.predicates.source import Basis
from myself_i2i.recording.bases import require_basis
from myself_i2i.recording.draft import FREE_ROLES
from myself_i2i.recording.joining import Asked, find_file
from myself_i2i.recording.known import KnownPictures
from myself_i2i.recording.noted import NotedInput
from myself_i2i.recording.own_keys import maker_keyid, own_keyids
from myself_i2i.rights import LedgerStatements
from myself_i2i.wording import Text

__all__ = ["BASES", "declare_command", "require_bases"]

DECLARE = "myself-i2i sources add {file} --basis BASIS"
"""The one command that gives a file its basis; which, only the person can say."""
BASES = ", ".join(Basis)
BUSY_SECONDS = 5.0

_ONE = Text(
    en="the input {names} has no rights basis yet, and strict mode makes no picture from it",
    ja="入力画像 {names} の「使ってよい根拠」がまだ申告されていません（厳格モードのため生成しません）",
)
_MANY = Text(
    en="{count} inputs have no rights basis yet, and strict mode makes no picture from them: {names}",
    ja="「使ってよい根拠」がまだ申告されていない入力画像が{count}枚あります（厳格モードのため生成しません）: {names}",
)
_COMMAND = Text(
    en="say where it comes from: {command}  (BASIS: {bases})",
    ja="どこから来た画像か申告してください: {command}（BASIS は {bases} のいずれか）",
)
_NO_FILE = Text(
    en="it was handed over without a file: save it as a file, use that, and declare it: {command}  (BASIS: {bases})",
    ja="ファイルなしで渡された画像です。いったんファイルに保存して使い、申告してください: {command}（BASIS は {bases} のいずれか）",
)
_UNREADABLE = Text(
    en="strict mode cannot look up whether the inputs have a rights basis: {why}",
    ja="厳格モードですが、入力画像の根拠を帳簿で確かめられません: {why}",
)
_OFF = Text(
    en="try again when the ledger can be read, or turn strict mode off in recording.toml",
    ja="帳簿を読める状態でもう一度試すか、recording.toml で厳格モードを切ってください",
)


def declare_command(file: str) -> str:
    """Return the command that declares `file`, quoted for a shell."""
    return DECLARE.format(file=shlex.quote(file))


def require_bases(
    home: Path, inputs: Sequence[NotedInput], paths: Sequence[Path | None], *, now: datetime
) -> None:
    """Make sure that every input but masks has a rights basis; `paths` are their files, where known.

    Raises RightsError naming each that has none, with the command that declares the first; nothing else.
    """
    wanted = [(one, path) for one, path in zip(inputs, paths, strict=True) if one.role not in FREE_ROLES]
    if not wanted:
        return
    missing = wanted
    if ledger_path(home).exists():
        try:
            with Ledger.open(ledger_path(home), create=False, busy_seconds=BUSY_SECONDS) as ledger:
                asked = _asked(home, ledger, now)
                missing = [(one, path) for one, path in wanted if not _has_basis(one, asked)]
        except Error as error:
            raise RightsError(_UNREADABLE.format(why=error.message), hint=_OFF) from error
        except OSError as error:
            raise RightsError(_UNREADABLE.format(why=error.strerror), hint=_OFF) from error
    if missing:
        raise _refusal(missing)


def _asked(home: Path, ledger: Ledger, now: datetime) -> Asked:
    maker = maker_keyid(home, ledger)
    own = own_keyids(home) | ({maker} if maker else set())
    return Asked(known=KnownPictures(), ledger=ledger, maker=maker, own=frozenset(own), used_at=now)


def _has_basis(one: NotedInput, asked: Asked) -> bool:
    if asked.ledger is None or asked.maker is None or not one.digests:
        return False
    for digests in one.digests:
        file, _ = find_file(one, digests, asked)
        if file is None:
            return False
        try:
            require_basis(LedgerStatements(asked.ledger), file, maker=asked.maker, used_at=asked.used_at)
        except RightsError:
            return False
    return True


def _refusal(missing: Sequence[tuple[NotedInput, Path | None]]) -> RightsError:
    first, path = missing[0]
    names = ", ".join(one.name or f"({one.role})" for one, _ in missing)
    message = _ONE if len(missing) == 1 else _MANY
    if path is not None:
        hint = _COMMAND.format(command=declare_command(str(path)), bases=BASES)
    else:
        hint = _NO_FILE.format(command=declare_command(first.name or "FILE"), bases=BASES)
    return RightsError(message.format(names=names, count=len(missing)), hint=hint)
