"""What the tests of the service share."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from myself_i2i.fingerprint import ISCC, PDQ64, Fingerprint
from myself_i2i.fingerprint.iscc import iscc_unit
from myself_i2i.registry.api.bindings import ISCC_NAME, PDQ64_NAME
from myself_i2i.registry.facts import Published
from myself_i2i.registry.service import Registry
from tests.registry.api.client import Client
from tests.registry.support import PublishedPicture

__all__ = ["PLENTY", "Served", "contents", "values"]

PLENTY = 10**9
"""Requests a minute that no test reaches."""


@dataclass(frozen=True)
class Served:
    """A registry behind its service."""

    folder: Path
    registry: Registry
    client: Client
    picture: PublishedPicture
    published: Published

    @property
    def manifest_id(self) -> str:
        """The published mark's manifest id."""
        return self.picture.says.manifest.id


def values(picture: PublishedPicture) -> dict[str, str]:
    """The soft bindings of a picture's mark, as a client asks for them."""
    said = picture.says.fingerprints
    code = Fingerprint.from_text(PDQ64, said[PDQ64]).value
    unit = iscc_unit(Fingerprint.from_text(ISCC, said[ISCC]))
    return {PDQ64_NAME: base64.b64encode(code).decode(), ISCC_NAME: base64.b64encode(unit).decode()}


def contents(folder: Path) -> dict[str, str]:
    """Everything below a folder as digests: files by their bytes, databases by what they hold."""
    return {
        str(path.relative_to(folder)): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def _digest(path: Path) -> str:
    if path.suffix != ".sqlite":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()
