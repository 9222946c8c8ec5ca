import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from myself_i2i.search.embedded import EmbeddedIndex
from tests.search.contract import Contract, Open


class TestEmbedded(Contract):
    @pytest.fixture
    def open_index(self, tmp_path: Path) -> Iterator[Open]:
        """Return what opens an empty index in a folder of its own."""
        with ExitStack() as stack:
            numbers = itertools.count()
            yield lambda kinds: stack.enter_context(EmbeddedIndex.open(tmp_path / str(next(numbers)), kinds))


class TestSmallTail(Contract):
    """The same with segments made and merged all the time."""

    @pytest.fixture
    def open_index(self, tmp_path: Path) -> Iterator[Open]:
        """Return what opens an empty index that folds after a few records."""
        with ExitStack() as stack:
            numbers = itertools.count()
            yield lambda kinds: stack.enter_context(
                EmbeddedIndex.open(tmp_path / str(next(numbers)), kinds, tail=3)
            )
