"""The shell of inspection: the only module of it that opens files.

One file in, one `Inspection` out, whatever the file is: a folder of thousands never stops at a broken one.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from myself_i2i.errors import Error, InputError, LimitError
from myself_i2i.image.container import read_container
from myself_i2i.image.decoding import decode
from myself_i2i.image.interface import LIMITS, Container
from myself_i2i.image.stealth import read_stealth
from myself_i2i.image.stealth_probe import may_hide_text
from myself_i2i.inspection.combine import inspect_material
from myself_i2i.inspection.interface import Material
from myself_i2i.inspection.report import Inspection
from myself_i2i.wording import Text

__all__ = [
    "MANIFEST_FAILED",
    "ManifestReader",
    "inspect_bytes",
    "inspect_container",
    "inspect_file",
    "read_bounded",
]

T = TypeVar("T")

MANIFEST_UNREAD = Text(
    en="a C2PA manifest is in the file but was not read",
    ja="ファイルにC2PAマニフェストがありますが、読み取っていません",
)
MANIFEST_FAILED = Text(
    en="the C2PA manifest could not be read: {reason}", ja="C2PAマニフェストを読み取れませんでした: {reason}"
)

ManifestReader = Callable[[bytes, str], Mapping[str, Any] | None]
"""Given a file's bytes and media type, returns what the C2PA reader reports, or None when there is no manifest."""


def inspect_file(
    path: str | os.PathLike[str], *, name: str | None = None, manifest_reader: ManifestReader | None = None
) -> Inspection:
    """Return what the file at `path` records; a file that cannot be read gives an `Inspection` with `error` set.

    Args:
        path: The file. At most `LIMITS.file` bytes of it are read.
        name: How the answer names the file; `path` itself when left out.
        manifest_reader: Reads C2PA manifests; without one they are ignored, and the notes say so.
    """
    shown = os.fspath(path) if name is None else name
    try:
        data = read_bounded(path)
    except Error as error:
        return Inspection(file=shown, error=error.message)
    return inspect_bytes(data, name=shown, manifest_reader=manifest_reader)


def inspect_bytes(
    data: bytes, *, name: str = "", manifest_reader: ManifestReader | None = None, strict: bool = False
) -> Inspection:
    """Return what `data`, the bytes of one file, records; never raises unless `strict` (for tests) is set."""
    try:
        container = read_container(data)
    except Error as error:
        return Inspection(file=name, error=error.message)
    manifest, notes = _manifest(data, container, manifest_reader)
    inspection = inspect_container(data, container, manifest=manifest, strict=strict)
    return replace(inspection, file=name, notes=(*inspection.notes, *notes))


def inspect_container(
    data: bytes, container: Container, *, manifest: Mapping[str, Any] | None = None, strict: bool = False
) -> Inspection:
    """Return what a file records, for a caller who has read its container and manifest already; `file` is empty.

    `container` MUST be that of `data`, or the same with metadata left out; `data` is decoded only when a reader
    asks for pixels.
    """
    pixels = functools.cache(lambda: _quietly(lambda: decode(data)))
    material = Material(
        container=container,
        load_stealth=lambda: _stealth(data, pixels),
        load_pixels=pixels,
        manifest=manifest,
    )
    return inspect_material(material, strict=strict)


def read_bounded(path: str | os.PathLike[str], *, limit: int = LIMITS.file) -> bytes:
    """Return the bytes of the regular file at `path`; at most `limit` of them are read.

    Raises:
        LimitError: It is larger than that.
        InputError: It cannot be read, or is no regular file (reading a pipe could wait for ever).
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise InputError(_no_file(file))
        with file.open("rb") as stream:
            # Asked for `limit` at once, Python takes that much memory first, for every file.
            size = min(os.fstat(stream.fileno()).st_size, limit)
            data = stream.read(size + 1)
            if len(data) > size:  # it grew just now, or the system does not know its size
                data += stream.read(limit - size)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = Text(en="cannot read {file}: {reason}", ja="{file} を読めません: {reason}")
        raise InputError(message.format(file=file, reason=reason)) from error
    if len(data) > limit:
        message = Text(
            en="{file} is larger than {limit} MiB, the most read of one file",
            ja="{file} は大きすぎます。読み込めるのは 1 ファイル {limit} MiB までです",
        )
        raise LimitError(message.format(file=file, limit=limit // 2**20))
    return data


def _no_file(file: Path) -> Text:
    if file.exists():
        return Text(en="{file} is not a regular file", ja="{file} は通常のファイルではありません").format(
            file=file
        )
    return Text(en="there is no file {file}", ja="{file} というファイルはありません").format(file=file)


def _manifest(
    data: bytes, container: Container, reader: ManifestReader | None
) -> tuple[Mapping[str, Any] | None, tuple[Text, ...]]:
    if not container.manifest_possible(data):
        return None, ()
    if reader is None:
        unread = container.manifest_store is not None
        return None, (MANIFEST_UNREAD,) if unread else ()
    try:
        return reader(data, container.format.mime), ()
    except Error as error:
        return None, (MANIFEST_FAILED.format(reason=error.message),)


def _stealth(data: bytes, pixels: Callable[[], Any]) -> str | None:
    # Most files hide nothing, and decoding costs more than all the rest: look at the first rows alone before.
    if not _quietly(lambda: may_hide_text(data)):
        return None
    image = pixels()
    return None if image is None else read_stealth(image)


def _quietly(load: Callable[[], T]) -> T | None:
    # Pixels that cannot be decoded are a fact about the file, told by the container's notes; readers see None.
    try:
        return load()
    except Error:
        return None
