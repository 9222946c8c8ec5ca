"""From a file's bytes to what it says about itself: the format by its magic number, then that format's walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myself_i2i.errors import InputError
from myself_i2i.image import heif, jpeg, png, webp
from myself_i2i.image._findings import Findings, limit_error
from myself_i2i.image.interface import LIMITS, Container, Format
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_container", "sniff"]

_READERS: dict[Format, Callable[[bytes, Findings], None]] = {
    Format.PNG: png.read,
    Format.JPEG: jpeg.read,
    Format.WEBP: webp.read,
    Format.AVIF: heif.read,
}


def sniff(data: bytes) -> Format:
    """Return what the bytes are, by magic number, never by name.

    Raises `InputError` when they are none of the four, `LimitError` when they are more than `LIMITS.file`.
    HEIF brands count as AVIF: the container is the same, only the coding of the picture differs.
    """
    if len(data) > LIMITS.file:
        raise limit_error(Text(en="bytes in the file", ja="ファイルのバイト数"), len(data), LIMITS.file)
    if data.startswith(png.MAGIC):
        return Format.PNG
    if data.startswith(jpeg.MAGIC):
        return Format.JPEG
    if webp.is_webp(data):
        return Format.WEBP
    if heif.is_heif(data):
        return Format.AVIF
    raise InputError(
        Text(
            en=f"not a PNG, JPEG, WebP or AVIF picture: the file begins with {data[:12].hex(' ') or 'nothing'}",
            ja=f"PNG・JPEG・WebP・AVIFの画像ではありません（先頭のバイト: {data[:12].hex(' ') or 'なし'}）",
        ),
        hint=Text(
            en="save the picture as PNG, JPEG, WebP or AVIF first",
            ja="PNG・JPEG・WebP・AVIFのいずれかで保存し直してください",
        ),
    )


def read_container(data: bytes) -> Container:
    """Return everything the file says about itself, without decoding a pixel.

    Broken, cut off and oversized parts never hide the rest: what was readable is there, and `notes` says what was
    not. Raises only `InputError` (none of the four formats) and `LimitError` (past `LIMITS`: nothing is returned).
    """
    form = sniff(data)
    found = Findings()
    _READERS[form](data, found)
    if not found.width or not found.height:
        found.note("the size cannot be read")
    return Container(
        format=form,
        width=found.width,
        height=found.height,
        has_alpha=found.has_alpha,
        lossless=found.lossless,
        texts=tuple(found.texts),
        exif=found.exif,
        xmp=found.xmp,
        comments=tuple(found.comments),
        manifest_store=found.manifest_store,
        notes=tuple(found.notes),
    )
