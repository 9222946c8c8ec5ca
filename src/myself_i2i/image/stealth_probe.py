"""Can this file hide text in its pixels? Told from the first column of a PNG, without decoding the picture.

The hidden text opens with a magic in the first column (`myself_i2i.image.stealth`). A row's first pixel has no left
neighbour, so every PNG filter rebuilds it from the pixel above alone (PNG, third edition, 9.2), and the first rows are
all that is inflated. A folder of plain PNG files costs a hundredth of decoding them.
"""

from __future__ import annotations

import struct
import zlib

from myself_i2i.image import png
from myself_i2i.image.interface import LIMITS
from myself_i2i.image.stealth import ALPHA_MAGICS, MAGIC_LENGTH, RGB_MAGICS

__all__ = ["may_hide_text"]

HEADER = struct.Struct(">IIBBBBB")
WITHOUT = frozenset({0, 3})
"""Colour types grey and palette: neither has an alpha channel or R, G, B of its own."""
SAMPLES = {2: 3, 6: 4}
"""Colour type -> samples of a pixel, for RGB and RGBA."""
RGBA = 4
ROWS = MAGIC_LENGTH * 8
"""Rows that hold a magic in alpha, one bit each; in R, G, B a third of them do."""


def may_hide_text(data: bytes) -> bool:
    """Return False only when `read_stealth` of the decoded picture would find no magic; True where in doubt.

    In doubt is all that is not a PNG of 8 bits RGB or RGBA, not interlaced, with at least `ROWS` rows that can be
    inflated. Costs at most `ROWS` rows; raises `LimitError` as `read_container` does, nothing else.
    """
    found = png.chunks(data) if data.startswith(png.MAGIC) else []
    if not found or found[0].kind != b"IHDR" or found[0].end - found[0].body < HEADER.size:
        return True
    width, height, bits, colour, _, _, interlaced = HEADER.unpack_from(data, found[0].body)
    if colour in WITHOUT:
        return False
    samples = SAMPLES.get(colour)
    if samples is None or bits != 8 or interlaced or height < ROWS:  # noqa: PLR2004 - bits of a sample
        return True
    stride = 1 + width * samples
    if stride * ROWS > LIMITS.texts:
        return True
    rows = _inflated(data, found, stride * ROWS)
    column = None if rows is None else _first_column(rows, stride, samples)
    if column is None:
        return True
    in_alpha = samples == RGBA and _packed(column[3::4]) in ALPHA_MAGICS
    in_rgb = _packed(b"".join(column[at : at + 3] for at in range(0, ROWS * samples // 3, samples)))
    return in_alpha or in_rgb in RGB_MAGICS


def _inflated(data: bytes, found: list[png.Chunk], size: int) -> bytes | None:
    """Return the first `size` bytes of the filtered rows, or None when the first run of IDAT does not give them."""
    inflater, parts, missing, begun = zlib.decompressobj(), [], size, False
    for chunk in found:
        if chunk.kind != b"IDAT":
            if begun:
                return None
            continue
        begun = True
        try:
            part = inflater.decompress(memoryview(data)[chunk.body : chunk.end], missing)
        except zlib.error:
            return None
        parts.append(part)
        missing -= len(part)
        if not missing:
            return b"".join(parts)
    return None


def _first_column(rows: bytes, stride: int, samples: int) -> bytes | None:
    """Return the samples of the first pixel of every row, or None for a filter that PNG does not have."""
    column = bytearray()
    above = bytes(samples)
    for start in range(0, len(rows), stride):
        kind, pixel = rows[start], rows[start + 1 : start + 1 + samples]
        if kind in (2, 4):  # Up; Paeth without left neighbours predicts the pixel above
            pixel = bytes((one + up) & 0xFF for one, up in zip(pixel, above, strict=True))
        elif kind == 3:  # noqa: PLR2004 - Average, the left neighbour counting as 0
            pixel = bytes((one + up // 2) & 0xFF for one, up in zip(pixel, above, strict=True))
        elif kind > 4:  # noqa: PLR2004 - the last filter
            return None
        column += pixel
        above = pixel
    return bytes(column)


def _packed(samples: bytes) -> bytes:
    """Return the low bits of the samples, eight to a byte."""
    bits = "".join("1" if sample & 1 else "0" for sample in samples[:ROWS])
    return int(bits, 2).to_bytes(MAGIC_LENGTH, "big")
