"""The audit of a log, and of what somebody holds from it.

1. The head carries the log's signature.
2. Every bundle and every tile is read and computed again; they give the root that was signed.
3. Every entry can be read, and its signature holds.
4. An older head, kept from last time, is the beginning of this one.
5. A receipt: the entry stands in its place, under a head of this log.
6. An answer: signed by the registry's operator, at a head of this log, and computed again from the entries alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from myself_i2i.attestation import Envelope, PublicKey
from myself_i2i.client.auditing import Source
from myself_i2i.errors import InputError, VerificationError
from myself_i2i.predicates import Answer, read_signed
from myself_i2i.registry.answering import Issuer, Replay, compute
from myself_i2i.registry.auditing.entries import Entries
from myself_i2i.registry.auditing.reading import PublishedLog
from myself_i2i.tlog import (
    Checkpoint,
    Cosignature,
    Frontier,
    NoteKey,
    Receipt,
    leaf_hash,
    open_checkpoint,
    verify_cosignatures,
)
from myself_i2i.wording import Text

__all__ = ["NOT_CHECKED", "Asked", "Audit", "audit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to audit, and against what."""

    key: NoteKey
    """The log's key; how the caller knows it decides what all of this is worth."""
    operator: PublicKey | None = None
    """The operator's key, when it is known: an answer signed by another is refused."""
    witnesses: tuple[NoteKey, ...] = ()
    """Witnesses whose cosignatures on the head are told."""
    older: tuple[bytes, ...] = ()
    """Heads of this log, kept from earlier times: signed notes."""
    receipt: bytes | None = None
    """A receipt (C2SP tlog-proof)."""
    answer: bytes | None = None
    """A signed answer (DSSE envelope with answer/v1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found. That there is one means that the log itself held; `holds` says whether all the rest did."""

    head: Checkpoint
    """The head."""
    note: bytes
    """The head as it was read: keep it, and give it as `older` next time."""
    cosignatures: tuple[Cosignature, ...]
    """Witnesses that saw this head."""
    entries: Entries
    """The entries."""
    older: Checkpoint | None
    """The largest of the older heads, all of which are beginnings of this one; None when none was given."""
    receipt: int | None
    """The place of the entry whose receipt was given, and holds."""
    answer: Answer | None
    """The answer that was given."""
    recomputed: Answer | None
    """The answer computed again, with the moment of the one given."""

    @property
    def same_facts(self) -> bool:
        """Whether the answer says what was computed again, whatever its words: another version words it differently."""
        return _facts(self.answer) == _facts(self.recomputed)

    @property
    def holds(self) -> bool:
        """Whether everything that was looked at holds."""
        return not self.entries.wrong and self.same_facts


def audit(source: Source, asked: Asked, *, progress: Callable[[int, int], None]) -> Audit:
    """Return what is found in the log at `source`; `progress` is told how many entries of how many were read.

    Memory does not grow with the entries, but for 32 bytes for 256 of them and the keys that they introduce. Raises
    `VerificationError` when the head, a tile, the older head, the receipt or the answer's head does not hold, `InputError`
    for a file that is missing or cannot be read.
    """
    # 1. the head
    note = source.read("checkpoint")
    if note is None:
        raise InputError(_NO_LOG)
    head, signed = open_checkpoint(note, asked.key)
    older = [_head(note, asked) for note in asked.older]
    receipt = Receipt.parse(asked.receipt) if asked.receipt else None
    given = _answer(asked) if asked.answer else None
    answered = _head(given.checkpoint.encode(), asked) if given else None
    heads = [*older, answered, _head(receipt.checkpoint, asked) if receipt else None]
    _refuse_newer(head, heads)
    # 2. to 5. every entry
    log = PublishedLog(source, head)
    entries = Entries()
    walk = _Walk(heads)
    for index, entry in enumerate(walk.through(log.replay(lambda done: progress(done, head.size)))):
        entries.check(index, entry)
        if receipt is not None and index == receipt.index:
            receipt.verify(entry, asked.key)
    # 6. the answer
    again = None
    if given is not None and answered is not None:
        held = Replay(log.read, answered.size)
        issuer = Issuer(given.public_key, given.checkpoint)
        again = compute(given.question, held, issuer, answered_at=given.answered_at)
    return Audit(
        head=head,
        note=note,
        cosignatures=verify_cosignatures(signed, asked.witnesses),
        entries=entries,
        older=max(older, key=lambda one: one.size, default=None),
        receipt=receipt.index if receipt else None,
        answer=given,
        recomputed=again,
    )


@dataclass(slots=True)
class _Walk:
    """Compares the tree of the entries so far with heads of smaller size, on the way."""

    heads: list[Checkpoint | None]
    edge: Frontier = field(default_factory=Frontier)

    def through(self, entries: Iterator[bytes]) -> Iterator[bytes]:
        wanted = {head.size for head in self.heads if head}
        self._compare()
        pending: list[bytes] = []
        for entry in entries:
            pending.append(leaf_hash(entry))
            if len(pending) == BATCH or self.edge.size + len(pending) in wanted:
                self.edge = self.edge.grown(pending)
                pending = []
                self._compare()
            yield entry

    def _compare(self) -> None:
        for head in self.heads:
            if head and head.size == self.edge.size and head.root != self.edge.root:
                raise VerificationError(_ANOTHER_VIEW.format(size=head.size), hint=_KEEP)


BATCH: Final = 256


def _head(note: bytes, asked: Asked) -> Checkpoint:
    return open_checkpoint(note, asked.key)[0]


def _answer(asked: Asked) -> Answer:
    signed = read_signed(Envelope.from_json(asked.answer or b""), asked.operator)
    if not isinstance(signed.predicate, Answer):
        raise InputError(_NO_ANSWER)
    return signed.predicate


def _refuse_newer(head: Checkpoint, heads: list[Checkpoint | None]) -> None:
    newest = max((one.size for one in heads if one), default=0)
    if newest > head.size:
        raise VerificationError(_SHRUNK.format(size=head.size, newest=newest), hint=_KEEP)


def _facts(answer: Answer | None) -> Answer | None:
    nothing = Text(en="", ja="")
    return answer and replace(answer, says=nothing, does_not_show=())


_NO_LOG = Text(
    en="there is no log here: no file checkpoint", ja="ここにログがありません（checkpoint がありません）"
)
_NO_ANSWER = Text(
    en="this is a signed statement, but no answer of a registry", ja="登録所の回答ではない文書です"
)
_ANOTHER_VIEW = Text(
    en="the log's first {size} entries are others than those of a head that it signed before",
    ja="ログの最初の {size} 件が、以前に署名された先頭のときと違っています",
)
_SHRUNK = Text(
    en="the log has {size} entries, but signed a head of {newest} before",
    ja="ログは {size} 件ですが、以前に {newest} 件の先頭へ署名しています",
)
_KEEP = Text(
    en="keep both heads: together they show that the log had two views; tell others who use it",
    ja="両方の先頭を保存してください。ログに二つの姿があったことを示すものです。ほかの利用者にも知らせてください",
)
NOT_CHECKED: Final = (
    Text(
        en="that this log shows the same to everybody: compare its head with others, or ask a witness",
        ja="このログがだれにも同じものを見せていること（先頭をほかの人と比べるか、証人に頼んでください）",
    ),
    Text(
        en="that the times are right: they are the registry's own; only the order is shown",
        ja="時刻が正しいこと（登録所の時計によるもので、示されるのは順序だけです）",
    ),
    Text(
        en="pictures and manifests, which are not in the log, and whether the fingerprints fit them",
        ja="ログに入っていない画像やマニフェスト、指紋がそれらに合っていること",
    ),
    Text(en="that what people say in it is true or whole", ja="書かれた内容が事実で、漏れがないこと"),
)
"""What no audit of a log can tell."""
