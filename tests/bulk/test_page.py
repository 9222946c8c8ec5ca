import html
from pathlib import Path

import pytest

from myself_i2i.bulk.chart import Bar, bar_chart
from myself_i2i.bulk.page import Card, Page, Row
from myself_i2i.errors import InputError
from myself_i2i.verification.evidence import LIMIT


def written(page: Page, path: Path) -> str:
    charts = [("tools", bar_chart("tools", [Bar("x", 1)]))]
    page.write(path, title="T", intro="I", charts=charts, limit=LIMIT.en)
    return path.read_text(encoding="utf-8")


class TestPage:
    def test_whole(self, tmp_path: Path) -> None:
        """Cards, charts and the printed limit stand on the page."""
        page = Page("en")
        page.add(Card(title="a.png", headline="image input: no", tone="no", rows=[Row("tool", "ComfyUI")]))
        text = html.unescape(written(page, tmp_path / "report.html"))
        assert all(part in text for part in ("a.png", "ComfyUI", '<svg class="chart"', LIMIT.en, 'lang="en"'))

    def test_hostile_text(self, tmp_path: Path) -> None:
        """Text from strangers' files is escaped wherever it stands, and the page may run no script at all."""
        evil = "<script>alert(1)</script><!--cards-->"
        page = Page("ja")
        page.add(
            Card(title=evil, headline=evil, tone="yes", rows=[Row(evil, evil)], details=[Row(evil, evil)])
        )
        text = written(page, tmp_path / "report.html")
        assert "<script" not in text
        assert "default-src 'none'" in text

    def test_no_address(self, tmp_path: Path) -> None:
        """The page asks nobody for anything: it names no address to load."""
        text = written(Page("en"), tmp_path / "report.html")
        assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")

    def test_place_refused(self, tmp_path: Path) -> None:
        """A place that cannot be written gives a clear error and leaves nothing half-written."""
        with pytest.raises(InputError, match="cannot write the report"):
            written(Page("en"), tmp_path / "no-folder" / "report.html")
        assert [] == list(tmp_path.iterdir())

    def test_replaced_whole(self, tmp_path: Path) -> None:
        """An earlier report is replaced by the new one, never mixed with it."""
        path = tmp_path / "report.html"
        path.write_text("old " * 100_000, encoding="utf-8")
        assert "old old" not in written(Page("en"), path)
