"""What a host noted, held until the recorder's thread has read it.

A file is opened at once and read later: whether the host deletes it or puts another in its place meanwhile, the bytes read are
those that it named. (Not on Windows, where an open file could not be deleted by its host.)
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from myself_i2i.errors import InputError
from myself_i2i.image import LIMITS
from myself_i2i.recording.digests import Digests, file_digests
from myself_i2i.recording.interface import Facts, Origin
from myself_i2i.recording.pixels import Copied
from myself_i2i.wording import Text

__all__ = ["NotedFile", "NotedInput", "NotedOutput", "remembered"]

_PIECE = 2**20


class NotedFile:
    """One file, opened when it was noted."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._descriptor: int | None = None
        if os.name == "posix":
            try:
                # Non-blocking: a pipe in the place of a picture must not make the host wait for ever.
                self._descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except (OSError, ValueError):
                self._descriptor = None  # told when it is read

    def digests(self, cache: dict[str, Digests], *, looks: bool = False) -> Digests:
        """Return the file's digests, those of its picture from `cache` where its bytes are known; closes the file.

        Raises OSError when it cannot be read, InputError when it is no regular file. A file larger than is ever read
        whole has its sha256 only.
        """
        try:
            file = self._open()
        except ValueError as error:
            raise OSError(None, str(error)) from error
        with file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError(
                    Text(
                        en="{path} is not a regular file", ja="{path} は通常のファイルではありません"
                    ).format(path=self.path)
                )
            data = file.read(LIMITS.file + 1)
            sha256 = hashlib.sha256(data)
            if len(data) > LIMITS.file:
                while piece := file.read(_PIECE):
                    sha256.update(piece)
                return Digests(sha256=sha256.hexdigest())
        return remembered(data, sha256.hexdigest(), cache, looks=looks)

    def close(self) -> None:
        """Let go of the file without reading it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> BinaryIO:
        descriptor, self._descriptor = self._descriptor, None
        return self.path.open("rb") if descriptor is None else os.fdopen(descriptor, "rb")


CACHE_ENTRIES = 256


def remembered(data: bytes, sha256: str, cache: dict[str, Digests], *, looks: bool = False) -> Digests:
    """Return the digests of a file's bytes; the costly ones are taken from `cache` for bytes seen before.

    `looks` MUST be the same for all that share a cache.
    """
    if sha256 not in cache:
        while len(cache) >= CACHE_ENTRIES:
            del cache[next(iter(cache))]
        cache[sha256] = file_digests(data, looks=looks)
    return cache[sha256]


@dataclass(slots=True)
class NotedInput:
    """One `Run.input`. Written by the host's thread, then by the recorder's; `digests` is set once, by the latter."""

    role: str
    """One of `predicates.generation.ROLES`."""
    name: str | None
    """Its name for people: never a path."""
    origin: Origin
    """How it came in."""
    file: NotedFile | None = None
    """The file, or None."""
    data: bytes | None = None
    """A file's bytes, or None."""
    copied: tuple[Copied, ...] = ()
    """Pixels, or none."""
    digests: tuple[Digests, ...] | None = None
    """What it is known by, one item for each picture; None until it has been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedOutput:
    """One `Run.output`: the file, and the run as it stood then."""

    file: NotedFile
    """The finished file."""
    copied: tuple[Copied, ...]
    """The pixels it was saved from, where the host gave them."""
    facts: Facts
    """What was told by then."""
    inputs: tuple[NotedInput, ...] = field(repr=False)
    """What had gone in by then."""
    at: datetime
    """When it was noted."""
