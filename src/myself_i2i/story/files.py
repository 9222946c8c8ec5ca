"""The files of a story's pictures, found again in the person's folders by digest, never by name."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from myself_i2i.attestation import IMAGE_DATA, SHA256
from myself_i2i.c2pa.labels import MARK
from myself_i2i.errors import Error
from myself_i2i.image import image_data_digest, read_container
from myself_i2i.inspection.files import read_bounded
from myself_i2i.story._pictures import Digest
from myself_i2i.story.report import Kept
from myself_i2i.story.trials import Trial
from myself_i2i.story.values import Picture

__all__ = ["Shelf", "fill_shelf"]


@dataclass(slots=True)
class Shelf:
    """Picture files by their digests."""

    files: dict[Digest, Path] = field(default_factory=dict)
    """The first file found under each digest."""
    marked: set[Digest] = field(default_factory=set)
    """The imageData/v1 digests of files that carry a mark; whether it holds is not checked here."""

    def find(self, picture: Picture) -> Path | None:
        """Return a file of `picture`: one that a record names by sha256 first, else one with the same picture in it."""
        wanted = [
            *((SHA256, value) for value in picture.sha256s),
            *((IMAGE_DATA, value) for value in picture.image_data),
        ]
        return next((self.files[digest] for digest in wanted if digest in self.files), None)

    def kept(self, trials: Sequence[Trial]) -> Kept:
        """Return how many of `trials` are here, as they were made or with other metadata."""
        here = [trial for trial in trials if any(digest in self.files for digest in trial.digests)]
        return Kept(kept=len(here), marked=sum(not self.marked.isdisjoint(trial.digests) for trial in here))


def fill_shelf(
    paths: Iterable[Path], *, names: Collection[str] = (), wanted: Collection[str] | None = None
) -> Shelf:
    """Return the files at `paths` by digest; one that cannot be read is left out.

    Files called as in `names` are read first, and with `wanted`, sha256 digests, reading stops when all are found: a
    story of ten pictures need not read a folder of ten thousand.
    """
    shelf = Shelf()
    waiting = None if wanted is None else set(wanted)
    for path in sorted(paths, key=lambda path: path.name not in names):
        if waiting is not None and not waiting:
            break
        try:
            data = read_bounded(path)
        except Error:
            continue
        sha256 = hashlib.sha256(data).hexdigest()
        shelf.files.setdefault((SHA256, sha256), path)
        if waiting is not None:
            waiting.discard(sha256)
        try:
            picture = (IMAGE_DATA, image_data_digest(data))
            store = read_container(data).manifest_store
        except Error:
            continue
        shelf.files.setdefault(picture, path)
        if store is not None and MARK.encode() in store:
            shelf.marked.add(picture)
    return shelf
