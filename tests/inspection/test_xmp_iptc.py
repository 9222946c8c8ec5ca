import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.inspection import xmp_iptc
from myself_i2i.inspection._xmp_properties import DC, IPTC_EXT, XMP, xmp_properties
from myself_i2i.inspection.interface import Answer, Mode
from tests.support.materials import material
from tests.support.pictures import xmp_packet

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def packet(inner: str) -> str:
    """An XMP packet around `inner`."""
    return xmp_packet(inner).decode()


def source_type(term: str) -> str:
    """A packet with that digital source type."""
    return packet(f"<Iptc4xmpExt:DigitalSourceType>{NEWSCODES}{term}</Iptc4xmpExt:DigitalSourceType>")


class TestProperties:
    def test_three_ways(self) -> None:
        """Attribute, element and list are read alike."""
        text = packet("<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>")
        text = text.replace('rdf:about=""', 'rdf:about="" xmp:CreatorTool="Brush"').replace(
            "</rdf:Description>",
            '<Iptc4xmpExt:DigitalSourceType rdf:resource="http://x/y"/></rdf:Description>',
        )
        found = xmp_properties(text)
        assert (["a", "b"], ["Brush"], ["http://x/y"]) == (
            found[DC, "subject"],
            found[XMP, "CreatorTool"],
            found[IPTC_EXT, "DigitalSourceType"],
        )

    def test_any_prefix(self) -> None:
        """A namespace counts by its address, not by its prefix."""
        text = packet("<xmp:CreatorTool>Brush</xmp:CreatorTool>").replace("xmlns:xmp=", "xmlns:other=")
        text = text.replace("<xmp:", "<other:").replace("</xmp:", "</other:")
        assert ["Brush"] == xmp_properties(text)[XMP, "CreatorTool"]

    def test_entities(self) -> None:
        """Entities, which can be made to grow without bound, make the packet count as absent."""
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + packet("<dc:title>&b;</dc:title>")
        assert {} == xmp_properties(bomb)

    def test_too_long(self) -> None:
        """A packet over the bound counts as absent."""
        assert {} == xmp_properties(packet("<dc:title>" + "a" * (9 * 2**20) + "</dc:title>"))

    @given(st.text() | st.text(alphabet="<>/=\"'rdf:Dx&;\ud800\0"))
    def test_any_text(self, text: str) -> None:
        """Any text is read or counts as absent."""
        assert isinstance(xmp_properties(text), dict)


class TestRead:
    @pytest.mark.parametrize("term", sorted(xmp_iptc.AI_SOURCE_TYPES))
    def test_source_type(self, term: str) -> None:
        """A digital source type says that AI took part and never answers the main question."""
        reading = xmp_iptc.read(material(xmp=source_type(term)))
        assert reading is not None
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED, term) == (
            reading.mode,
            reading.image_input,
            reading.extras["digital_source_type"],
        )

    def test_ai_system(self) -> None:
        """The system that IPTC 2025.1 names is the tool."""
        reading = xmp_iptc.read(
            material(xmp=packet("<Iptc4xmpExt:AISystemUsed>Harbourgen</Iptc4xmpExt:AISystemUsed>"))
        )
        assert reading is not None
        assert "Harbourgen" == reading.tool

    def test_creator_tool(self) -> None:
        """A known generator as creator tool counts."""
        reading = xmp_iptc.read(material(xmp=packet("<xmp:CreatorTool>Adobe Firefly 3</xmp:CreatorTool>")))
        assert reading is not None
        assert "Adobe Firefly 3" == reading.tool

    @pytest.mark.parametrize(
        "xmp",
        [
            None,
            "not xml",
            source_type("digitalCapture"),
            packet("<xmp:CreatorTool>Camera 9</xmp:CreatorTool>"),
        ],
    )
    def test_nothing_about_ai(self, xmp: str | None) -> None:
        """Photographs and other software say nothing here."""
        assert xmp_iptc.read(material(xmp=xmp)) is None
