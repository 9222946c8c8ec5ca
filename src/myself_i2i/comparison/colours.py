"""The one colour scale of the closeness map, and arrays as pictures for a page.

The scale runs from light to dark blue in even steps of Oklab lightness (B. Ottosson, "A perceptual color space for image
processing", 2020): equal steps look equal, in print without colour and to people who see colours otherwise too.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from myself_i2i.comparison.structure import Float
from myself_i2i.fingerprint.interface import Bytes

__all__ = ["GROUND", "MINE", "STEPS", "THEIRS", "as_uri", "painted", "scale"]

GROUND: Final = (0xF4, 0xF2, 0xEC)
"""The neutral ground on which everything is drawn."""
MINE: Final = (0x00, 0x72, 0xB2)
"""Blue, for what is mine (Okabe and Ito's palette)."""
THEIRS: Final = (0xD5, 0x5E, 0x00)
"""Orange, for what is theirs (the same palette)."""
HATCH: Final = 12
HATCHED: Final = (0xC9, 0xC5, 0xBA)
STEPS: Final = 64
LIGHT, DARK = 0.97, 0.48  # lightness at 0 and at 1
HUE, CHROMA = 4.35, 0.13  # radians; a blue that sRGB holds at every lightness used

LINEAR: Final = 0.0031308
"""Below this sRGB is a straight line (IEC 61966-2-1)."""

_TO_LMS: Final = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)
_TO_RGB: Final = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


@cache
def scale() -> Bytes:
    """Return `STEPS` colours, shape (STEPS, 3), from 0 (light) to 1 (dark)."""
    at = np.linspace(0, 1, STEPS)
    chroma = CHROMA * np.sin(np.pi * (0.12 + 0.62 * at))
    lab = np.column_stack([LIGHT + (DARK - LIGHT) * at, chroma * np.cos(HUE), chroma * np.sin(HUE)])
    linear = np.clip((lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T, 0, 1)
    srgb = np.where(linear <= LINEAR, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: Bytes = np.rint(srgb * 255).astype(np.uint8)
    return colours


def painted(values: Float) -> Bytes:
    """Return the colours of `values` (height, width), 0..1; what is NaN is the neutral ground with a hatch."""
    place = np.clip(np.nan_to_num(values) * (STEPS - 1), 0, STEPS - 1).astype(np.intp)
    rows, columns = np.indices(values.shape)
    nothing = np.isnan(values)
    shown: Bytes = scale()[place]
    shown[nothing] = GROUND
    shown[nothing & ((rows + columns) % HATCH < 2)] = HATCHED  # noqa: PLR2004 - two pixels wide
    return shown


def as_uri(picture: Bytes | NDArray[np.uint8], *, lines: bool = False) -> str:
    """Return the picture (height, width, 3) as a data: URI: WebP for photos, a PNG of few colours for `lines`."""
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture))
    if lines:
        image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    else:
        image.save(out, "WEBP", quality=80)
    kind = "png" if lines else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(out.getvalue()).decode()}"
