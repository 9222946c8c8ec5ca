"""XMP packets as property names and values (XMP specification part 1, section 7; ISO 16684-1).

A packet from a stranger is XML from a stranger: no document type, no entities of its own, bounded depth and number
of elements, nothing fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # document types and entities are refused below, sizes are bounded

from myself_i2i.errors import InputError
from myself_i2i.image._findings import limit_error
from myself_i2i.image.interface import LIMITS
from myself_i2i.image.xmp_names import NAMESPACES
from myself_i2i.wording import Text

__all__ = ["PADDING", "Property", "Xmp", "read_xmp", "walk_xmp"]

MOST_ELEMENTS = 100_000
DEEPEST = 64
PADDING = "\ufeff\0 \r\n\t"  # a byte order mark before, blanks or NUL after: all are written by real tools
XML = "http://www.w3.org/XML/1998/namespace"

_PREFIXES = {namespace: prefix for prefix, namespace in NAMESPACES.items()}


@dataclass(frozen=True, slots=True)
class Xmp:
    """The properties of one packet."""

    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name ("dc:subject") -> its values in order. A field of a structure is named by its path
    ("xmpMM:DerivedFrom/stRef:documentID"). The prefix is the usual one of the namespace, whatever the packet calls
    it; a property of a namespace not known here is named "{namespace}local"."""

    def get(self, name: str) -> tuple[str, ...]:
        """Return all values of `name`; empty when it is not there."""
        return self.properties.get(name, ())

    def first(self, name: str) -> str | None:
        """Return the first value of `name`, or None."""
        return next(iter(self.get(name)), None)


def read_xmp(packet: str) -> Xmp:
    """Return the properties of a packet.

    Raises `InputError` when it is not well-formed XML, has a document type, or holds no rdf:RDF; `LimitError` when
    it is larger, deeper or has more elements than is bounded.
    """
    return Xmp(walk_xmp(packet.strip(PADDING).encode("utf-8", errors="surrogatepass")).values)


@dataclass(slots=True)
class Property:
    """Where one top-level property stands in the packet's bytes."""

    name: str
    """Its name as in `Xmp.properties`."""
    start: int
    """Where its element begins; for an attribute: where the element that carries it begins."""
    attribute: str | None
    """The attribute's name as the packet writes it, or None for an element."""
    last: int = -1
    """Where the tag begins that closes the element; of an empty element, where it ends."""


@dataclass(slots=True)
class _Frame:
    kind: str
    path: str = ""
    text: list[str] = field(default_factory=list)
    filled: bool = False
    place: Property | None = None


def walk_xmp(raw: bytes) -> _Walk:
    """Return the walk over a packet in UTF-8: `values`, `places` and `closing`. Raises as `read_xmp` does."""
    if len(raw) > LIMITS.text:
        raise limit_error(
            Text(en="bytes in the XMP packet", ja="XMPパケットのバイト数"), len(raw), LIMITS.text
        )
    walk = _Walk()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = walk.refuse
    parser.EntityDeclHandler = walk.refuse
    parser.StartElementHandler = lambda name, attributes: walk.start(
        name, attributes, parser.CurrentByteIndex
    )
    parser.EndElementHandler = lambda _: walk.end(parser.CurrentByteIndex)
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(raw, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise InputError(Text(en=f"broken XMP: {error}", ja=f"XMPが壊れています（{error}）")) from error
    if walk.closing is None:
        raise InputError(Text(en="no rdf:RDF in the XMP packet", ja="XMPパケットにrdf:RDFがありません"))
    return walk


class _Walk:
    """Follows the elements of RDF/XML as XMP uses it; one use, then its three results are read."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[str, ...]] = {}
        self.places: list[Property] = []
        self.closing: int | None = None
        """Where rdf:RDF is closed."""
        self.empty = True
        """Whether nothing stands inside rdf:RDF; `closing` then has no meaning for a writer."""
        self._lists: dict[str, list[str]] = {}
        self._stack = [_Frame("outside")]
        self._elements = 0

    def refuse(self, *_: Any) -> None:
        """Stop at a document type: entities that grow, files that are fetched."""
        raise InputError(
            Text(en="XMP with a document type is not read", ja="文書型宣言のあるXMPは読みません")
        )

    def text(self, text: str) -> None:
        """Take character data."""
        frame = self._stack[-1]
        if frame.kind == "value":
            frame.text.append(text)

    def start(self, full: str, attributes: dict[str, str], index: int) -> None:
        """Take an opening tag that begins at byte `index`."""
        self._elements += 1 + len(attributes)
        if self._elements > MOST_ELEMENTS or len(self._stack) > DEEPEST:
            raise limit_error(
                Text(en="XMP elements and attributes, or depth", ja="XMPの要素と属性の数、または深さ"),
                f"{self._elements}, depth {len(self._stack)}",
                MOST_ELEMENTS,
            )
        parent = self._stack[-1]
        name = _name(full)
        frame = self._open(parent, name, attributes, index)
        self._stack.append(frame)
        if frame.kind == "node":
            self._take_attributes(frame.path, attributes, index)
        elif frame.kind == "value" and attributes:
            self._take_value_attributes(frame, attributes)

    def _open(self, parent: _Frame, name: str, attributes: dict[str, str], index: int) -> _Frame:
        """Return the frame for an element, by what stands around it."""
        if parent.kind == "outside":
            return _Frame("rdf" if name == "rdf:RDF" else "outside")
        if parent.kind == "rdf":
            self.empty = False
            return _Frame("node")
        if parent.kind == "node":
            path = _join(parent.path, name)
            kind = "node" if _is_resource(attributes) else "value"
            frame = _Frame(kind, path, filled=kind == "node")
            if not parent.path:
                frame.place = Property(path, index, None)
            return frame
        parent.filled = True
        if name in {"rdf:Bag", "rdf:Seq", "rdf:Alt"}:
            self._lists.setdefault(parent.path, [])
            return _Frame("list", parent.path)
        if parent.kind == "list":
            kind = "node" if _is_resource(attributes) else "value"
            return _Frame(kind, parent.path)
        return _Frame("node", parent.path)

    def end(self, index: int) -> None:
        """Take the closing tag that begins at byte `index` (of an empty element: where its only tag ends)."""
        frame = self._stack.pop()
        if frame.kind == "value" and not frame.filled:
            self._add(frame.path, "".join(frame.text))
        if frame.place is not None:
            frame.place.last = index
            self.places.append(frame.place)
        if frame.kind == "rdf":
            self.closing = index
        if len(self._stack) == 1:
            self.values = {name: tuple(values) for name, values in self._lists.items()}

    def _add(self, path: str, value: str) -> None:
        self._lists.setdefault(path, []).append(value)

    def _take_attributes(self, path: str, attributes: dict[str, str], index: int) -> None:
        for full, value in attributes.items():
            name = _name(full)
            if not name.startswith(("rdf:", "xml:")) and (":" in name):
                self._add(_join(path, name), value)
                if not path:
                    self.places.append(Property(name, index, _written(full)))

    def _take_value_attributes(self, frame: _Frame, attributes: dict[str, str]) -> None:
        for full, value in attributes.items():
            name = _name(full)
            if name == "rdf:resource":
                frame.filled = True
                self._add(frame.path, value)
            elif not name.startswith(("rdf:", "xml:")) and ":" in name:
                frame.filled = True
                self._add(_join(frame.path, name), value)


def _is_resource(attributes: dict[str, str]) -> bool:
    return any(_name(full) == "rdf:parseType" and value == "Resource" for full, value in attributes.items())


def _join(path: str, name: str) -> str:
    if name == "rdf:value":
        return path  # a value with qualifiers beside it
    return f"{path}/{name}" if path else name


def _name(full: str) -> str:
    """Return "prefix:local" for a namespace known here, "{namespace}local" for another, "local" for none."""
    namespace, _, rest = full.partition(" ")
    if not rest:
        return full
    local = rest.partition(" ")[0]
    if namespace == XML:
        return f"xml:{local}"
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{local}" if prefix else f"{{{namespace}}}{local}"


def _written(full: str) -> str:
    """Return the name as the packet writes it: "prefix:local"."""
    _, local, *prefix = full.split(" ")
    return f"{prefix[0]}:{local}" if prefix else local
