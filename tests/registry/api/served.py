"""What the tests of the service share."""

from __future__ import annotations

import base64
import hashlib
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
    """Every file below a folder with its digest, SQLite's scratch files aside."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
