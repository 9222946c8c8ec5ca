"""A journal of one work, open for writing: files in, signed entries in the ledger out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from myself_i2i.attestation import PrivateKey, sign
from myself_i2i.errors import UsageError
from myself_i2i.journal.keeping import Keeper
from myself_i2i.journal.sealing import Randomness, Sealed, WorkFile, salted
from myself_i2i.journal.showing import frames
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Journal, make_statement
from myself_i2i.predicates.journal import ENTRIES
from myself_i2i.wording import Text

__all__ = ["Notebook"]

_NAME = 200


class Notebook:
    """One work's journal. One object belongs to one thread; a second program may note the same work meanwhile."""

    def __init__(
        self, ledger: Ledger, home: Path, key: PrivateKey, *, work: str, randomness: Randomness
    ) -> None:
        """Go on with the work called `work`, or begin it. Raises `UsageError` for a name that is no name."""
        if not 0 < len(work) <= _NAME or not work.isprintable():
            raise UsageError(
                Text(
                    en="a work's name has 1 to {most} characters on one line",
                    ja="作品の名前は、1行で {most} 文字までです",
                ).format(most=_NAME)
            )
        self._ledger = ledger
        self._keeper = Keeper(home)
        self._key = key
        self._randomness = randomness
        before = [frame for frame in frames(ledger, home, work=work) if frame.keyid == key.keyid]
        self._noted = {frame.sha256 for frame in before}
        self._last = max((frame.number for frame in before), default=0)
        self._previous = before[-1].envelope.digest if before else None
        self._work = before[-1].sealed.work if before and before[-1].sealed else salted(work, randomness)

    def note(self, files: Sequence[WorkFile], *, now: datetime) -> tuple[Sealed, ...]:
        """Note `files` and return their frames; bytes that this work has already are not noted again.

        When this returns, the entries are in the ledger and everything that opens them is on disk. After a crash at any
        moment an entry in the ledger can be opened: its salts are on disk before it. Raises `LedgerError` when the
        disk or the ledger refuses; then nothing of `files` counts as noted, or only the first of several statements.
        """
        fresh = list({file.sha256: file for file in files if file.sha256 not in self._noted}.values())
        done: list[Sealed] = []
        for start in range(0, len(fresh), ENTRIES):
            done += self._note(fresh[start : start + ENTRIES], now)
        return tuple(done)

    def _note(self, files: Sequence[WorkFile], now: datetime) -> list[Sealed]:
        sealed = [
            Sealed.of(
                file,
                keyid=self._key.keyid,
                frame=self._last + count,
                work=self._work,
                randomness=self._randomness,
            )
            for count, file in enumerate(files, 1)
        ]
        said = Journal(
            public_key=self._key.public_key,
            entries=tuple(frame.entry() for frame in sealed),
            work=sealed[0].work_commitment,
            previous=self._previous,
            noted_at=now,
        )
        envelope = sign(make_statement(said), self._key)
        # 1. What opens the entries. A crash after this leaves salts of entries that never were: they do no harm.
        self._keeper.keep(sealed)
        # 2. The entries. A crash before this returns leaves all of them, or none; none is noted anew.
        self._ledger.append(envelope, appended_at=now)
        # 3. What is remembered, for the next.
        self._last += len(sealed)
        self._previous = envelope.digest
        self._noted.update(file.sha256 for file in files)
        return sealed
