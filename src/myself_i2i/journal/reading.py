"""What is in a work-in-progress file: what kind it is, and the picture in it where that can be had safely.

Paint programs keep a picture of the whole work inside their files: PSD as the merged composite, CLIP in its database,
KRA and ORA as `mergedimage.png`. What that is not, or not safe to read, is noted by digest alone. Every bound is checked
before memory is taken.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.taking import take
from myself_i2i.image import LIMITS
from myself_i2i.journal import _clip, _psd, _zipped
from myself_i2i.journal.sealing import WorkFile
from myself_i2i.wording import Text

__all__ = ["SUFFIXES", "kind_of", "picture_in", "read_work_file"]

PICTURES: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
READERS: Final = {
    "psd": _psd.picture,
    "clip": _clip.picture,
    "kra": _zipped.picture,
    "ora": _zipped.picture,
}
OPAQUE: Final = frozenset({"psb", "procreate", "sai", "sai2"})
"""Kinds told by their name only, and never looked into."""
SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", *(f".{kind}" for kind in (*READERS, *OPAQUE))})
"""Names that are taken for work in progress, in lower case."""
OTHER: Final = "other"

_PIECE: Final = 2**20
_HEAD: Final = 128


def kind_of(head: bytes, name: str) -> str:
    """Return what kind of file begins with `head`: by its bytes, and only where those do not tell, by its name."""
    for magic, kind in PICTURES.items():
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    for kind, tells in (("psd", _psd.tells), ("clip", _clip.tells)):
        if tells(head):
            return kind
    suffix = Path(name).suffix.lower().removeprefix(".")
    return _zipped.kind(head) or (suffix if suffix in OPAQUE else OTHER)


def picture_in(data: bytes, kind: str) -> bytes | None:
    """Return the picture of a work file as PNG, JPEG or WebP; None for kinds that are not looked into.

    Raises `InputError` when there is none or it is damaged, `LimitError` past the bounds.
    """
    if kind in {*PICTURES.values(), "webp"}:
        return data
    reader = READERS.get(kind)
    return reader(data) if reader else None


def read_work_file(path: Path, *, limit: int = LIMITS.file) -> WorkFile | None:
    """Return the file at `path`, or None when it changed while it was read: then it is still being written.

    A picture that cannot be read leaves the fingerprints out. A file larger than `limit` is noted by its digest alone.
    Raises `InputError` when it cannot be read or is no regular file.
    """
    try:
        # Not blocking: a pipe in the place of a picture must not make the watcher wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise InputError(
                    Text(
                        en="{path} is not a regular file", ja="{path} は通常のファイルではありません"
                    ).format(path=path)
                )
            data, sha256, size = _digested(file, limit)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise InputError(
            Text(en="cannot read {path}: {why}", ja="{path} を読めません: {why}").format(
                path=path, why=error.strerror or type(error).__name__
            )
        ) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        return None
    kind = kind_of(data[:_HEAD], path.name)
    looks = _looks(data, kind) if size <= limit else ()
    return WorkFile(
        path=str(path),
        size=size,
        modified=after.st_mtime_ns,
        sha256=sha256,
        kind=kind,
        fingerprints=looks,
    )


def _looks(data: bytes, kind: str) -> tuple[Fingerprint, ...]:
    # Damaged, too large, or a fault of ours: the file still exists, and no look is worth losing that entry for.
    with suppress(Exception):
        picture = picture_in(data, kind)
        if picture is not None:
            return tuple(sorted(take(picture)[0], key=lambda one: one.algorithm))
    return ()


def _digested(file: BinaryIO, limit: int) -> tuple[bytes, str, int]:
    """Return the first `limit` bytes, the digest of all, and how many there are."""
    data = file.read(min(os.fstat(file.fileno()).st_size, limit))
    sha256, size = hashlib.sha256(data), len(data)
    while piece := file.read(_PIECE):
        sha256.update(piece)
        size += len(piece)
    return data, sha256.hexdigest(), size
