from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pictures import xmp_packet

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import read_xmp

ATTRIBUTES = " ".join(f'dc:a{number}="x"' for number in range(150_000))


def read(inner: str) -> dict[str, tuple[str, ...]]:
    return dict(read_xmp(xmp_packet(inner).decode()).properties)


class TestForms:
    def test_simple_lists_and_alternatives(self) -> None:
        """Text, Bag, Seq, Alt and rdf:resource give tuples of text in order."""
        found = read(
            "<dc:format>image/png</dc:format>"
            "<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li> b </rdf:li></rdf:Bag></dc:subject>"
            '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">t</rdf:li></rdf:Alt></dc:title>'
            '<Iptc4xmpExt:DigitalSourceType rdf:resource="http://x/y"/>'
            "<dc:creator><rdf:Seq/></dc:creator>"
        )
        assert {
            "dc:format": ("image/png",),
            "dc:subject": ("a", " b "),
            "dc:title": ("t",),
            "Iptc4xmpExt:DigitalSourceType": ("http://x/y",),
            "dc:creator": (),
        } == found

    def test_attributes_are_properties(self) -> None:
        """The short form of RDF gives the same properties."""
        packet = xmp_packet("").decode().replace('rdf:about=""', 'rdf:about="" xmp:CreatorTool="a &amp; b"')
        packet = packet.replace(
            "<rdf:Description ", '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" ', 1
        )
        packet = packet.replace(' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif', " xmlns:exif")
        assert ("a & b",) == read_xmp(packet).get("xmp:CreatorTool")

    def test_structures_are_named_by_their_path(self) -> None:
        """Fields of structures, in either notation and inside lists, stand under name/field."""
        ref = 'xmlns:m="http://ns.adobe.com/xap/1.0/mm/" xmlns:r="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"'
        for inner in (
            f'<m:DerivedFrom {ref} rdf:parseType="Resource"><r:documentID>d</r:documentID></m:DerivedFrom>',
            f'<m:DerivedFrom {ref} r:documentID="d"/>',
            f'<m:DerivedFrom {ref}><rdf:Description r:documentID="d"/></m:DerivedFrom>',
            f'<m:DerivedFrom {ref}><rdf:Bag><rdf:li><rdf:Description r:documentID="d"/></rdf:li></rdf:Bag></m:DerivedFrom>',
        ):
            assert ("d",) == read(inner)["xmpMM:DerivedFrom/stRef:documentID"]

    def test_prefixes_are_those_of_the_namespace(self) -> None:
        """A packet's own prefixes do not matter, and cannot pretend to be another's."""
        found = read(
            '<q:title xmlns:q="http://purl.org/dc/elements/1.1/">t</q:title><dc:x xmlns:dc="urn:other">o</dc:x>'
        )
        assert {"dc:title": ("t",), "{urn:other}x": ("o",)} == found

    def test_padding_and_marks_around_the_packet_are_passed_over(self) -> None:
        """A byte order mark before, blanks and NUL after, an XML declaration of another charset: all are read."""
        body = xmp_packet("<dc:format>x</dc:format>").decode()
        body = body[body.index("<x:xmpmeta") :]
        for packet in (f"\ufeff{body}\n  \0\0", f'<?xml version="1.0" encoding="utf-16"?>{body}'):
            assert "x" == read_xmp(packet).first("dc:format")

    def test_absent_properties_are_empty(self) -> None:
        """`get` gives nothing and `first` None."""
        found = read_xmp(xmp_packet("").decode())
        assert ((), None) == (found.get("dc:title"), found.first("dc:title"))


class TestHostile:
    @pytest.mark.parametrize(
        "packet",
        [
            "",
            "no xml",
            "<a/>",
            "<rdf:RDF/>",
            "\ud800",
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>',
        ],
    )
    def test_broken_or_dangerous_xml_is_refused(self, packet: str) -> None:
        """What is no XMP, or declares a document type, raises InputError."""
        with pytest.raises(InputError):
            read_xmp(packet)

    def test_entity_expansion_is_not_begun(self) -> None:
        """A billion laughs end at the document type."""
        laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
        with pytest.raises(InputError):
            read_xmp(f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>')

    @pytest.mark.parametrize(
        "inner", ["<dc:a>" * 100, "<dc:a/>" * 200_000, "<dc:a>" * 2_000_000, f"<dc:a {ATTRIBUTES}/>"]
    )
    def test_depth_and_number_are_bounded(self, inner: str) -> None:
        """Endless nesting and endless elements raise LimitError long before a whole reading would have ended."""
        started = time.process_time()  # our own work, however busy the machine is
        with pytest.raises(LimitError):
            read(inner)
        assert time.process_time() - started < 5

    @given(st.text(max_size=200))
    def test_any_text_inside_raises_only_ours(self, text: str) -> None:
        """No text inside a packet brings out another error."""
        with contextlib.suppress(InputError):
            read(text)
