import pytest

from myself_i2i.search.exhaustive import ExhaustiveIndex
from tests.search.contract import Contract, Open


class TestExhaustive(Contract):
    @pytest.fixture
    def open_index(self) -> Open:
        """Return what opens an empty index."""
        return ExhaustiveIndex
