import contextlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myself_i2i.attestation import Envelope, PrivateKey
from myself_i2i.errors import Error, InputError, LedgerError, VerificationError
from myself_i2i.ledger import EXPORT_FORMAT, Imported, Ledger, export_lines, import_lines

Make = Callable[[int], Envelope]


@pytest.fixture
def filled(ledger: Ledger, make: Make, key: PrivateKey, noon: datetime) -> Ledger:
    """A ledger of a key and three envelopes."""
    ledger.append_all([make(n) for n in range(3)], appended_at=noon, public_keys=[key.public_key])
    return ledger


@pytest.fixture
def empty(tmp_path: Path) -> Ledger:
    """Another ledger, empty."""
    return Ledger.open(tmp_path / "other.sqlite")


class TestExport:
    def test_lines(self, filled: Ledger, make: Make) -> None:
        """The first line names the format and head; each further line is one entry, readable as plain JSON."""
        header, key_line, *rest = [json.loads(line) for line in export_lines(filled)]
        assert {"format": EXPORT_FORMAT, "size": 4, "head": filled.head.hash} == header
        assert "key" == key_line["kind"]
        assert [make(n) for n in range(3)] == [Envelope.from_json(line["content"]) for line in rest]

    def test_appended_meanwhile(self, filled: Ledger, make: Make, noon: datetime) -> None:
        """What is appended while the lines are written is left out: they are what the header's head covers."""
        lines = export_lines(filled)
        next(lines)
        filled.append(make(9), appended_at=noon)
        assert 4 == len(list(lines))


class TestImport:
    def test_restore(self, filled: Ledger, empty: Ledger, noon: datetime) -> None:
        """Into an empty ledger an export gives the same ledger: the same head, times and all."""
        later = noon + timedelta(days=9)
        assert Imported(added=3, known=0) == import_lines(empty, export_lines(filled), appended_at=later)
        assert filled.verify() == empty.verify()
        assert list(filled.entries()) == list(empty.entries())
        empty.close()

    def test_merge(self, filled: Ledger, empty: Ledger, make: Make, key: PrivateKey, noon: datetime) -> None:
        """Into a ledger in use only what is new is appended, at the time it came."""
        later = noon + timedelta(days=9)
        empty.append_all([make(7), make(1)], appended_at=noon, public_keys=[key.public_key])
        assert Imported(added=2, known=1) == import_lines(empty, export_lines(filled), appended_at=later)
        assert 5 - 1 == empty.verify().envelopes
        entry = empty.get(make(2).digest)
        assert entry is not None
        assert later == entry.appended_at
        assert Imported(added=0, known=3) == import_lines(empty, export_lines(filled), appended_at=later)
        empty.close()

    def test_empty_export(self, ledger: Ledger, empty: Ledger, noon: datetime) -> None:
        """An empty ledger's export restores to an empty ledger."""
        assert Imported(added=0, known=0) == import_lines(empty, export_lines(ledger), appended_at=noon)
        empty.close()

    @pytest.mark.parametrize("into", ["empty", "used"])
    def test_changed_envelope(
        self, filled: Ledger, empty: Ledger, pledge: Envelope, noon: datetime, into: str
    ) -> None:
        """A changed envelope is refused, and nothing of the export enters."""
        if into == "used":
            empty.append(pledge, appended_at=noon)
        size = empty.head.size
        lines = [json.loads(line) for line in export_lines(filled)]
        lines[3]["content"]["payload"] = lines[2]["content"]["payload"]
        with pytest.raises(VerificationError):
            import_lines(empty, [json.dumps(line).encode() for line in lines], appended_at=noon)
        assert size == empty.head.size
        empty.close()

    def test_changed_time(self, filled: Ledger, empty: Ledger, noon: datetime) -> None:
        """A changed time does not give the hash written beside it."""
        lines = [
            line.replace(b"2026-11-03T12:00:00Z", b"2020-11-03T12:00:00Z") for line in export_lines(filled)
        ]
        with pytest.raises(LedgerError, match="entry 0"):
            import_lines(empty, lines, appended_at=noon)
        assert 0 == empty.head.size
        empty.close()

    def test_cut_off(self, filled: Ledger, empty: Ledger, noon: datetime) -> None:
        """An export that lost its last lines is refused: its header says how many there were."""
        with pytest.raises(InputError, match="4 entries"):
            import_lines(empty, list(export_lines(filled))[:-1], appended_at=noon)
        empty.close()

    @pytest.mark.parametrize(
        "lines",
        [
            [], [b""], [b"{}"], [b"[]"], [b'{"format":"x","size":0,"head":""}'],
            [f'{{"format":"{EXPORT_FORMAT}","size":true,"head":""}}'.encode()],
            [f'{{"format":"{EXPORT_FORMAT}","size":1,"head":"aa"}}'.encode(), b'{"hash":"aa"}'],
            [f'{{"format":"{EXPORT_FORMAT}","size":1,"head":"aa"}}'.encode(),
             b'{"hash":"aa","appendedAt":"2026-11-03T12:00:00Z","kind":"thing","content":"x"}'],
            [f'{{"format":"{EXPORT_FORMAT}","size":1,"head":"aa"}}'.encode(),
             b'{"hash":"aa","appendedAt":"2026-11-03T12:00:00Z","kind":"key","content":"AAAA"}'],
        ],
    )  # fmt: skip
    def test_not_an_export(self, empty: Ledger, noon: datetime, lines: list[bytes]) -> None:
        """Lines of something else are refused."""
        with pytest.raises(InputError):
            import_lines(empty, lines, appended_at=noon)
        empty.close()

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(data=st.data())
    def test_any_changed_byte(
        self, filled: Ledger, empty: Ledger, noon: datetime, data: st.DataObject
    ) -> None:
        """After any change of any byte an import restores the same ledger or raises one of our errors."""
        raw = bytearray(b"".join(export_lines(filled)))
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        with contextlib.suppress(Error):
            import_lines(empty, bytes(raw).split(b"\n"), appended_at=noon)
            assert filled.verify() == empty.verify()
