"""Text hidden in the lowest bit of pixels, as NovelAI and sd-webui-stealth-pnginfo write it.

Column by column from the left, each from the top: alpha (one bit a pixel) or R, G, B (three). A 15-byte magic, a
32-bit count of bits, then that many bits of UTF-8, gzip-compressed where the magic ends in `comp`.
Source: NovelAI/novelai-image-metadata (`nai_meta.py`) and ashen-sensored/sd_webui_stealth_pnginfo.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

from PIL.Image import Transpose
from PIL.PngImagePlugin import PngImageFile

from myself_i2i.errors import Error, LimitError
from myself_i2i.image import png
from myself_i2i.image._findings import inflate
from myself_i2i.image.insertion import pack_chunk
from myself_i2i.image.interface import LIMITS, Container, Format

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["ALPHA_MAGICS", "RGB_MAGICS", "may_carry_stealth", "read_stealth"]

ALPHA_MAGICS = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
"""Magic in alpha -> whether what follows is compressed."""
RGB_MAGICS = {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""Magic in R, G, B -> whether what follows is compressed."""
MAGIC_LENGTH = 15
HEAD_LENGTH = MAGIC_LENGTH + 4
TOP_ROWS = MAGIC_LENGTH * 8
"""Rows in which one alpha bit a row holds the whole magic."""
LARGEST = 4 * 2**20  # bytes as hidden; real ones have a few thousand

_DIGITS = bytes(b"01"[value & 1] for value in range(256))


def read_stealth(image: Image) -> str | None:
    """Return the text hidden in alpha, else the one in R, G, B, or None.

    Looks at the first columns only unless a magic stands there. Never raises on pixels: a damaged or oversized
    text gives None. `image` MUST be decoded and as stored (not turned, not resized).
    """
    if image.width == 0 or image.height == 0:
        return None
    if image.mode in {"RGBA", "LA"} and (text := _read(image, "A", ALPHA_MAGICS)) is not None:
        return text
    if image.mode in {"RGB", "RGBA"}:
        return _read(image, "RGB", RGB_MAGICS)
    return None


def may_carry_stealth(data: bytes, container: Container) -> bool:
    """Return False when no text can be hidden in the pixels, found out for a small part of a decode.

    The magic stands in the first column, so the topmost rows of a PNG are enough to see that there is none. True means
    only that the whole picture has to be asked. Never raises.
    """
    if not container.lossless:
        return False
    if container.format is not Format.PNG or container.height <= TOP_ROWS:
        return True
    try:
        top = _top_rows(data)
    except (Error, OSError, ValueError, SyntaxError, struct.error, zlib.error):
        return True
    if top is None:
        return True
    alpha = top.mode in {"RGBA", "LA"} and _bits(top, "A", MAGIC_LENGTH * 8) in ALPHA_MAGICS
    return alpha or (top.mode in {"RGB", "RGBA"} and _bits(top, "RGB", MAGIC_LENGTH * 8) in RGB_MAGICS)


def _top_rows(data: bytes) -> Image | None:
    """Decode the first `TOP_ROWS` rows of a PNG, or None when its kind does not allow that."""
    header, coded = b"", []
    for chunk in png.chunks(data):
        if chunk.kind == b"IHDR" and not header:
            header = data[chunk.body : chunk.end]
        elif chunk.kind == b"IDAT":
            coded.append(data[chunk.body : chunk.end])
    width, _, bits, colour, *_, interlaced = struct.unpack(">IIBBBBB", header)
    samples = {2: 3, 4: 2, 6: 4}.get(colour)
    if samples is None or bits != 8 or interlaced:  # noqa: PLR2004  # other depths are rare; asked in full
        return None
    wanted = TOP_ROWS * (1 + width * samples)
    inflater = zlib.decompressobj()
    rows = b""
    for part in coded:
        rows += inflater.decompress(part, wanted - len(rows))
        if len(rows) >= wanted:
            break
    else:
        return None
    small = struct.pack(">II", width, TOP_ROWS) + header[8:]
    pieces = [(b"IHDR", small), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b"")]
    image = PngImageFile(io.BytesIO(png.MAGIC + b"".join(pack_chunk(kind, body) for kind, body in pieces)))
    image.load()
    return image


def _read(image: Image, bands: str, magics: dict[bytes, bool]) -> str | None:
    head = _bits(image, bands, HEAD_LENGTH * 8)
    compressed = magics.get(head[:MAGIC_LENGTH])
    if compressed is None or len(head) < HEAD_LENGTH:
        return None
    count = int.from_bytes(head[MAGIC_LENGTH:HEAD_LENGTH], "big")
    if count > image.width * image.height * len(bands) - HEAD_LENGTH * 8 or count // 8 > LARGEST:
        return None
    payload = _bits(image, bands, HEAD_LENGTH * 8 + count)[HEAD_LENGTH:]
    if compressed:
        try:
            payload, whole = inflate(payload, LIMITS.text, gzip=True)
        except LimitError:
            return None
        if not whole:
            return None
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _bits(image: Image, bands: str, count: int) -> bytes:
    """Return the first `count` low bits packed into bytes (fewer when the picture is smaller); a rest is dropped."""
    columns = min(image.width, -(-count // (image.height * len(bands))))
    part = image.crop((0, 0, columns, image.height))  # first, so that nothing else is copied
    part = part.getchannel("A") if bands == "A" else part.convert("RGB")
    samples = part.transpose(Transpose.TRANSPOSE).tobytes()[:count]
    whole = len(samples) // 8
    # Base 2 is read in linear time: no digit limit, no quadratic conversion.
    return int(samples[: whole * 8].translate(_DIGITS) or b"0", 2).to_bytes(whole, "big")
