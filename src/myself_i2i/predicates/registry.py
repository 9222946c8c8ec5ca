"""The predicates known here, and the way between a predicate and its statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from myself_i2i.attestation.statement import Statement, Subject
from myself_i2i.errors import InputError
from myself_i2i.predicates.answer import Answer
from myself_i2i.predicates.generation import Generation
from myself_i2i.predicates.interface import Predicate
from myself_i2i.predicates.journal import Journal
from myself_i2i.predicates.mark import Mark
from myself_i2i.predicates.permission import Permission
from myself_i2i.predicates.pledge import Pledge
from myself_i2i.predicates.profile import Profile
from myself_i2i.predicates.source import Source
from myself_i2i.predicates.suspension import Suspension
from myself_i2i.predicates.wish import Wish
from myself_i2i.predicates.withdrawal import Withdrawal
from myself_i2i.wording import Text

__all__ = ["PREDICATES", "make_statement", "read_predicate"]

PREDICATES: Mapping[str, type[Predicate]] = MappingProxyType(
    {
        predicate.PREDICATE_TYPE: predicate
        for predicate in (
            Pledge,
            Generation,
            Source,
            Permission,
            Wish,
            Journal,
            Withdrawal,
            Mark,
            Profile,
            Suspension,
            Answer,
        )
    }
)
"""Every predicate known here, by type URI."""


def make_statement(predicate: Predicate, subjects: Iterable[Subject] = ()) -> Statement:
    """Return the statement that says `predicate` about `subjects`.

    A pledge, a journal, a withdrawal, a profile, a suspension and an answer know their own subjects, and so does a wish for
    accounts; give none for those.
    Raises `InputError` when the predicate would not be read back as the same value: nothing is signed that
    its reader would refuse.
    """
    fields = predicate.to_json()
    if type(predicate).from_json(fields) != predicate:
        raise InputError(
            Text(
                en="this {name} carries fields that its basis or policy does not allow",
                ja="この {name} には、その根拠や設定では使えない項目があります",
            ).format(name=type(predicate).__name__)
        )
    return Statement.make(_subjects_of(predicate) or subjects, predicate.PREDICATE_TYPE, fields)


def read_predicate(statement: Statement) -> Predicate:
    """Return what `statement` says. The statement MUST come from `Envelope.verify`.

    Raises `InputError` for a predicate type unknown here, for fields that are not right, and for a predicate that
    knows its own subjects when the statement has others.
    """
    kind = PREDICATES.get(statement.predicate_type)
    if kind is None:
        raise InputError(
            Text(
                en="unknown predicate type {uri}",
                ja="未知の文書の種類です（{uri}）",
            ).format(uri=statement.predicate_type[:200]),
            hint=Text(
                en="it may be from a newer version: update myself-i2i",
                ja="新しい版で作られたものかもしれません。myself-i2i を更新してみてください",
            ),
        )
    predicate = kind.from_json(dict(statement.predicate))
    # A statement found by its subjects must be about them: otherwise a pledge could be filed under one text
    # and speak of another.
    own = {tuple(sorted(subject.digest.items())) for subject in _subjects_of(predicate)}
    if own and own != {tuple(sorted(subject.digest.items())) for subject in statement.subjects}:
        raise InputError(
            Text(
                en="the subjects of this {name} are not what it speaks of",
                ja="この {name} の対象（subject）が、本文の内容と一致しません",
            ).format(name=kind.__name__)
        )
    return predicate


def _subjects_of(predicate: Predicate) -> tuple[Subject, ...]:
    """Return the subjects that a predicate itself determines; empty when the caller names them."""
    match predicate:
        case Pledge() | Profile() | Answer():
            return (predicate.subject(),)
        case Withdrawal() | Journal() | Suspension():
            return predicate.subjects()
        case Wish() if predicate.scope == "accounts":
            return (predicate.account_subject(),)
        case _:
            return ()
