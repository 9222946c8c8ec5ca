from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from myself_i2i.fingerprint.taking import algorithms
from myself_i2i.indexing.catalogue import FileRow
from myself_i2i.indexing.own_index import OwnIndex
from myself_i2i.indexing.running import Indexed, Outcome, index_files, prune
from myself_i2i.indexing.spreading import here
from tests.indexing.drawn import drawing, saved


@dataclass
class Shelf:
    """A person's folder of pictures and their index."""

    folder: Path
    taken: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """Where the index lies."""
        return self.folder / "index"

    def put(self, name: str, data: bytes | None = None, *, seed: int | None = None) -> Path:
        """Write a file; by default a drawing of its own."""
        path = self.folder / "pictures" / name
        path.parent.mkdir(exist_ok=True)
        number = sum(name.encode()) if seed is None else seed
        path.write_bytes(saved(drawing(number)) if data is None else data)
        return path

    def index(self, *paths: Path, wanted: Sequence[str] = algorithms()) -> dict[str, Outcome]:
        """Index files; what became of each by name, and in `taken` whose fingerprints had to be taken."""
        with OwnIndex.open(self.home, write=True) as own:
            done = list(index_files(own, paths, wanted, lambda items: here(self._noting(items))))
        return outcomes(done)

    def prune(self) -> dict[str, Outcome]:
        """Forget what is gone."""
        with OwnIndex.open(self.home, write=True) as own:
            return outcomes(list(prune(own)))

    def _noting(self, items: Iterable[tuple[FileRow, bytes]]) -> Iterator[tuple[FileRow, bytes]]:
        for row, data in items:
            self.taken.append(row.path.name)
            yield row, data


def outcomes(done: Sequence[Indexed]) -> dict[str, Outcome]:
    return {one.path.name: one.outcome for one in done}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf."""
    return Shelf(tmp_path)
