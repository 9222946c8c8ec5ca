"""The properties of an XMP packet, flat: namespace and name -> texts.

XMP writes the same property as an attribute, an element, or a list in an element (ISO 16684-1, §7); all three are
read. Namespaces are compared by address, never by prefix: files choose prefixes freely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["DC", "EXIF", "IPTC_EXT", "PHOTOSHOP", "XMP", "xmp_properties"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
EXIF = "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"

MAX_PACKET = 8 * 2**20
"""Longest packet parsed, in characters; larger ones are treated as absent."""
MAX_PROPERTIES = 2_000
MAX_TEXT = 4 * 2**20


def xmp_properties(packet: str | None) -> Mapping[tuple[str, str], list[str]]:
    """Return every property of `packet` by (namespace, name), values in file order; empty when it is no XMP.

    Entities and document type declarations are refused (they can be made to grow without bound).
    """
    if packet is None or len(packet) > MAX_PACKET:
        return {}
    start = packet.find("<")
    try:
        root = fromstring(packet[max(start, 0) :].rstrip("\0 \r\n\t").encode("utf-8", "replace"))
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    found: dict[tuple[str, str], list[str]] = {}
    for count, (key, value) in enumerate(_walk(root)):
        if count >= MAX_PROPERTIES:
            break
        found.setdefault(key, []).append(value[:MAX_TEXT])
    return found


def _walk(root: Element) -> Iterator[tuple[tuple[str, str], str]]:
    for description in root.iter(f"{{{RDF}}}Description"):
        for name, value in description.attrib.items():
            yield _split(name), value
        for item in description:
            for value in _texts(item):
                yield _split(item.tag), value


def _texts(item: Element) -> Iterator[str]:
    if resource := item.get(f"{{{RDF}}}resource"):
        yield resource
    entries = [entry.text for entry in item.iter(f"{{{RDF}}}li") if entry.text and entry.text.strip()]
    if entries:
        yield from entries
    elif item.text and item.text.strip():
        yield item.text


def _split(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition("}")
    return space.removeprefix("{"), local
