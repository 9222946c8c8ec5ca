"""The ISCC image code: the content code for still pictures of the International Standard Content Code.

ISO 24138:2024; the same bits as `gen_image_code_v0` of iscc-core, and its picture preparation in iscc-sdk. It is what a
C2PA soft binding of the algorithm `io.iscc.v0` carries (IEP-0020: the bytes of `iscc_unit`, 256 bits).
"""

from __future__ import annotations

import base64
from math import cos, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Resampling, fromarray

from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import ISCC, Bytes, Fingerprint
from myself_i2i.wording import Text

__all__ = ["iscc", "iscc_text", "iscc_unit"]

PREFIX: Final = "ISCC:"
SIDE: Final = 32
BLOCK: Final = 8
BLOCK_BITS: Final = BLOCK * BLOCK
LENGTHS: Final = (64, 128, 192, 256)
CONTENT_IMAGE: Final = 0x21
"""Main type "content" (2) and sub type "image" (1), a nibble each: ISO 24138, the header of a unit."""
LENGTH_STEP: Final = 32
"""The header counts the length in these bits, from 0 for the first; the nibble before it is the version, 0."""


def iscc(picture: Bytes, *, bits: int = 256) -> Fingerprint:
    """Return the code of a picture, grey (height, width) or sRGB (height, width, 3), of 64, 128, 192 or 256 bits.

    Prepared as iscc-sdk does: a border of the colour of the first pixel is cut off, grey, 32 x 32 by Pillow's bicubic
    filter. The picture must be upright and over white, as `read_colour` gives it; for the bits that others get, read
    it in full. Its `quality` is always 100: the standard measures none. Raises `UsageError` for another length.
    """
    if bits not in LENGTHS:
        raise UsageError(
            Text(
                en="an ISCC image code has 64, 128, 192 or 256 bits, not {bits}",
                ja="ISCCの画像コードは64・128・192・256ビットのいずれかです（指定: {bits}）",
            ).format(bits=bits)
        )
    return Fingerprint(ISCC, _code(_prepared(picture))[: bits // 8])


def iscc_unit(fingerprint: Fingerprint) -> bytes:
    """Return the code with its header, as bytes: one ISCC-UNIT of a soft binding `io.iscc.v0`."""
    return bytes([CONTENT_IMAGE, len(fingerprint.value) * 8 // LENGTH_STEP - 1]) + fingerprint.value


def iscc_text(fingerprint: Fingerprint) -> str:
    """Return the code as people write it, "ISCC:EED4G…": the unit in base32 without padding."""
    return PREFIX + base64.b32encode(iscc_unit(fingerprint)).decode().rstrip("=")


def _prepared(picture: Bytes) -> Bytes:
    """Return 32 x 32 grey samples."""
    image = fromarray(_without_border(picture))
    return np.asarray(image.convert("L").resize((SIDE, SIDE), Resampling.BICUBIC))


def _without_border(picture: Bytes) -> Bytes:
    differs = picture != picture[0, 0]
    inked = differs if differs.ndim == 2 else differs.any(axis=2)  # noqa: PLR2004 - grey
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return picture  # all of one colour
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _code(samples: Bytes) -> bytes:
    """Return 32 bytes: four blocks of 8 x 8 coefficients, a bit for each above the median of its block."""
    transformed = _dct(_dct(samples.astype(np.float64)).T).T
    low = transformed[: 2 * BLOCK, : 2 * BLOCK]
    blocks = low.reshape(2, BLOCK, 2, BLOCK).swapaxes(1, 2).reshape(4, BLOCK_BITS)
    return np.packbits(blocks > np.median(blocks, axis=1, keepdims=True)).tobytes()


def _dct(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine transform of each row, in exactly iscc-core's order of additions: ties decide bits.

    B. G. Lee, "A new algorithm to compute the discrete cosine transform", IEEE ASSP 32(6), 1984.
    """
    length = rows.shape[1]
    if length == 1:
        return rows
    half = length // 2
    first, last = rows[:, :half], rows[:, : half - 1 : -1]
    scale = np.array([cos((index + 0.5) * pi / length) * 2.0 for index in range(half)])
    even, odd = _dct(first + last), _dct((first - last) / scale)
    odd[:, :-1] += odd[:, 1:]
    result = np.empty_like(rows)
    result[:, 0::2], result[:, 1::2] = even, odd
    return result
