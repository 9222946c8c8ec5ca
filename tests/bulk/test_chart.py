import re
from xml.etree import ElementTree as ET

from myself_i2i.bulk.chart import Bar, bar_chart


class TestBarChart:
    def test_lengths(self) -> None:
        """Bars are in proportion to their counts, the longest filling the space."""
        svg = bar_chart("t", [Bar("a", 4), Bar("b", 2), Bar("c", 0)])
        widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]
        assert [1.0, 0.5, 0.0] == [width / widths[0] for width in widths]

    def test_spoken(self) -> None:
        """A screen reader hears every label and number."""
        assert 'aria-label="made: t2i 3, i2i 1"' in bar_chart("made", [Bar("t2i", 3), Bar("i2i", 1)])

    def test_hostile_label(self) -> None:
        """A label from a stranger's file stays text: the chart is well-formed and has no element of its making."""
        svg = bar_chart('"><script>', [Bar("</svg><script>x</script>", 1)])
        tags = {element.tag.split("}")[-1] for element in ET.fromstring(svg).iter()}  # noqa: S314  # our own
        assert {"svg", "text", "rect"} == tags

    def test_nothing(self) -> None:
        """No bars make an empty chart, not an error."""
        assert "<rect" not in bar_chart("t", [])

    def test_long_label(self) -> None:
        """A label that has no room is cut, wide characters counted double."""
        assert "あ" * 11 + "…" in bar_chart("t", [Bar("あ" * 40, 1)])
