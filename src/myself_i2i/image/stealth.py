"""Text hidden in the lowest bit of pixels, as NovelAI and sd-webui-stealth-pnginfo write it.

Column by column from the left, each from the top: alpha (one bit a pixel) or R, G, B (three). A 15-byte magic, a
32-bit count of bits, then that many bits of UTF-8, gzip-compressed where the magic ends in `comp`.
Source: NovelAI/novelai-image-metadata (`nai_meta.py`) and ashen-sensored/sd_webui_stealth_pnginfo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL.Image import Transpose

from myself_i2i.errors import LimitError
from myself_i2i.image._findings import inflate
from myself_i2i.image.interface import LIMITS

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["ALPHA_MAGICS", "RGB_MAGICS", "read_stealth"]

ALPHA_MAGICS = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
"""Magic in alpha -> whether what follows is compressed."""
RGB_MAGICS = {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""Magic in R, G, B -> whether what follows is compressed."""
MAGIC_LENGTH = 15
HEAD_LENGTH = MAGIC_LENGTH + 4
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
