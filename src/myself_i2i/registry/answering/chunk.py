"""Some hundred recorded pictures side by side, ready to be compared at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from myself_i2i.registry.answering.layouts import Layouts
from myself_i2i.registry.answering.recorded import OUTPUT, RecordedMark

__all__ = ["CHUNK", "Chunk", "chunks"]

CHUNK: Final = 512
"""Marks in a chunk; with 64 sources each a chunk still fits in some tens of MB."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pictures of some marks, one row each; the arrays are never changed."""

    mark: Callable[[int], RecordedMark]
    """Gives back the mark at a place of the log."""
    index: NDArray[np.int64]
    """The mark's place in the log."""
    place: NDArray[np.int16]
    """`OUTPUT`, or which of its sources."""
    maker: NDArray[np.uint8]
    """Shape (n, 32): the mark's keyid."""
    logged_at: NDArray[np.int64]
    """Seconds since 1970."""
    sealed: NDArray[np.bool_]
    """A source whose looks are not told."""
    same: NDArray[np.uint8]
    """Shape (n, 32): the fingerprint of the same picture; all 0 where there is none."""
    has_same: NDArray[np.bool_]
    """Where there is one."""
    with_layout: NDArray[np.int64]
    """The rows that have a layout."""
    layouts: Layouts
    """Their layouts, in this order."""

    @classmethod
    def of(cls, marks: Sequence[RecordedMark], mark: Callable[[int], RecordedMark]) -> Self:
        """Return the chunk of these marks."""
        rows = [(one, place) for one in marks for place in range(OUTPUT, len(one.sources))]
        looks = [one.looks(place) for one, place in rows]
        layouts = [(row, look.layout) for row, look in enumerate(looks) if look.layout is not None]
        return cls(
            mark=mark,
            index=np.array([one.index for one, _ in rows], dtype=np.int64),
            place=np.array([place for _, place in rows], dtype=np.int16),
            maker=_bytes([bytes.fromhex(one.maker) for one, _ in rows]),
            logged_at=np.array([int(one.logged_at.timestamp()) for one, _ in rows], dtype=np.int64),
            sealed=np.array(
                [place != OUTPUT and one.sources[place].sealed for one, place in rows], dtype=bool
            ),
            same=_bytes([look.same or bytes(32) for look in looks]),
            has_same=np.array([look.same is not None for look in looks], dtype=bool),
            with_layout=np.array([row for row, _ in layouts], dtype=np.int64),
            layouts=Layouts.of([value for _, value in layouts]),
        )

    def __len__(self) -> int:
        return len(self.index)


def chunks(marks: Iterable[RecordedMark]) -> Iterable[Chunk]:
    """Yield the chunks of marks, each of which holds its own marks until it is let go."""
    held: dict[int, RecordedMark] = {}
    for one in marks:
        held[one.index] = one
        if len(held) == CHUNK:
            yield Chunk.of(list(held.values()), held.__getitem__)
            held = {}
    if held:
        yield Chunk.of(list(held.values()), held.__getitem__)


def _bytes(rows: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), 32)
