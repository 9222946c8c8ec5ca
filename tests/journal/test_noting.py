from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import LedgerError, UsageError
from myself_i2i.journal import Keeper, Notebook, frames
from myself_i2i.ledger import EntryKind, Ledger
from myself_i2i.predicates import Journal, read_signed
from tests.journal.conftest import work_file

Random = Callable[[int], bytes]


def said(ledger: Ledger) -> list[Journal]:
    found = [read_signed(entry.envelope).predicate for entry in ledger.entries(EntryKind.ENVELOPE)]
    return [one for one in found if isinstance(one, Journal)]


class TestNote:
    def test_chain(self, notebook: Notebook, ledger: Ledger, noon: datetime) -> None:
        """Each statement names the one before it; frames are numbered through; the work's commitment stays."""
        for number in (1, 2, 3):
            notebook.note([work_file(number), work_file(number + 10)], now=noon + timedelta(hours=number))
        envelopes = [entry.envelope.digest for entry in ledger.entries(EntryKind.ENVELOPE)]
        statements = said(ledger)
        assert [None, *envelopes[:2]] == [one.previous for one in statements]
        assert [[1, 2], [3, 4], [5, 6]] == [[entry.frame for entry in one.entries] for one in statements]
        assert 1 == len({one.work for one in statements})

    def test_same_bytes_once(self, notebook: Notebook, ledger: Ledger, noon: datetime) -> None:
        """The same bytes are noted once, saved twice or lying under two names."""
        assert 1 == len(notebook.note([work_file(1), work_file(1)], now=noon))
        assert () == notebook.note([work_file(1)], now=noon)
        assert () == notebook.note([], now=noon)
        assert 1 == len(said(ledger))

    def test_goes_on(
        self,
        *,
        notebook: Notebook,
        ledger: Ledger,
        home: Path,
        key: PrivateKey,
        random: Random,
        noon: datetime,
    ) -> None:
        """A new run goes on where the last one ended; another work begins its own chain."""
        notebook.note([work_file(1)], now=noon)
        again = Notebook(ledger, home, key, work="Autumn cover", randomness=random)
        assert () == again.note([work_file(1)], now=noon)
        assert [2] == [frame.frame for frame in again.note([work_file(2)], now=noon)]
        other = Notebook(ledger, home, key, work="Winter", randomness=random)
        assert [1] == [frame.frame for frame in other.note([work_file(2)], now=noon)]
        one, two, three = said(ledger)
        assert (one.work, None) == (two.work, three.previous)
        assert one.work != three.work

    def test_many(self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> None:
        """A folder of hundreds is noted in as few statements as hold it."""
        assert 300 == len(notebook.note([work_file(n, looks=False) for n in range(300)], now=noon))
        assert [256, 44] == [len(one.entries) for one in said(ledger)]
        assert list(range(1, 301)) == [frame.number for frame in frames(ledger, home)]

    def test_secrets_first(self, notebook: Notebook, ledger: Ledger, home: Path, noon: datetime) -> None:
        """When the salts cannot be kept nothing is in the ledger, and with room again it is noted."""
        (home / "journal").write_text("in the way")
        with pytest.raises(LedgerError, match="nothing was noted"):
            notebook.note([work_file(1)], now=noon)
        assert [] == said(ledger)
        (home / "journal").unlink()
        assert [1] == [frame.frame for frame in notebook.note([work_file(1)], now=noon)]
        assert None is not Keeper(home).find(said(ledger)[0].entries[0].file)

    @pytest.mark.parametrize("name", ["", "a\nb", "x" * 201, "a\u202eb"])
    def test_names(self, ledger: Ledger, home: Path, key: PrivateKey, random: Random, name: str) -> None:
        """A work's name is one short line of characters that can be seen."""
        with pytest.raises(UsageError, match="name"):
            Notebook(ledger, home, key, work=name, randomness=random)
