import re
from datetime import UTC, datetime
from pathlib import Path

from myself_i2i.ledger import Imported, Ledger, export_lines, import_lines
from myself_i2i.ledger._schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION

PAGE = (Path(__file__).parents[2] / "spec" / "ledger.md").read_text(encoding="utf-8")


class TestLedgerPage:
    def test_example_restores(self, ledger: Ledger) -> None:
        """The page's export restores into a ledger that verifies and exports the same lines."""
        found = re.search(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
        assert found is not None
        lines = found[1].encode().splitlines(keepends=True)
        now = datetime(2027, 1, 1, tzinfo=UTC)
        assert Imported(added=1, known=0) == import_lines(ledger, lines, appended_at=now)
        assert 1 == ledger.verify().envelopes
        assert lines == list(export_lines(ledger))

    def test_tables(self) -> None:
        """The tables and triggers on the page are word for word those of the code, and so are the marks."""
        found = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)
        assert found is not None
        assert ";\n".join(SCHEMA) + ";\n" == found[1]
        assert f"`application_id` is 0x{APPLICATION_ID:X}" in PAGE
        assert f"`user_version` is {SCHEMA_VERSION}." in PAGE
