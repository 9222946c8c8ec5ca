"""What a log holds, read from its entries alone: every one of them, in bounded memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator

from myself_i2i.predicates import Permission, Pledge, Suspension, Withdrawal
from myself_i2i.registry.answering.beside import Wanted
from myself_i2i.registry.answering.chunk import Chunk, chunks
from myself_i2i.registry.answering.recorded import RecordedMark, recorded_mark, statement_of
from myself_i2i.registry.entry import Entry
from myself_i2i.tlog import WIDTH

__all__ = ["Read", "Replay"]

Read = Callable[[int, int], Iterable[bytes]]
"""`read(start, end)`: the entries from `start` to before `end`, all of them."""

_STATEMENTS = frozenset({Permission.PREDICATE_TYPE, Pledge.PREDICATE_TYPE})
_REACTIONS = frozenset({Withdrawal.PREDICATE_TYPE, Suspension.PREDICATE_TYPE})


class Replay:
    """`Held` of the first `size` entries that `read` gives. Once `chunks` was gone through it knows where the rest lies.

    Holds one chunk, and eight bytes for each permission, pledge, withdrawal and suspension.
    """

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._places = {kind: array("Q") for kind in (*_STATEMENTS, *_REACTIONS)}

    def chunks(self) -> Iterable[Chunk]:
        """Yield every mark's pictures."""
        return chunks(self._marks())

    def statements(self, wanted: Wanted) -> Iterable[tuple[int, Entry]]:
        """Yield every permission and every pledge."""
        del wanted
        return self._at(_STATEMENTS)

    def reactions(self, keys: frozenset[str]) -> Iterable[tuple[int, Entry]]:
        """Yield every withdrawal and every suspension."""
        del keys
        return self._at(_REACTIONS)

    def _marks(self) -> Iterator[RecordedMark]:
        for places in self._places.values():
            del places[:]
        for index, data in enumerate(self._read(0, self._size)):
            entry = Entry.from_bytes(data)
            statement = statement_of(entry)
            if statement is None:
                continue
            if statement.predicate_type in self._places:
                self._places[statement.predicate_type].append(index)
            elif mark := recorded_mark(index, entry, statement):
                yield mark

    def _at(self, kinds: frozenset[str]) -> Iterator[tuple[int, Entry]]:
        """Read only the bundles in which an entry of these kinds lies."""
        places = sorted(place for kind in kinds for place in self._places[kind])
        bundle: list[bytes] = []
        start = -1
        for place in places:
            if place - place % WIDTH != start:
                start = place - place % WIDTH
                bundle = list(self._read(start, min(start + WIDTH, self._size)))
            yield place, Entry.from_bytes(bundle[place - start])
