"""Tiny real pictures with metadata put in byte by byte, for every test that needs one."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PNG_HEADER_END = 33
"""Where the chunk after IHDR begins."""


def picture(width: int = 16, height: int = 12, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A deterministic picture in which no two neighbouring pixels are alike; another `seed`, another picture."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = bytes((i * 7 + i // bands * 13 + seed * 31) % 256 for i in range(width * height * bands))
    return Image.frombytes(mode, (width, height), pixels)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes, *, crc: int | None = None) -> bytes:
    """A PNG chunk; `crc` overrides the right one."""
    value = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", value)


def text_chunk(keyword: str, text: str | bytes, kind: str = "tEXt", *, crc: int | None = None) -> bytes:
    """A PNG text chunk: tEXt, zTXt, iTXt, or "iTXt-z" for a compressed iTXt; the value is written as UTF-8."""
    key, raw = keyword.encode("latin-1"), text if isinstance(text, bytes) else text.encode()
    if kind == "tEXt":
        return chunk(b"tEXt", key + b"\0" + raw, crc=crc)
    if kind == "zTXt":
        return chunk(b"zTXt", key + b"\0\0" + zlib.compress(raw), crc=crc)
    if kind == "iTXt":
        return chunk(b"iTXt", key + b"\0\0\0\0\0" + raw, crc=crc)
    return chunk(b"iTXt", key + b"\0\1\0\0\0" + zlib.compress(raw), crc=crc)


def png(
    width: int = 16,
    height: int = 12,
    *,
    mode: str = "RGB",
    seed: int = 0,
    texts: Mapping[str, str] | None = None,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    chunks: Sequence[bytes] = (),
    late_chunks: Sequence[bytes] = (),
    trailer: bytes = b"",
    image: Image.Image | None = None,
) -> bytes:
    """A PNG; `texts` become tEXt, `exif` is a bare TIFF, `chunks` stand before IDAT, `late_chunks` before IEND."""
    data = _saved(image or picture(width, height, mode, seed), "PNG")
    early = [text_chunk(keyword, text) for keyword, text in (texts or {}).items()]
    if exif is not None:
        early.append(chunk(b"eXIf", exif))
    if xmp is not None:
        early.append(text_chunk("XML:com.adobe.xmp", xmp, "iTXt"))
    head, body, tail = data[:PNG_HEADER_END], data[PNG_HEADER_END:-12], data[-12:]
    return head + b"".join([*early, *chunks]) + body + b"".join(late_chunks) + tail + trailer


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(
    width: int = 16,
    height: int = 12,
    *,
    mode: str = "RGB",
    seed: int = 0,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    comments: Sequence[bytes] = (),
    segments: Sequence[bytes] = (),
    trailer: bytes = b"",
    image: Image.Image | None = None,
    **options: Any,
) -> bytes:
    """A JPEG; `exif` is a bare TIFF; `segments` stand after the metadata; `options` go to Pillow's writer."""
    data = _saved(image or picture(width, height, mode, seed), "JPEG", **options)
    place = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    added = []
    if exif is not None:
        added.append(segment(0xE1, b"Exif\0\0" + exif))
    if xmp is not None:
        added.append(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))
    added += [segment(0xFE, comment) for comment in comments]
    return data[:place] + b"".join([*added, *segments]) + data[place:] + trailer


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    """A WebP chunk with its padding."""
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(
    width: int = 16,
    height: int = 12,
    *,
    mode: str = "RGB",
    seed: int = 0,
    lossless: bool = True,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    chunks: Sequence[bytes] = (),
    image: Image.Image | None = None,
) -> bytes:
    """A WebP, with `exif` and `xmp` written by Pillow (simple format when neither), `chunks` put at the end."""
    options: dict[str, Any] = {"lossless": lossless}
    if exif is not None:
        options["exif"] = exif
    if xmp is not None:
        options["xmp"] = xmp
    data = _saved(image or picture(width, height, mode, seed), "WEBP", **options)
    body = data[8:] + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif(
    width: int = 16,
    height: int = 12,
    *,
    mode: str = "RGB",
    seed: int = 0,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    image: Image.Image | None = None,
    **options: Any,
) -> bytes:
    """An AVIF written by Pillow, with its EXIF and XMP items."""
    if exif is not None:
        options["exif"] = exif
    if xmp is not None:
        options["xmp"] = xmp
    return _saved(image or picture(width, height, mode, seed), "AVIF", speed=10, **options)


BUILDERS: dict[str, Callable[..., bytes]] = {"png": png, "jpeg": jpeg, "webp": webp, "avif": avif}
"""Format name -> its builder; all take width, height, mode, seed, exif and xmp."""


def tiff(
    ifd0: Mapping[int, bytes | str | int], exif: Mapping[int, bytes | str] | None = None, order: str = "<"
) -> bytes:
    """A TIFF structure as EXIF uses it: `str` values as ASCII, `int` as SHORT, `bytes` as UNDEFINED."""
    first = 8
    size = 2 + 12 * (len(ifd0) + (exif is not None)) + 4
    extra = bytearray()
    heap = first + size + (2 + 12 * len(exif) + 4 if exif is not None else 0)

    def directory(entries: Mapping[int, bytes | str | int], pointer: int | None) -> bytes:
        packed = []
        for tag, value in sorted(entries.items()):
            if isinstance(value, int):
                packed.append(struct.pack(order + "HHIHH", tag, 3, 1, value, 0))
                continue
            kind, raw = (2, value.encode() + b"\0") if isinstance(value, str) else (7, value)
            if len(raw) <= 4:
                packed.append(struct.pack(order + "HHI4s", tag, kind, len(raw), raw))
            else:
                packed.append(struct.pack(order + "HHII", tag, kind, len(raw), heap + len(extra)))
                extra.extend(raw)
        if pointer is not None:
            packed.append(struct.pack(order + "HHII", 0x8769, 4, 1, pointer))
        return struct.pack(order + "H", len(packed)) + b"".join(packed) + bytes(4)

    main = directory(ifd0, first + size if exif is not None else None)
    nested = directory(exif, None) if exif is not None else b""
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(order + "I", first) + main + nested + bytes(extra)


USER_COMMENT = 0x9286


def user_comment(text: str, charset: str = "utf-16-be") -> bytes:
    """An EXIF UserComment value; `charset` "ascii" writes the ASCII code, any other the UNICODE code."""
    code = b"ASCII\0\0\0" if charset == "ascii" else b"UNICODE\0"
    return code + text.encode(charset)


def comment_exif(text: str, charset: str = "utf-16-be", order: str = ">") -> bytes:
    """A bare TIFF whose Exif IFD has `text` as UserComment, as the A1111 family writes it."""
    return tiff({}, {USER_COMMENT: user_comment(text, charset)}, order)


def xmp_packet(inner: str) -> bytes:
    """An XMP packet around the inside of one rdf:Description; dc, xmp, exif and Iptc4xmpExt are declared."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/"'
        f' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">{inner}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def manifest_store(size: int = 64) -> bytes:
    """Bytes with the outer boxes of a C2PA manifest store around nothing: for moving it about, not for reading."""
    label = bytes.fromhex("6332706100110010800000aa00389b71") + b"\x03c2pa\0"
    description = struct.pack(">I4s", len(label) + 8, b"jumd") + label
    filler = struct.pack(">I4s", size + 8, b"free") + bytes(i % 251 for i in range(size))
    return struct.pack(">I4s", len(description) + len(filler) + 8, b"jumb") + description + filler


def with_stealth(image: Image.Image, text: str, magic: str = "stealth_pngcomp") -> Image.Image:
    """The picture with `text` in its low bits, column by column, as NovelAI and the web UIs hide it."""
    raw = gzip.compress(text.encode(), mtime=0) if magic.endswith("comp") else text.encode()
    payload = magic.encode() + struct.pack(">I", len(raw) * 8) + raw
    bits = [byte >> shift & 1 for byte in payload for shift in range(7, -1, -1)]
    depth = 3 if "rgb" in magic else 1
    marked = image.copy()
    for number in range(-(-len(bits) // depth)):
        place = (number // image.height, number % image.height)
        pixel = list(marked.getpixel(place))  # type: ignore[arg-type]
        for offset, bit in enumerate(bits[number * depth : number * depth + depth]):
            band = offset if depth == 3 else 3
            pixel[band] = pixel[band] & 0xFE | bit
        marked.putpixel(place, tuple(pixel))
    return marked
