"""Writing XMP packets: a new one, or our properties put into one that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from myself_i2i.errors import UsageError
from myself_i2i.image._splice import Edit, splice
from myself_i2i.image.xmp import PADDING, Property, walk_xmp
from myself_i2i.image.xmp_names import LANGUAGE_ALTERNATIVES, NAMESPACES, RDF, SEQUENCES
from myself_i2i.wording import Text

__all__ = ["Properties", "merge_xmp", "write_xmp"]

Properties = Mapping[str, str | Sequence[str]]
"""Name ("dc:subject") -> one text, or a list of texts, in the order they are written."""
HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
TAIL = '\n<?xpacket end="w"?>'

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=<>\"']+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_DECLARATION = re.compile(rb"^\s*<\?xml\s[^>]*\?>\s*")


def write_xmp(properties: Properties) -> bytes:
    """Return a packet in UTF-8 with these properties, which `read_xmp` reads back the same.

    A property that is a language alternative (`LANGUAGE_ALTERNATIVES`) gets one text under `x-default`; a list
    becomes rdf:Seq where the order counts and rdf:Bag otherwise; a single text stays a simple value except where
    the property is always a list (`dc:subject`, `dc:creator`). Characters that XML cannot carry become U+FFFD.
    Raises `UsageError` for a name whose prefix is not in `NAMESPACES`, or several texts for a language alternative.
    """
    body = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f'<rdf:RDF xmlns:rdf="{RDF}">\n{_description(properties)}</rdf:RDF>\n</x:xmpmeta>'
    )
    return f"{HEAD}{body}{TAIL}".encode()


def merge_xmp(packet: str, properties: Properties) -> bytes:
    """Return `packet` with these properties in the place of those of the same names; all others stay as written.

    To add to a list, the caller joins it with what `read_xmp` gives. Raises `InputError` when the packet is broken
    and `UsageError` as `write_xmp` does; the caller may then fall back to `write_xmp` alone.
    """
    raw = packet.strip(PADDING).encode("utf-8", errors="replace")
    raw = _DECLARATION.sub(b"", raw)
    walk = walk_xmp(raw)
    # An extended packet was joined in while reading; the pointer to it would now be wrong.
    replaced = {*properties, "xmpNote:HasExtendedXMP"}
    gone = [place for place in walk.places if place.name in replaced]
    edits = [Edit(place.start, _element_end(raw, place), b"") for place in gone if place.attribute is None]
    edits += _attribute_edits(raw, [place for place in gone if place.attribute is not None])
    if walk.empty:
        return write_xmp(properties)  # there is nothing to keep
    closing = walk.closing or 0
    added = Edit(closing, closing, _description(properties).encode())
    merged = splice(raw, [*edits, added])
    return merged if merged.startswith(b"<?xpacket") else HEAD.encode() + merged + TAIL.encode()


def _element_end(raw: bytes, place: Property) -> int:
    """Return where an element ends: after its closing tag, or after its only tag."""
    end = _after_tag(raw, place.start)
    return end if raw.endswith(b"/>", 0, end) else _after_tag(raw, place.last)


def _after_tag(raw: bytes, start: int) -> int:
    match = _TAG.match(raw, start)
    return match.end() if match else start


def _attribute_edits(raw: bytes, places: list[Property]) -> list[Edit]:
    """Return the edits that take attributes out of their tags, walking each tag so that no quoted value misleads."""
    names = {(place.start, (place.attribute or "").encode()) for place in places}
    return [
        Edit(match.start(), match.end(), b"")
        for start in {place.start for place in places}
        for match in _ATTRIBUTE.finditer(raw, start, _after_tag(raw, start))
        if (start, match[1]) in names
    ]


ALWAYS_LISTS = frozenset({"dc:creator", "dc:date", "dc:subject", "xmpRights:Owner"})


def _description(properties: Properties) -> str:
    prefixes = dict.fromkeys(_prefix(name) for name in properties)
    declared = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in prefixes)
    lines = [f'<rdf:Description xmlns:rdf="{RDF}" rdf:about=""{declared}>\n']
    lines += [f"<{name}>{_value(name, value)}</{name}>\n" for name, value in properties.items()]
    return "".join([*lines, "</rdf:Description>\n"])


def _prefix(name: str) -> str:
    prefix, _, local = name.partition(":")
    if prefix not in NAMESPACES or prefix == "rdf" or not re.fullmatch(r"[A-Za-z_][\w.-]*", local, re.ASCII):
        raise UsageError(
            Text(
                en=f"no XMP property to write is called {name!r}: wanted prefix:Name with a prefix known here",
                ja=f"XMPのプロパティ名{name!r}は書き込めません（登録済みの接頭辞:名前の形で指定します）",
            )
        )
    return prefix


def _value(name: str, value: str | Sequence[str]) -> str:
    texts = [value] if isinstance(value, str) else list(value)
    if name in LANGUAGE_ALTERNATIVES:
        if len(texts) > 1:
            raise UsageError(
                Text(
                    en=f"{name} takes one text, got {len(texts)}",
                    ja=f"{name}に書ける文は1つです（{len(texts)}件ありました）",
                )
            )
        items = "".join(f'<rdf:li xml:lang="x-default">{_escape(text)}</rdf:li>' for text in texts)
        return f"<rdf:Alt>{items}</rdf:Alt>"
    if isinstance(value, str) and name not in ALWAYS_LISTS:
        return _escape(value)
    kind = "rdf:Seq" if name in SEQUENCES else "rdf:Bag"
    items = "".join(f"<rdf:li>{_escape(text)}</rdf:li>" for text in texts)
    return f"<{kind}>{items}</{kind}>"


def _escape(text: str) -> str:
    """Return text as XML content; a carriage return is written as a reference, or a reader would turn it into LF."""
    return escape(_ILLEGAL.sub("\ufffd", text), {"\r": "&#13;"})
