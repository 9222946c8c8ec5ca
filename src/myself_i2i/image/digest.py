"""One digest over only what decides a picture's pixels: `imageData/v1` (spec/image-data-digest.md).

It stays the same when metadata is added, edited or removed, and changes with any change of the coded picture. It is
no fingerprint: the same picture saved again, even losslessly, has another one.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.image import jpeg, png, webp
from myself_i2i.image.container import sniff
from myself_i2i.image.heif_parts import Part, heif_parts
from myself_i2i.image.interface import Format
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = ["ALGORITHM", "image_data_digest", "require_same_picture", "too_broken"]

ALGORITHM = "imageData/v1"
"""The name of this digest where one is written down (spec/image-data-digest.md)."""


def image_data_digest(data: bytes) -> str:
    """Return the `imageData/v1` digest of a picture file as 64 lower-case hex digits.

    Two files with the same digest hold the same coded picture, byte for byte; their metadata may differ. Raises
    `InputError` when the bytes are no picture of the four formats or hold no coded picture, `LimitError` past
    `LIMITS`. Costs one SHA-256 over the coded picture and copies none of it.
    """
    form = sniff(data)
    digest = hashlib.sha256(f"{ALGORITHM}\n{form.value}\n".encode())
    view = memoryview(data)
    coded = 0
    for part in _PARTS[form](data):
        digest.update(b"%s %d\n%s" % (part.label, part.length, part.inline))
        for start, end in part.ranges:
            digest.update(view[start:end])
            coded += end - start if part.label in _CODED else 0
    if not coded:
        raise InputError(
            Text(en="the file holds no coded picture", ja="ファイルに画像のデータが入っていません"),
            hint=Text(
                en="the file may be cut off: get it again",
                ja="途中で切れている可能性があります。入手し直してください",
            ),
        )
    return digest.hexdigest()


def require_same_picture(before: bytes, after: bytes) -> None:
    """Make sure that two files have the same `imageData/v1` parts, byte for byte, without hashing them.

    The last step of every change to a file: raises `InputError` when a broken file could not be changed without its
    picture being read otherwise afterwards (offsets that pointed into the metadata, a header that was missing).
    """
    for old, new in itertools.zip_longest(_PARTS[sniff(before)](before), _PARTS[sniff(after)](after)):
        same = (
            old and new and old.label == new.label and old.inline == new.inline and old.length == new.length
        )
        if not same or not _same_bytes(before, after, old.ranges, new.ranges):
            raise too_broken()


def too_broken() -> InputError:
    """Return the error for a file that cannot be changed safely."""
    return InputError(
        Text(
            en="the file is too broken to be changed without changing its picture",
            ja="ファイルが壊れているため、画像を変えずに書き換えることができません",
        ),
        hint=Text(en="open it and save it again first", ja="一度開いて保存し直してください"),
    )


def _same_bytes(
    before: bytes, after: bytes, old: tuple[tuple[int, int], ...], new: tuple[tuple[int, int], ...]
) -> bool:
    # Slices of bytes are compared by memcmp; memory views, byte by byte, take forty times as long.
    return len(old) == len(new) and all(
        before[first:last] == after[start:end] for (first, last), (start, end) in zip(old, new, strict=True)
    )


_CODED = frozenset({b"IDAT", b"scan", b"VP8", b"VP8L", b"ANMF", b"data", b"sample"})


_PNG_KINDS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT"})
_WEBP_KINDS = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})


def _png_parts(data: bytes) -> Iterator[Part]:
    """IDAT may be cut into chunks anywhere without changing the picture: all of it is one part."""
    found = png.chunks(data)
    joined = tuple((chunk.body, chunk.end) for chunk in found if chunk.kind == b"IDAT")
    done = False
    for chunk in found:
        if chunk.kind == b"IEND":
            return
        if chunk.kind in _PNG_KINDS:
            yield Part(chunk.kind, ((chunk.body, chunk.end),))
        elif chunk.kind == b"IDAT" and not done:
            done = True
            yield Part(b"IDAT", joined)


def _jpeg_parts(data: bytes) -> Iterator[Part]:
    found = jpeg.segments(data)[0]
    yield Part(b"colour", (), _colour_model(data, found))
    for segment in found:
        if segment.marker == jpeg.SCAN:
            yield Part(b"scan", ((segment.start, segment.end),))
        elif not jpeg.is_app(segment.marker) and segment.marker != jpeg.COM:
            yield Part(b"%02X" % segment.marker, ((segment.body, segment.end),))


def _colour_model(data: bytes, found: list[jpeg.Segment]) -> bytes:
    """Return which colours the components stand for, decided as libjpeg does (`default_decompress_parms`).

    APP0 and APP14 take part in that decision, so leaving them out whole would let someone turn a picture's colours
    without changing its digest; hashing them whole would change the digest when a JFIF header is added.
    """
    identifiers, jfif, adobe = b"", False, -1
    for marker, _, body, end in found:
        if marker == jpeg.SOS:
            break
        if marker in jpeg.SOF and not identifiers:
            identifiers = data[body + 6 : end : 3]
        jfif = jfif or (marker == jpeg.APP0 and data.startswith(b"JFIF\0", body))
        if marker == jpeg.APP14 and data.startswith(b"Adobe", body) and end - body >= 12:  # noqa: PLR2004 - up to the transform
            adobe = data[body + 11]
    if len(identifiers) == 3:  # noqa: PLR2004 - three components
        if jfif:
            return b"YCbCr"
        if adobe >= 0:
            return b"RGB" if adobe == 0 else b"YCbCr"
        return b"RGB" if identifiers == b"RGB" else b"YCbCr"
    if len(identifiers) == 4:  # noqa: PLR2004 - four components
        return b"YCCK" if adobe == 2 else b"CMYK"  # noqa: PLR2004 - Adobe's number for YCCK
    return b"as stored"


def _webp_parts(data: bytes) -> Iterator[Part]:
    found = webp.chunks(data)
    moving = any(chunk.kind == b"ANMF" for chunk in found)
    for chunk in found:
        if chunk.kind == b"VP8X" and moving:
            # The canvas decides where frames lie; the flags beside it only list what metadata there is.
            yield Part(b"canvas", ((min(chunk.body + 4, chunk.end), min(chunk.body + 10, chunk.end)),))
        elif chunk.kind in _WEBP_KINDS:
            yield Part(chunk.kind.rstrip(), ((chunk.body, chunk.end),))


_PARTS: dict[Format, Callable[[bytes], Iterator[Part]]] = {
    Format.PNG: _png_parts,
    Format.JPEG: _jpeg_parts,
    Format.WEBP: _webp_parts,
    Format.AVIF: heif_parts,
}
