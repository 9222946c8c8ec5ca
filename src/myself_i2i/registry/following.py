"""The index of fingerprints follows the log: never the truth, always behind it or level with it.

Records are added in the log's order and each batch whole, so what the index holds is always the log's beginning, and
its last record says how far it got. A crash, a full disk or a lost folder costs no more than adding again.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url

from myself_i2i.errors import InputError, RegistryError
from myself_i2i.fingerprint import ISCC, PDQ64, PDQ64_FLAT, Fingerprint
from myself_i2i.predicates import Mark, Predicate
from myself_i2i.registry.store.database import plain_address, reading
from myself_i2i.registry.store.queries import statements_at
from myself_i2i.registry.store.schema import LOG_HEAD, MARK
from myself_i2i.search import EmbeddedIndex, Index, Kind, Query, Record
from myself_i2i.wording import Text

__all__ = ["KINDS", "FollowingIndex", "open_index"]

KINDS: Final = (Kind(PDQ64), Kind(ISCC), Kind(PDQ64_FLAT))
"""What marks are found by: how their outputs look."""
BATCH: Final = 1_000
"""Marks that are added at once."""


class ClosingIndex(Index, Protocol):
    """An index that is let go of."""

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def open_index(database: str, folder: Path) -> ClosingIndex:
    """Return the index beside a database: in PostgreSQL itself, or in `folder` beside SQLite.

    Raises `SearchError` when it cannot be opened.
    """
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        return EmbeddedIndex.open(folder, KINDS)
    from myself_i2i.search.postgres import PostgresIndex  # noqa: PLC0415  # an extra: only where it is used

    return PostgresIndex.open(plain_address(url), KINDS)


class FollowingIndex:
    """An index that follows one log. Safe in threads, and beside other processes that follow the same log."""

    def __init__(self, engine: Engine, index: ClosingIndex) -> None:
        self._engine = engine
        self._index = index
        self._lock = threading.Lock()
        self._position = _position(index)

    @property
    def position(self) -> int:
        """So many entries of the log were looked at, by this process."""
        return self._position

    def close(self) -> None:
        """Let the index go."""
        self._index.close()

    def follow(self, fresh: Mapping[int, Predicate] = MappingProxyType({})) -> int:
        """Add what was logged since; return how many entries were looked at then.

        `fresh`: what the caller has just logged, by place, so that it need not be read again.
        Raises `SearchError` when the index cannot be written, `RegistryError` when it belongs to another log; what was
        added stays, and the next call goes on there.
        """
        with self._lock:
            while True:
                with reading(self._engine) as connection:
                    size = connection.execute(select(LOG_HEAD.c.size)).scalar_one()
                    if self._position > size:  # committed entries never go: these records are of another log
                        raise _another_log()
                    query = select(MARK.c.index).where(MARK.c.index >= self._position).order_by(MARK.c.index)
                    indexes = connection.execute(query.limit(BATCH)).scalars().all()
                    unread = statements_at(connection, [place for place in indexes if place not in fresh])
                says = {one.index: one.predicate for one in unread}
                self._add(
                    [one for place in indexes for one in _records(place, says.get(place) or fresh[place])]
                )
                full = len(indexes) == BATCH
                self._position = indexes[-1] + 1 if full else size
                if not full:
                    return self._position

    def near(
        self, algorithm: str, values: Sequence[bytes], *, radius: int | None, limit: int
    ) -> tuple[list[tuple[int, int]], bool, int]:
        """Return the nearest entries to any of `values` as (distance, place), whether there are more, and how many entries were looked at.

        Raises `InputError` for an algorithm or codes that the index does not have, `SearchError` when it cannot be read.
        """
        as_of = self._position
        answers = self._index.search(algorithm, [Query(one) for one in values], radius=radius, limit=limit)
        best: dict[int, int] = {}
        for answer in answers:
            for hit in answer.hits:
                place = int(hit.id)
                best[place] = min(hit.distance, best.get(place, hit.distance))
        found = sorted((distance, place) for place, distance in best.items())
        truncated = len(found) > limit or any(answer.truncated for answer in answers)
        return found[:limit], truncated, as_of

    def _add(self, records: Sequence[Record]) -> None:
        if not records:
            return
        try:
            self._index.add(records)
        except InputError as error:
            raise _another_log() from error


def _records(place: int, predicate: object) -> list[Record]:
    if not isinstance(predicate, Mark):
        return []
    return [
        # Of one width, so that equally near marks come in the log's order.
        Record(f"{place:015d}", algorithm, Fingerprint.from_text(algorithm, text).value)
        for algorithm, text in predicate.fingerprints.items()
        if algorithm in {kind.name for kind in KINDS}
    ]


def _another_log() -> RegistryError:
    return RegistryError(
        Text(en="the index of fingerprints belongs to another log", ja="指紋の索引が、別のログのものです"),
        hint=Text(
            en="remove the index: it is made again from the log",
            ja="索引を消してください。ログから作り直されます",
        ),
    )


def _position(index: ClosingIndex) -> int:
    last = -1
    for _, record in index.scan(max(0, index.stats().as_of - 1)):
        last = int(record.id)
    return last + 1
