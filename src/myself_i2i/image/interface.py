"""What a picture file says about itself, read from its container without decoding a pixel.

A stranger's file is hostile: every value here is bounded before it is made (see `LIMITS`), and everything that
was broken or skipped is kept as a `note`, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["LIMITS", "Container", "Format", "Limits", "TextEntry"]


class Format(StrEnum):
    """The four containers we read and write, named as their media subtype."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    AVIF = "avif"

    @property
    def mime(self) -> str:
        """The media type, e.g. "image/png"."""
        return f"image/{self.value}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a stranger's file may cost us; all sizes in bytes unless said."""

    file: int = 512 * 2**20
    """Largest file read at all."""
    chunks: int = 20_000
    """Most chunks, segments or boxes walked."""
    text: int = 32 * 2**20
    """Largest single text value, after decompression."""
    texts: int = 64 * 2**20
    """All text values of one file together, after decompression."""
    entries: int = 4_096
    """Most text entries, and most EXIF entries, kept."""
    pixels: int = 200_000_000
    """Most pixels (width x height) that are ever decoded."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class TextEntry:
    """One text value of a PNG (tEXt, zTXt, iTXt), wherever in the file it stands."""

    keyword: str
    """The keyword, e.g. "parameters"; decoded as Latin-1."""
    text: str
    """The value: UTF-8 where it is valid UTF-8, Latin-1 otherwise; may contain NUL."""
    chunk: str
    """"tEXt", "zTXt" or "iTXt"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A picture file's structure and metadata; made by `myself_i2i.image.read_container`."""

    format: Format
    """What the bytes are (by magic number, never by file name)."""
    width: int
    """Width in pixels as the header says, before any orientation; 0 when the header cannot be read."""
    height: int
    """Height in pixels as the header says; 0 when the header cannot be read."""
    has_alpha: bool = False
    """Whether pixels carry an alpha channel (only such files can carry alpha-LSB text)."""
    lossless: bool = False
    """PNG and lossless WebP: whether the low bits of pixels survive in this container."""
    texts: tuple[TextEntry, ...] = ()
    """PNG text entries in file order; empty for other formats."""
    exif: Mapping[str, str] = field(default_factory=dict)
    """EXIF strings by tag name: "ImageDescription", "Make", "Model", "Software", "Artist", "DateTime",
    "Copyright", "UserComment", "MakerNote", "XPComment", "XPTitle", "XPKeywords"... Decoded to text
    whatever charset the file used; UserComment and MakerNote found in IFD0 are kept under the same names."""
    xmp: str | None = None
    """The XMP packet as text, or None."""
    comments: tuple[str, ...] = ()
    """JPEG COM segments as text, in file order."""
    manifest_store: bytes | None = None
    """The C2PA manifest store (JUMBF bytes) found in the file, reassembled; None when there is none."""
    notes: tuple[str, ...] = ()
    """What was broken or skipped while reading, in file order, e.g. "tEXt 'workflow': wrong CRC"."""

    def text(self, *keywords: str) -> str | None:
        """Return the first PNG text value under any of `keywords`, or None."""
        for keyword in keywords:
            for entry in self.texts:
                if entry.keyword == keyword:
                    return entry.text
        return None

    def manifest_possible(self, data: bytes) -> bool:
        """Return False when the file, whose bytes are `data`, cannot have a C2PA manifest, embedded or remote.

        One pass over the bytes, whatever this container found: a crafted file may hide a store from one parser and not
        from another. JUMBF boxes are named in plain bytes (C2PA 2.4 §11.1), a remote manifest in XMP (§11.4).
        """
        return self.manifest_store is not None or "provenance" in (self.xmp or "") or b"jumb" in data
