"""Namespaces and value forms of the XMP properties that we read by name and write."""

from __future__ import annotations

__all__ = ["LANGUAGE_ALTERNATIVES", "NAMESPACES", "RDF", "SEQUENCES"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "myselfi2i": "https://myself-i2i.org/xmp/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "rdf": RDF,
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
"""Prefix -> namespace: XMP specification part 1 section 8 and part 2; IPTC Photo Metadata 2025.1; PLUS LDF."""
LANGUAGE_ALTERNATIVES = frozenset(
    {
        "dc:description",
        "dc:rights",
        "dc:title",
        "exif:UserComment",
        "Iptc4xmpExt:AIPromptInformation",
        "xmpRights:UsageTerms",
    }
)
"""Properties whose value is one text per language; ours is always `x-default`."""
SEQUENCES = frozenset({"dc:creator", "dc:date", "photoshop:TextLayers", "xmpMM:History"})
"""Properties whose values are in order (rdf:Seq); other lists are rdf:Bag."""
