"""What a registry takes in: rules over a verified statement and what stands so far. Pure.

1. It is of a kind that is published.
2. No stated moment lies ahead of the clock by more than its skew.
3. Its signer may say it: the operator alone suspends, a registered key whose registration stands says the rest; a
   mark needs a pledge. A key that is suspended may still withdraw.
4. What it takes back or suspends is here, and not taken back already.

The mark's agreement with its manifest is `manifests.check_mark`; how much a key may say in a day is counted in the
database. A copy of what is here already is answered before any of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from myself_i2i.attestation import IMAGE_DATA
from myself_i2i.errors import InputError
from myself_i2i.predicates import Mark, Signed, Suspension, Withdrawal
from myself_i2i.registry.standing import REGISTERING, KeyStanding, Standings, kind_of
from myself_i2i.wording import Text

__all__ = ["Reason", "RefusedError", "Rules", "check_standing", "check_statement", "refuse_unknown_key"]


class Reason(StrEnum):
    """Why something was not taken in."""

    KIND = "kind"
    """Not a kind of statement that is published here."""
    SIGNATURES = "signatures"
    """Not exactly one signature."""
    SUBJECT = "subject"
    """Not about exactly one picture."""
    MOMENT = "moment"
    """A time that has not come yet."""
    UNKNOWN_KEY = "unknown-key"
    """The key was never heard of here."""
    NOT_STANDING = "not-standing"
    """The key's pledge, wish or profile was withdrawn or suspended, or it has not pledged."""
    SUSPENDED = "suspended"
    """The operator suspended the key."""
    OPERATOR_ONLY = "operator-only"
    """Only the registry's operator says this."""
    NOT_HERE = "not-here"
    """It takes back or suspends what is not here, not the signer's, or taken back already."""
    MANIFEST = "manifest"
    """The manifest is missing, does not hold, or says something else than the statement."""
    TOO_MANY = "too-many"
    """The key said as much as it may in a day."""


class RefusedError(InputError):
    """A statement was not taken in; nothing was changed."""

    def __init__(self, reason: Reason, message: Text, *, hint: Text | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        """Why."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one registry asks."""

    operator: str
    """The operator's keyid."""
    clock_skew: timedelta
    """How far ahead a stated moment may lie."""


def check_statement(signed: Signed, rules: Rules, *, now: datetime) -> str:
    """Return the statement's short name when rules 1 and 2 let it in; raises `RefusedError`.

    It also has exactly one signature: with a stranger's beside it, one statement would have many names here.
    """
    kind = kind_of(signed)
    if kind is None:
        raise RefusedError(Reason.KIND, _KIND, hint=_KIND_HINT)
    if len(signed.envelope.signatures) != 1:
        raise RefusedError(Reason.SIGNATURES, _SIGNATURES)
    if isinstance(signed.predicate, Mark):
        subjects = signed.statement.subjects
        if len(subjects) != 1 or IMAGE_DATA not in subjects[0].digest:
            raise RefusedError(Reason.SUBJECT, _SUBJECT)
    if any(moment > now + rules.clock_skew for moment in _moments(signed.predicate)):
        raise RefusedError(Reason.MOMENT, _MOMENT, hint=_MOMENT_HINT)
    return kind


def check_standing(signed: Signed, standings: Standings, rules: Rules) -> None:
    """Raise `RefusedError` unless rules 3 and 4 let the statement in."""
    match signed.predicate:
        case Suspension():
            _check_operator(signed, signed.predicate, standings, rules)
        case Withdrawal(statement=payload):
            said = standings.said(payload).get(signed.keyid)
            if said is None or said.withdrawn or said.kind in {"withdrawal", "suspension"}:
                raise RefusedError(Reason.NOT_HERE, _NOT_HERE)
        case _:
            _check_signer(signed, standings.key(signed.keyid))


def refuse_unknown_key() -> RefusedError:
    """Return the error for a key that was never heard of, with the way to register it."""
    return RefusedError(Reason.UNKNOWN_KEY, _UNKNOWN, hint=_REGISTER)


def _check_operator(signed: Signed, said: Suspension, standings: Standings, rules: Rules) -> None:
    if signed.keyid != rules.operator:
        raise RefusedError(Reason.OPERATOR_ONLY, _OPERATOR_ONLY)
    known = standings.said(said.statement.statement) if said.statement else standings.key(said.keyid or "")
    if not known:
        raise RefusedError(Reason.NOT_HERE, _NOTHING_TO_SUSPEND)


def _check_signer(signed: Signed, standing: KeyStanding | None) -> None:
    kind = kind_of(signed)
    if standing is not None and standing.suspended:
        raise RefusedError(Reason.SUSPENDED, _SUSPENDED, hint=_SUSPENDED_HINT)
    if kind in REGISTERING:
        return
    if standing is None:
        raise refuse_unknown_key()
    if not standing.registered:
        raise RefusedError(Reason.NOT_STANDING, _NOT_STANDING, hint=_REGISTER)
    if kind == "mark" and not standing.pledged:
        raise RefusedError(Reason.NOT_STANDING, _NOT_PLEDGED, hint=_PLEDGE)


def _moments(predicate: object) -> Iterator[datetime]:
    """Yield when something was said to be said; an end (`until`) may well lie ahead, and so may a beginning."""
    for one in fields(predicate):  # type: ignore[arg-type]  # every predicate is a dataclass
        value = getattr(predicate, one.name)
        if isinstance(value, datetime) and one.name.endswith("_at"):
            yield value


_KIND = Text(
    en="this kind of statement is not published on its own",
    ja="この種類の文書は、単独では登録できません",
)
_KIND_HINT = Text(
    en="a record or a source declaration travels inside the mark of its picture: publish the mark",
    ja="生成の記録や元画像の申告は、その画像の目印に入っています。目印を登録してください",
)
_SIGNATURES = Text(
    en="wanted exactly one signature, by the key that speaks",
    ja="署名は、述べる人の鍵によるものひとつだけにしてください",
)
_SUBJECT = Text(
    en="a mark is about one picture, named by its imageData/v1 digest",
    ja="目印の対象は、imageData/v1 のハッシュ値で示した画像1枚です",
)
_MOMENT = Text(en="the time in the statement has not come yet", ja="文書に書かれた日時が、まだ来ていません")
_MOMENT_HINT = Text(
    en="set your machine's clock and sign again", ja="パソコンの時計を合わせて、署名しなおしてください"
)
_UNKNOWN = Text(en="this key is not registered here", ja="この鍵はここに登録されていません")
_REGISTER = Text(
    en="register it by publishing a pledge (makers), or a wish or a profile (artists)",
    ja="宣言（作り手）、または意思表示かプロフィール（描き手）を登録すると、鍵が登録されます",
)
_NOT_STANDING = Text(
    en="what registered this key was withdrawn or suspended",
    ja="この鍵の登録のもとになった文書は、取り下げられたか、停止されています",
)
_NOT_PLEDGED = Text(
    en="marks are published under a pledge, and none by this key stands here",
    ja="目印の登録には宣言が必要です。この鍵の有効な宣言がここにありません",
)
_PLEDGE = Text(
    en="publish a pledge first: `myself-i2i pledge`, then `myself-i2i publish`",
    ja="先に宣言を登録してください（`myself-i2i pledge` のあと `myself-i2i publish`）",
)
_SUSPENDED = Text(
    en="the operator of this registry suspended this key: it can withdraw, and say nothing new",
    ja="この登録所の運営者が、この鍵を停止しています。取り下げはできますが、新しい登録はできません",
)
_SUSPENDED_HINT = Text(
    en="the reason stands in the log; ask the operator",
    ja="理由はログにあります。運営者にお問い合わせください",
)
_OPERATOR_ONLY = Text(
    en="only the operator of this registry can say this",
    ja="これを述べられるのは、この登録所の運営者だけです",
)
_NOT_HERE = Text(
    en="there is nothing of this key here that this could withdraw, or it is withdrawn already",
    ja="この鍵の文書で取り下げられるものがここにないか、すでに取り下げられています",
)
_NOTHING_TO_SUSPEND = Text(en="there is no such key or statement here", ja="その鍵や文書は、ここにありません")
