"""Cosignatures: other people's word that they saw one of this log's heads, and that it continues all they saw before.

Only witnesses in the settings count. The newest head that any of them cosigned is kept beside the published one, so that
receipts carry it; while it is the published one, `checkpoint` carries it too. Source: c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

from typing import Final, Protocol

from myself_i2i.errors import InputError, LimitError, UsageError, VerificationError
from myself_i2i.registry.log import Files, Log
from myself_i2i.registry.log.publishing import CHECKPOINT, COSIGNED
from myself_i2i.registry.settings import Settings
from myself_i2i.tlog import (
    Checkpoint,
    Note,
    NoteKey,
    Signature,
    SignatureType,
    hash_reader,
    open_checkpoint,
    root_hash,
    verify_cosignatures,
)
from myself_i2i.wording import Text

__all__ = ["MOST_NOTE", "Witnessed", "cosign", "witnesses"]

MOST_NOTE: Final = 16 * 2**10
"""Largest note that is read: 64 signatures and a text."""


class Witnessed(Protocol):
    """What a cosignature needs of a registry."""

    @property
    def settings(self) -> Settings:
        """Its settings: `witnesses`."""
        ...

    @property
    def log(self) -> Log:
        """Its log."""
        ...

    @property
    def files(self) -> Files:
        """The log's public files."""
        ...


def witnesses(settings: Settings) -> tuple[NoteKey, ...]:
    """Return the witnesses whose cosignatures count. Raises `UsageError` for a key that is none."""
    try:
        keys = tuple(NoteKey.parse(word) for word in settings.witnesses.replace(",", " ").split())
    except InputError as error:
        raise UsageError(error.message) from error
    if any(key.type is not SignatureType.COSIGNATURE for key in keys):
        raise UsageError(_OTHER_KIND)
    return keys


def cosign(registry: Witnessed, note: bytes) -> None:
    """Keep the cosignatures of known witnesses on one of this log's heads; the same ones again change nothing.

    Raises `InputError` for what is no checkpoint, `VerificationError` when a signature does not hold, no known witness signed,
    or the head is not this log's; `LimitError` past `MOST_NOTE`, `RegistryError` when it cannot be stored.
    """
    if len(note) > MOST_NOTE:
        raise LimitError(_TOO_LARGE.format(size=len(note), limit=MOST_NOTE))
    key = registry.log.key
    known = witnesses(registry.settings)
    checkpoint, sent = open_checkpoint(note, key)
    if not verify_cosignatures(sent, known):
        raise VerificationError(_NOBODY, hint=_NOBODY_HINT)
    lines = [line for witness in known for line in _newest(sent.by(witness))]
    files = registry.files
    with files.publishing():
        _refuse_another_head(registry, checkpoint)
        kept = _note(files, COSIGNED)
        if kept is None or Checkpoint.parse(kept.text).size < checkpoint.size:
            kept = Note(sent.text, sent.by(key))
        if kept.text != sent.text:
            return  # an older head than the one that is kept: receipts have better
        merged = _merged(kept, lines, known)
        files.write(COSIGNED, merged.to_bytes())
        shown = _note(files, CHECKPOINT)
        if shown is not None and shown.text == sent.text:
            files.write(CHECKPOINT, merged.to_bytes())


def _refuse_another_head(registry: Witnessed, checkpoint: Checkpoint) -> None:
    """Our own key signed it, so a head that is not ours means that the key signed two views: that must not be spread."""
    shown = _note(registry.files, CHECKPOINT)
    size = Checkpoint.parse(shown.verify(registry.log.key)).size if shown else 0
    read = hash_reader(checkpoint.size, registry.log.tile)
    if checkpoint.size <= size and root_hash(checkpoint.size, read) == checkpoint.root:
        return
    raise VerificationError(_NOT_OURS.format(size=checkpoint.size))


def _merged(kept: Note, lines: list[Signature], known: tuple[NoteKey, ...]) -> Note:
    """The note with one line for each witness, the newest; lines of witnesses that left the settings go."""
    by_key = {witness.id: line for witness in known for line in _newest(kept.by(witness))}
    for line in lines:
        by_key[line.key_id] = max(by_key.get(line.key_id, line), line, key=lambda one: one.value)
    own = [line for line in kept.signatures if line.key_id not in {witness.id for witness in known}]
    return Note(kept.text, (*own, *by_key.values()))


def _newest(lines: tuple[Signature, ...]) -> tuple[Signature, ...]:
    # The time stands first in a cosignature, big-endian: the largest value is the newest.
    return (max(lines, key=lambda one: one.value),) if lines else ()


def _note(files: Files, name: str) -> Note | None:
    data = files.read(name)
    return Note.parse(data) if data is not None else None


_OTHER_KIND = Text(
    en="a key in the setting witnesses is not that of a witness (wanted signature type 4, a timed cosignature)",
    ja="設定 witnesses の鍵が、証人の鍵（署名の種類 4、時刻つきの副署）ではありません",
)
_TOO_LARGE = Text(
    en="the note has {size} bytes, at most {limit} are read",
    ja="ノートが {size} バイトあります（上限 {limit} バイト）",
)
_NOBODY = Text(
    en="no cosignature by a witness of this registry stands on this head",
    ja="この登録所が受け付けている証人の副署が付いていません",
)
_NOBODY_HINT = Text(
    en="the operator enters a witness's verifier key in the setting `witnesses`",
    ja="証人の検証鍵は、運営者が設定 `witnesses` に入れます",
)
_NOT_OURS = Text(
    en="the head of {size} entries carries this log's signature and is not its head: keep it, and tell the operator",
    ja="{size} 件のこの先頭には、このログの署名がありますが、このログの先頭ではありません。保存して、運営者に知らせてください",
)
