from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pictures import xmp_packet

from myself_i2i.errors import InputError, UsageError
from myself_i2i.image import merge_xmp, read_xmp, write_xmp
from myself_i2i.image.xmp_names import LANGUAGE_ALTERNATIVES

LEGAL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30
)
LEGAL |= st.sampled_from(["\t\r\n", "a\r\nb", "<&>\"']]>", " padded ", ""])
SIMPLE = ["xmp:CreatorTool", "Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:AISystemUsed", "plus:DataMining"]
SIMPLE += ["Iptc4xmpExt:AISystemVersionUsed", "Iptc4xmpExt:AIPromptWriterName", "myselfi2i:statement"]
LISTS = ["dc:subject", "dc:creator", "myselfi2i:sources"]
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys([*SIMPLE, *sorted(LANGUAGE_ALTERNATIVES)], LEGAL),
        **{name: st.lists(LEGAL, max_size=4) for name in LISTS},
    },
)


def as_tuples(properties: dict[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: (value,) if isinstance(value, str) else tuple(value) for name, value in properties.items()}


class TestWrite:
    @given(PROPERTIES)
    def test_what_is_written_is_read_back(self, properties: dict[str, str | list[str]]) -> None:
        """Every property comes back with its values in order."""
        assert as_tuples(properties) == read_xmp(write_xmp(properties).decode()).properties

    def test_each_property_has_its_form(self) -> None:
        """Language alternatives, bags, sequences and simple values are written as the schemas want them."""
        packet = write_xmp(
            {
                "dc:subject": "#Myself_i2i",
                "dc:creator": ["m"],
                "Iptc4xmpExt:AIPromptInformation": "p",
                "xmp:CreatorTool": "t",
            }
        ).decode()
        assert "<dc:subject><rdf:Bag><rdf:li>#Myself_i2i</rdf:li></rdf:Bag></dc:subject>" in packet
        assert "<dc:creator><rdf:Seq><rdf:li>m</rdf:li></rdf:Seq></dc:creator>" in packet
        assert '<rdf:Alt><rdf:li xml:lang="x-default">p</rdf:li></rdf:Alt>' in packet
        assert "<xmp:CreatorTool>t</xmp:CreatorTool>" in packet
        assert packet.startswith("<?xpacket begin=")
        assert packet.endswith('<?xpacket end="w"?>')

    def test_characters_that_xml_cannot_carry_are_replaced(self) -> None:
        """Control characters and lone surrogates become U+FFFD, so the packet is always readable."""
        written = write_xmp({"xmp:CreatorTool": "a\0b\x1bc\ud800d\uffffe"})
        assert ("a\ufffdb\ufffdc\ufffdd\ufffde",) == read_xmp(written.decode()).get("xmp:CreatorTool")

    @pytest.mark.parametrize(
        "name", ["title", "nope:title", "dc:", "dc:a b", "dc:><script", "rdf:about", "dc:1"]
    )
    def test_names_we_do_not_know_are_misuse(self, name: str) -> None:
        """A name that is no prefix:Name of a known namespace raises UsageError."""
        with pytest.raises(UsageError):
            write_xmp({name: "x"})

    def test_several_texts_for_one_language_are_misuse(self) -> None:
        """A language alternative takes one text."""
        with pytest.raises(UsageError):
            write_xmp({"dc:title": ["a", "b"]})


class TestMerge:
    def test_ours_replace_and_theirs_stay_as_written(self) -> None:
        """Properties of the same name go, in element and attribute form; every other byte of the packet stays."""
        theirs = (
            "<xmp:CreatorTool >Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt/></exif:UserComment>"
        )
        packet = xmp_packet(f"<dc:title><rdf:Alt/></dc:title>{theirs}<dc:format/>").decode()
        packet = packet.replace('rdf:about=""', "rdf:about='' xmp:Rating='5' dc:source = \"old > 'x'\"")
        merged = merge_xmp(packet, {"dc:title": "new", "dc:source": "s", "dc:format": "f"}).decode()
        expected = {
            "xmp:Rating": ("5",),
            "xmp:CreatorTool": ("Draw Things",),
            "exif:UserComment": (),
            "dc:title": ("new",),
            "dc:source": ("s",),
            "dc:format": ("f",),
        }
        assert expected == read_xmp(merged).properties
        assert theirs in merged

    def test_a_value_that_looks_like_an_attribute_is_left_alone(self) -> None:
        """Only real attributes are taken out."""
        packet = (
            xmp_packet("")
            .decode()
            .replace('rdf:about=""', "rdf:about='' xmp:Label=' dc:source=\"no\"' dc:source='x'")
        )
        merged = read_xmp(merge_xmp(packet, {"dc:source": "s"}).decode())
        assert (' dc:source="no"', ("s",)) == (merged.first("xmp:Label"), merged.get("dc:source"))

    @given(PROPERTIES, PROPERTIES)
    def test_merging_is_a_union_in_which_ours_win(
        self, theirs: dict[str, str | list[str]], ours: dict[str, str | list[str]]
    ) -> None:
        """What both say is ours, what one says is that one's."""
        merged = merge_xmp(write_xmp(theirs).decode(), ours)
        assert as_tuples({**theirs, **ours}) == read_xmp(merged.decode()).properties

    def test_a_bare_or_declared_packet_is_wrapped(self) -> None:
        """Packets without xpacket, with an XML declaration, or with nothing in them are taken too."""
        body = re.sub(r"<\?xpacket[^>]*\?>", "", xmp_packet("<dc:format>x</dc:format>").decode())
        empty = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
        for packet in (body, f'<?xml version="1.0"?>\n{body}', empty):
            merged = merge_xmp(packet, {"dc:title": "t"})
            assert merged.startswith(b"<?xpacket")
            assert "t" == read_xmp(merged.decode()).first("dc:title")

    def test_a_broken_packet_is_refused(self) -> None:
        """The caller learns that there is nothing to merge with."""
        with pytest.raises(InputError):
            merge_xmp("<broken", {"dc:title": "t"})
