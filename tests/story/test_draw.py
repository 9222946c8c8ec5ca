from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring

from myself_i2i.predicates.generation import Input
from myself_i2i.story import Look, Story, draw, svg, tell
from myself_i2i.story.figure import Box, Label, Line, Thumb
from tests.support.chains import Desk, chain, made, picture

DATA = "data:image/webp;base64,AAAA"
NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    element: ET.Element = fromstring(text)
    return element


class TestDraw:
    def test_everything_drawn(self, day: Story, look: Look) -> None:
        """Every picture has a box, every use a way with an arrow and its words."""
        figure = draw(day, look)
        assert len(day.pictures) == sum(isinstance(s, Box) and s.stroke is not None for s in figure.shapes)
        ways = [shape for shape in figure.shapes if isinstance(shape, Line)]
        assert len(day.pictures) - 1 == len(ways)
        assert all(way.arrow for way in ways)
        words = {"ja": "元画像（強さ 0.35）", "en": "starting picture (strength 0.35)"}[look.language]
        assert words in [shape.text for shape in figure.shapes if isinstance(shape, Label)]

    def test_inside(self, desk: Desk, look: Look) -> None:
        """Everything lies within the figure."""
        end = chain(desk, 12)
        figure = draw(tell(desk.statements(), end), look)
        assert 25 == sum(isinstance(shape, Box) and shape.stroke is not None for shape in figure.shapes)
        for box in (shape for shape in figure.shapes if isinstance(shape, Box)):
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.width <= figure.width
            assert box.y + box.height <= figure.height

    def test_time_flows_down(self, day: Story, look: Look) -> None:
        """Every way leads down."""
        for way in (shape for shape in draw(day, look).shapes if isinstance(shape, Line)):
            assert way.points[0][1] < way.points[-1][1]

    def test_thumbnails(self, day: Story) -> None:
        """A picture that was found is shown, another by the beginning of its digest."""
        figure = draw(day, Look(language="en", thumbnails={0: DATA}))
        assert [DATA] == [shape.data for shape in figure.shapes if isinstance(shape, Thumb)]
        assert day.pictures[1].sha256s[0][:8] in [s.text for s in figure.shapes if isinstance(s, Label)]

    def test_broken_frames(self, day: Story) -> None:
        """A source without basis has a broken frame, a declared one has not."""
        figure = draw(day, Look(language="en"))
        broken = [s.title.splitlines()[0] for s in figure.shapes if isinstance(s, Box) and s.dashed]
        assert ["paper.jpg"] == broken

    def test_not_recorded(self, desk: Desk, look: Look) -> None:
        """A picture without record is one box that says so."""
        figure = draw(tell(desk.statements(), picture(1)), look)
        words = {"en": "not recorded", "ja": "記録なし"}[look.language]
        assert words in [shape.text for shape in figure.shapes if isinstance(shape, Label)]

    def test_withdrawn(self, desk: Desk) -> None:
        """A record that was taken back has a broken frame and the word."""
        desk.withdraw(desk.say(made(), picture(1)))
        figure = draw(tell(desk.statements(), picture(1)), Look(language="ja"))
        assert "取り下げ済み" in [s.text for s in figure.shapes if isinstance(s, Label)]
        assert any(isinstance(shape, Box) and shape.dashed for shape in figure.shapes)


class TestSvg:
    @pytest.mark.parametrize("standalone", [False, True])
    def test_well_formed(self, day: Story, look: Look, *, standalone: bool) -> None:
        """The SVG is well-formed, described for screen readers, and free of scripts and links."""
        root = parsed(svg(draw(day, look), standalone=standalone))
        assert "finished.png" in root.attrib["aria-label"]
        assert not root.findall(f".//{NAMESPACE}script")
        assert not root.findall(f".//{NAMESPACE}a")

    def test_hostile_names(self, desk: Desk) -> None:
        """A name from a record is text in the drawing, never markup, and cannot turn it around."""
        name = '"><script>alert(1)</script>\u202e\x07&'
        desk.say(made("i2i", Input(role="init", name=name)), picture(1))
        text = svg(draw(tell(desk.statements(), picture(1)), Look(language="en")))
        parsed(text)
        assert "<script" not in text
        assert "\u202e" not in text
        assert "\x07" not in text
