"""Does an artist's permission cover one use of one picture by one maker?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myself_i2i.errors import RightsError
from myself_i2i.predicates import Permission
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.rights.statements import withdrawal_of
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from datetime import datetime

    from myself_i2i.predicates import Signed
    from myself_i2i.rights.interface import SourceFile, Statements

__all__ = ["CoveredUse", "check_permission"]

_ASK = Text(
    en="ask the artist for a permission that covers this use, or use another source",
    ja="この使い方を含む許可を作者にお願いするか、別の元画像を使ってください",
)


@dataclass(frozen=True, slots=True)
class CoveredUse:
    """A permission that covers the use."""

    signed: Signed
    """The verified permission."""
    permission: Permission
    """What it says."""
    notes: tuple[Text, ...]
    """Conditions to keep, and what the permission does not show."""


def check_permission(
    statements: Statements, digest: str, file: SourceFile, *, maker: str, used_at: datetime
) -> CoveredUse:
    """Return the permission in envelope `digest`, covering the use of `file` by `maker` (keyid) at `used_at`.

    1. The permission is known here, its signature verified with the artist's key that it carries.
    2. It is a permission/v1 (which grants use as AI input and nothing else), and not the maker's own.
    3. One of its subjects is the file.
    4. Its grantee is the maker, or anyone.
    5. The use falls between `valid_from` and `until`.
    6. Its signer had not withdrawn it by then; a later withdrawal does not reach back.

    Raises `RightsError` with the first that fails. Times are what the parties say.
    """
    signed = statements.get(digest)
    if signed is None:
        raise _refused(
            file,
            Text(
                en="the permission it names is not in the ledger",
                ja="申告にある許可が帳簿にありません",
            ),
            Text(
                en="add it: `myself-i2i sources add FILE --basis permission --permission PERMISSION.json`",
                ja="追加するには: `myself-i2i sources add ファイル --basis permission --permission 許可.json`",
            ),
        )
    permission = _permission(signed, file, maker)
    _check_scope(signed, permission, file, maker)
    _check_time(statements, signed, permission, file, used_at)
    return CoveredUse(signed, permission, _notes(signed, permission))


def _permission(signed: Signed, file: SourceFile, maker: str) -> Permission:
    if not isinstance(signed.predicate, Permission):
        raise _refused(
            file, Text(en="what it names is not a permission", ja="申告にある文書は許可ではありません"), _ASK
        )
    if signed.keyid == maker:
        raise _refused(
            file,
            Text(
                en="the permission is signed by the maker's own key",
                ja="許可が、作り手自身の鍵で署名されています",
            ),
            Text(
                en="for your own work use --basis own-drawing, own-photo or own-generation",
                ja="自分の作品には --basis own-drawing、own-photo、own-generation を使ってください",
            ),
        )
    return signed.predicate


def _check_scope(signed: Signed, permission: Permission, file: SourceFile, maker: str) -> None:
    if not any(digest in signed.statement.digests(algorithm) for algorithm, digest in file.digests()):
        raise _refused(
            file,
            Text(en="the permission is for another picture", ja="許可の対象は、この絵（写真）ではありません"),
            _ASK,
        )
    if permission.grantee not in (ANYONE, maker):
        raise _refused(
            file,
            Text(en="the permission is for another maker", ja="許可の相手は、この作り手ではありません"),
            _ASK,
        )


def _check_time(
    statements: Statements, signed: Signed, permission: Permission, file: SourceFile, used_at: datetime
) -> None:
    if used_at < permission.valid_from:
        reason = Text(
            en="the permission begins on {moment}, after this use",
            ja="許可の開始（{moment}）より前の利用です",
        ).format(moment=format_moment(permission.valid_from))
        raise _refused(file, reason, _ASK)
    if permission.until is not None and used_at >= permission.until:
        reason = Text(
            en="the permission ended on {moment}, before this use",
            ja="許可の終了（{moment}）より後の利用です",
        ).format(moment=format_moment(permission.until))
        raise _refused(file, reason, _ASK)
    withdrawal = withdrawal_of(statements, signed, at=used_at)
    if withdrawal is not None:
        reason = Text(
            en="the artist withdrew the permission on {moment}, before this use",
            ja="この利用より前（{moment}）に、作者が許可を取り下げています",
        ).format(moment=format_moment(withdrawal.withdrawn_at))
        raise _refused(file, reason, _ASK)


def _notes(signed: Signed, permission: Permission) -> tuple[Text, ...]:
    notes = [
        Text(
            en="the permission shows what the holder of key {key} signed, not who that is",
            ja="許可が示すのは、鍵 {key} の持ち主が署名したことです。その人がだれかは示しません",
        ).format(key=signed.public_key.short_form)
    ]
    if permission.conditions:
        notes.append(
            Text(
                en="the artist's conditions: {words}",
                ja="作者の条件: {words}",
            ).format(words=permission.conditions)
        )
    if permission.credit:
        notes.append(
            Text(en="credit asked for: {words}", ja="求められている表示: {words}").format(
                words=permission.credit
            )
        )
    return tuple(notes)


def _refused(file: SourceFile, reason: Text, hint: Text) -> RightsError:
    return RightsError(
        Text(
            en="the permission for {name} does not cover this use: {reason}",
            ja="{name} の許可は、この利用に当てはまりません（{reason}）",
        ).format(name=file.name, reason=reason),
        hint=hint,
    )
