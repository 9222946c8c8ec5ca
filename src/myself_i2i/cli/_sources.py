"""The person's own pictures as an index: files in a folder, and sources declared in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from myself_i2i.attestation import SHA256, Statement, Subject
from myself_i2i.c2pa.native import read
from myself_i2i.c2pa.trust import NO_TRUST
from myself_i2i.errors import Error
from myself_i2i.image import decode, pixel_hashes, read_container
from myself_i2i.inspection.files import read_bounded
from myself_i2i.inspection.matching import PIXELS_MD5, PIXELS_SHA256_8, SourceIndex
from myself_i2i.ledger import Ledger
from myself_i2i.predicates.source import Source
from myself_i2i.recording.digests import PIXELS_SHA256, subject_of

__all__ = ["Library", "subject_of"]

LEDGER = "ledger"


@dataclass(slots=True)
class Library:
    """Look-up from what metadata says of an input to a file or declared source that the person has."""

    index: SourceIndex = field(default_factory=SourceIndex)
    """What `match_inputs` looks in; names are paths, or "ledger/<sha256>/<name>" for declared sources."""
    _digests: dict[str, str] = field(default_factory=dict)
    """Name in the index -> sha256 of the file."""

    def sha256_of(self, name: str) -> str:
        """Return the sha256 of the file that the index calls `name`."""
        return self._digests[name]

    def files(self) -> dict[str, Path]:
        """Return where the files of the person's are, by their sha256; declared sources are known by digest only."""
        return {
            sha256: Path(name) for name, sha256 in self._digests.items() if not name.startswith(f"{LEDGER}/")
        }

    @staticmethod
    def shown(name: str) -> str:
        """Return how a person is told of the file that the index calls `name`."""
        return name.split("/", 2)[2] if name.startswith(f"{LEDGER}/") else name

    def add_ledger(self, ledger: Ledger) -> None:
        """Add every source declared in the ledger."""
        for entry in ledger.by_predicate_type(Source.PREDICATE_TYPE):
            for subject in Statement.parse(entry.envelope.payload).subjects:
                if SHA256 in subject.digest:
                    self._add_subject(subject)

    def _add_subject(self, subject: Subject) -> None:
        digest = subject.digest[SHA256]
        pixels: dict[str, list[str]] = {PIXELS_MD5: [], PIXELS_SHA256_8: []}
        for name, value in subject.digest.items():
            if name.startswith(f"{PIXELS_MD5}/"):
                pixels[PIXELS_MD5].append(value)
            elif name.startswith(f"{PIXELS_SHA256}/"):
                pixels[PIXELS_SHA256_8].append(value)
        self._put(f"{LEDGER}/{digest}/{subject.name}", digest, pixels)

    def add_files(self, paths: Iterable[Path]) -> list[Path]:
        """Add files of the person's, decoded pixels and C2PA names included; return those that could not be read."""
        left_out = []
        for path in paths:
            try:
                data = read_bounded(path)
                hashes = pixel_hashes(decode(data))
                urn = _urn(data)
            except Error:
                left_out.append(path)
                continue
            pixels: dict[str, Sequence[str]] = {PIXELS_MD5: hashes.md5, PIXELS_SHA256_8: hashes.sha256}
            self._put(str(path), hashlib.sha256(data).hexdigest(), pixels, urn)
        return left_out

    def _put(
        self, name: str, sha256: str, pixels: Mapping[str, Sequence[str]], urn: str | None = None
    ) -> None:
        self._digests[name] = sha256
        self.index.add(name, sha256, dict(pixels), urn)


def _urn(data: bytes) -> str | None:
    """The name of the file's own C2PA manifest, by which others link it as their input."""
    container = read_container(data)
    if container.manifest_store is None:
        return None
    try:
        reading = read(data, container.format.mime, trust=NO_TRUST)
    except Error:
        return None  # a manifest that cannot be read links to nothing
    return None if reading is None else reading.label
