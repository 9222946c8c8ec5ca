"""Answers as a registry gives them: a question's bytes in, a signed envelope out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from myself_i2i.attestation import sign
from myself_i2i.predicates import Question, make_statement
from myself_i2i.registry.answering.computing import Held, Issuer, compute
from myself_i2i.registry.answering.following import Following
from myself_i2i.registry.keys import RegistryKeys
from myself_i2i.tlog import Checkpoint, Note, NoteKey, open_checkpoint

if TYPE_CHECKING:
    from myself_i2i.registry.log import Log  # an audit computes answers without a database

__all__ = ["Answering", "answer", "own_head"]


class Answering(Protocol):
    """What an answer needs of a registry."""

    @property
    def log(self) -> Log:
        """Its log."""
        ...

    @property
    def keys(self) -> RegistryKeys:
        """Its keys."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """Its clock."""
        ...

    def checkpoint(self) -> bytes:
        """Return the log's published head."""
        ...


_FOLLOWED: WeakKeyDictionary[Log, Following] = WeakKeyDictionary()
"""What is remembered of each log that this process serves."""


def answer(registry: Answering, question: bytes) -> bytes:
    """Return the signed envelope (JSON) that answers a question (spec/predicates/answer.md).

    Nothing is stored, and what is asked is written nowhere. Safe in threads. Raises `InputError` for what is no question,
    or one too flat to be looked up; `RegistryError`, also while the log is still being read.
    """
    asked = Question.parse(question)
    note, held = _follow(registry)
    operator = registry.keys.operator
    issuer = Issuer(operator.public_key, note)
    made = compute(asked, held, issuer, answered_at=registry.clock().replace(microsecond=0))
    return sign(make_statement(made), operator).to_json()


def _follow(registry: Answering) -> tuple[str, Held]:
    """The newest head, as answers carry it, and what the log holds under it."""
    key = registry.log.key
    following = _FOLLOWED.setdefault(registry.log, Following(registry.log.entries))
    notes: list[str] = []

    def head() -> Checkpoint:
        checkpoint, note = open_checkpoint(registry.checkpoint(), key)
        notes.append(own_head(note, key))
        return checkpoint

    _, held = following.follow(head)
    return notes[-1], held


def own_head(note: Note, key: NoteKey) -> str:
    """Return the note with the log's own signature only: cosignatures come and go, an answer stays the same."""
    return Note(note.text, note.by(key)).to_bytes().decode()
