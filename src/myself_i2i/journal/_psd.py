"""PSD: the merged composite, through Pillow, with everything taken out first that its pixels do not need.

Source: Adobe Photoshop File Formats Specification (2019). Layers and resources, where decoders of PSD have been attacked,
are cut out before Pillow sees the file: header, colour table and composite remain. PSB is not read.
"""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import PsdImagePlugin

from myself_i2i.errors import InputError, LimitError
from myself_i2i.image import LIMITS
from myself_i2i.wording import Text

__all__ = ["picture", "tells"]

SIDE: Final = 4096
"""The longer side above which the composite is made smaller by a whole number."""
_SIGNATURE: Final = b"8BPS\x00\x01"
_HEADER: Final = 26
_PACKED: Final = 64  # PackBits makes at most 128 bytes of 2
_SLACK: Final = 2**16
_RESOURCES: Final = 4_096
_VERSION_INFO: Final = 1057


def tells(head: bytes) -> bool:
    """Return whether a PSD (version 1) begins with `head`."""
    return head.startswith(_SIGNATURE)


def picture(data: bytes) -> bytes:
    """Return the composite as PNG, opaque. Raises `InputError` when there is none, `LimitError` past the bounds."""
    try:
        return _as_png(PsdImagePlugin.PsdImageFile(io.BytesIO(_bare(data))))
    except InputError:
        raise
    except Exception as error:  # Pillow answers broken bytes with a dozen kinds of error
        raise _no_composite() from error


def _bare(data: bytes) -> bytes:
    """Return the file without its resources and layers, its size found to be within the bounds."""
    channels, height, width, depth = struct.unpack_from(">HIIH", data, 12)
    if width * height > LIMITS.pixels:
        raise LimitError(
            Text(
                en="the composite has {n} pixels, wanted at most {most}",
                ja="統合画像が {n} 画素あり、上限 {most} を超えています",
            ).format(n=width * height, most=LIMITS.pixels)
        )
    colours, resources, start = _sections(data)
    pixels = data[start:]
    # A size that the bytes behind it cannot fill is refused before memory is taken for it.
    plausible = width * height * channels * depth // 8 <= _PACKED * len(pixels) + _SLACK
    if not plausible or not _has_composite(resources):
        raise _no_composite()
    return data[:_HEADER] + struct.pack(">I", len(colours)) + colours + bytes(8) + pixels


def _as_png(image: PsdImagePlugin.PsdImageFile) -> bytes:
    # A fourth channel may be a mask as well as transparency: the composite is shown without it, as it is blended.
    shown = image.convert("L" if image.mode in {"L", "1"} else "RGB")
    factor = -(-max(shown.size) // SIDE)
    out = io.BytesIO()
    (shown.reduce(factor) if factor > 1 else shown).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _sections(data: bytes) -> tuple[bytes, bytes, int]:
    """Return colour table, resources, and where the composite begins."""
    place, found = _HEADER, []
    for _ in range(3):
        (size,) = struct.unpack_from(">I", data, place)
        found.append(data[place + 4 : place + 4 + size])
        place += 4 + size
    return found[0], found[1], place


def _has_composite(resources: bytes) -> bool:
    """Return False when the file says that its composite is empty (saved without compatibility)."""
    place = 0
    for _ in range(_RESOURCES):
        if resources[place : place + 4] != b"8BIM":
            break
        (number,) = struct.unpack_from(">H", resources, place + 4)
        name = resources[place + 6] + 1
        place += 6 + name + name % 2
        (size,) = struct.unpack_from(">I", resources, place)
        if number == _VERSION_INFO:
            return resources[place + 8 : place + 9] != b"\0"
        place += 4 + size + size % 2
    return True


def _no_composite() -> InputError:
    return InputError(
        Text(en="the PSD holds no composite that can be read", ja="PSD に、読み取れる統合画像がありません")
    )
