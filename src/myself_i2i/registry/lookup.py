"""What a registry knows, looked up: statements, marks, makers, and what looks near. Reads only."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Engine

from myself_i2i.errors import InputError, SearchError
from myself_i2i.marking.short_code import read_code
from myself_i2i.registry.facts import Logged, Maker, NearAnswer, NearHit, PublishedMark
from myself_i2i.registry.following import FollowingIndex
from myself_i2i.registry.store import queries, reading

__all__ = ["Lookup"]

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"(?=.*:)[!-~]{1,200}")
"""A manifest's id; no short code has a colon."""
_MOST: Final = 1_000
"""Most facts in one answer."""


class Lookup:
    """The reading half of `service.Registry`. Whatever is asked for by a name that is none is simply not there."""

    def __init__(self, engine: Engine, index: FollowingIndex, *, follow_seconds: float) -> None:
        self.engine = engine
        """The registry's database."""
        self._index = index
        self._follow_seconds = follow_seconds
        self._followed = 0.0

    def statement(self, digest: str) -> Logged | None:
        """Return the statement whose envelope has this digest, None when it is not here."""
        if not _HEX.fullmatch(digest):
            return None
        with reading(self.engine) as connection:
            return queries.statement_at(connection, digest)

    def statements(
        self,
        *,
        about: str | None = None,
        keyid: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[Logged]:
        """Return the newest statements, newest first: about a file (sha256 or imageData/v1), by a key, before a place."""
        if not _are_digests(about, keyid):
            return ()
        with reading(self.engine) as connection:
            indexes = queries.statement_indexes(
                connection, about=about, keyid=keyid, before=before, limit=min(limit, _MOST)
            )
            return queries.statements_at(connection, indexes)

    def marks(
        self, keyid: str | None = None, *, before: int | None = None, limit: int = 100
    ) -> Sequence[PublishedMark]:
        """Return the newest marks, of one maker or of all, before a place of the log: newest first."""
        if not _are_digests(keyid):
            return ()
        with reading(self.engine) as connection:
            indexes = queries.mark_indexes(connection, keyid=keyid, before=before, limit=min(limit, _MOST))
            return queries.marks_at(connection, indexes)

    def mark(self, name: str) -> PublishedMark | None:
        """Return the mark under a short code, a manifest id or a statement's digest; None when there is none.

        Of several under one name: first those that stand, of them the one logged first.
        """
        with reading(self.engine) as connection:
            if _HEX.fullmatch(name):
                found = queries.statement_at(connection, name)
                indexes = [] if found is None else [found.index]
            elif _ID.fullmatch(name):
                indexes = queries.marks_under(connection, manifest_id=name)
            else:
                try:
                    indexes = queries.marks_under(connection, code=read_code(name))
                except InputError:
                    return None
            return next(iter(queries.marks_at(connection, indexes[:1])), None)

    def manifest(self, manifest_id: str) -> bytes | None:
        """Return the manifest store whose active manifest has this label, None when it is not here."""
        if not _ID.fullmatch(manifest_id):
            return None
        with reading(self.engine) as connection:
            return queries.manifest_bytes(connection, manifest_id)

    def maker(self, keyid: str) -> Maker | None:
        """Return what is known of a key, None when it was never registered."""
        if not _HEX.fullmatch(keyid):
            return None
        with reading(self.engine) as connection:
            return queries.maker_of(connection, keyid)

    def near(self, algorithm: str, values: Sequence[bytes], *, radius: int | None, limit: int) -> NearAnswer:
        """Return the marks whose output looks near one of `values`: 32 bytes each of `pdq64_v1` or `iscc_v0`.

        Within `radius` bits (0..256; None: the nearest, however far), at most `limit` of them (1..10,000). Raises
        `InputError` for arguments that do not fit, `SearchError` when the index cannot be read.
        """
        self.keep_up()
        found, truncated, as_of = self._index.near(algorithm, values, radius=radius, limit=limit)
        with reading(self.engine) as connection:
            marks = {one.index: one for one in queries.marks_at(connection, [place for _, place in found])}
        hits = [NearHit(distance, marks[place]) for distance, place in found if place in marks]
        return NearAnswer(hits, truncated, as_of)

    def near_manifests(
        self, algorithm: str, values: Sequence[bytes], *, radius: int | None, limit: int
    ) -> list[tuple[int, str]]:
        """Return distance and manifest id of the marks that `near` returns, and read no more than these; raises as `near`.

        Sees what this process logged, and what others did before the last `keep_up`: so it takes a moment and no longer.
        """
        found, _, _ = self._index.near(algorithm, values, radius=radius, limit=limit)
        if not found:
            return []
        with reading(self.engine) as connection:
            names = queries.manifest_ids_at(connection, [place for _, place in found])
        return [(distance, names[place]) for distance, place in found if place in names]

    def keep_up(self) -> None:
        """Look at what other processes logged, now and then; what this one logged is there already."""
        now = time.monotonic()
        if now - self._followed >= self._follow_seconds:
            self._followed = now
            with suppress(SearchError):
                self._index.follow()


def _are_digests(*names: str | None) -> bool:
    return all(name is None or _HEX.fullmatch(name) for name in names)
