"""What a log holds, remembered: the fast way to an answer. It only selects; what it gives is read from the log.

About 1 kB for each recorded picture with a layout is kept, and is lost with the process: the log is the truth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from myself_i2i.attestation import IMAGE_DATA, SHA256, Statement
from myself_i2i.errors import RegistryError
from myself_i2i.predicates import Permission, Pledge, Suspension, Withdrawal
from myself_i2i.registry.answering.beside import Wanted
from myself_i2i.registry.answering.chunk import CHUNK, Chunk
from myself_i2i.registry.answering.computing import Held
from myself_i2i.registry.answering.recorded import RecordedMark, recorded_mark, statement_of
from myself_i2i.registry.answering.replaying import Read
from myself_i2i.registry.entry import Entry
from myself_i2i.tlog import Checkpoint
from myself_i2i.wording import Text

__all__ = ["PATIENCE", "Following"]

PATIENCE: Final = 10.0
"""Seconds that a question waits while another thread reads the log."""


class Following:
    """Follows one log. Safe in threads."""

    def __init__(self, read: Read) -> None:
        """Remember entries of the log that `read` reads, as far as they are asked for."""
        self._read = read
        self._lock = threading.Lock()
        self._size = 0
        self._chunks: list[Chunk] = []
        self._marks: list[RecordedMark] = []
        """Those that fill no chunk yet."""
        self._rest: Chunk | None = None
        """Their chunk, None until it is asked for."""
        self._about: dict[str, list[int]] = {}
        """Permissions by the digests of their pictures and of their envelope."""
        self._by: dict[str, list[int]] = {}
        """Pledges and withdrawals by their signer."""
        self._suspensions: list[int] = []

    def follow(self, head: Callable[[], Checkpoint]) -> tuple[Checkpoint, Held]:
        """Return the log's published head and what the log holds under it; `head` gives the newest one, verified.

        Reads what was logged since the last call: the whole log the first time, about half a minute for 100,000 entries.
        Raises `RegistryError` when another thread is still at that after `PATIENCE` seconds.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            raise RegistryError(_BUSY, hint=_BUSY_HINT)
        try:
            return self._follow(head)
        finally:
            self._lock.release()

    def _follow(self, head: Callable[[], Checkpoint]) -> tuple[Checkpoint, Held]:
        # Asked for inside the lock: heads only grow, so this one is never behind what was followed already.
        checkpoint = head()
        for index, data in enumerate(self._read(self._size, checkpoint.size), self._size):
            self._add(index, Entry.from_bytes(data))
            self._size = index + 1
        if self._size != checkpoint.size:
            raise RegistryError(_SHORT.format(size=self._size, wanted=checkpoint.size))
        if self._rest is None and self._marks:
            self._rest = Chunk.of(self._marks, self._mark)
        rest = [self._rest] if self._rest else []
        return checkpoint, _Held([*self._chunks, *rest], self._places, self._entry, self._size)

    def _places(self, wanted: Wanted | None, keys: frozenset[str]) -> Iterator[int]:
        if wanted is None:
            yield from self._suspensions
        else:
            for digest in wanted.files | wanted.permissions:
                yield from self._about.get(digest, ())
        for key in keys:
            yield from self._by.get(key, ())

    def _mark(self, index: int) -> RecordedMark:
        entry = self._entry(index)
        statement = statement_of(entry)
        mark = recorded_mark(index, entry, statement) if statement else None
        if mark is None:
            raise IndexError(index)
        return mark

    def _entry(self, index: int) -> Entry:
        (data,) = self._read(index, index + 1)
        return Entry.from_bytes(data)

    def _add(self, index: int, entry: Entry) -> None:
        statement = statement_of(entry)
        if statement is None:
            return
        mark = recorded_mark(index, entry, statement)
        if mark is not None:
            self._marks.append(mark)
            self._rest = None
            if len(self._marks) == CHUNK:
                self._chunks.append(Chunk.of(self._marks, self._mark))
                self._marks = []
        else:
            self._note(index, entry, statement)

    def _note(self, index: int, entry: Entry, statement: Statement) -> None:
        match statement.predicate_type:
            case Permission.PREDICATE_TYPE:
                files = statement.digests(SHA256) | statement.digests(IMAGE_DATA)
                for digest in (*files, entry.envelope.digest):
                    self._about.setdefault(digest, []).append(index)
            case Pledge.PREDICATE_TYPE | Withdrawal.PREDICATE_TYPE:
                self._by.setdefault(entry.envelope.keyids[0], []).append(index)
            case Suspension.PREDICATE_TYPE:
                self._suspensions.append(index)


@dataclass(frozen=True, slots=True)
class _Held:
    """`Held` of one size; what was logged later is left out."""

    pictures: list[Chunk]
    places: Callable[[Wanted | None, frozenset[str]], Iterator[int]]
    entry: Callable[[int], Entry]
    size: int

    def chunks(self) -> list[Chunk]:
        return self.pictures

    def statements(self, wanted: Wanted) -> Iterator[tuple[int, Entry]]:
        return self._at(self.places(wanted, wanted.makers))

    def reactions(self, keys: frozenset[str]) -> Iterator[tuple[int, Entry]]:
        return self._at(self.places(None, keys))

    def _at(self, places: Iterator[int]) -> Iterator[tuple[int, Entry]]:
        for place in sorted({place for place in places if place < self.size}):
            yield place, self.entry(place)


_BUSY = Text(
    en="the registry is still reading its log for answers",
    ja="登録所が、回答のためにログを読み込んでいるところです",
)
_BUSY_HINT = Text(en="ask again in a few minutes", ja="数分後にもう一度お試しください")
_SHORT = Text(
    en="the log gave {size} of {wanted} entries",
    ja="ログから、{wanted} 件のうち {size} 件しか読み出せません",
)
