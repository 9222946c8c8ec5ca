"""What the tests of an index's promises share: how an empty one is opened."""

from collections.abc import Callable, Sequence

import pytest

from myself_i2i.search.interface import Index, Kind
from tests.search.codes import KINDS

Open = Callable[[Sequence[Kind]], Index]


class Base:
    """What an implementation says of itself."""

    RUNS = 25
    """How many random lives of an index the stateful test tries; fewer where each call is dear."""

    @pytest.fixture
    def open_index(self) -> Open:
        """Return what opens a new, empty index of the given kinds, as often as it is called."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, open_index: Open) -> Index:
        """Return an empty index of three kinds: plain, short codes, with payload."""
        return open_index(KINDS)
