from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.tlog import Frontier, leaf_hash
from tests.tlog.trees import defined_root, entries

DATA = entries(70)
LEAVES = [leaf_hash(entry) for entry in DATA]


class TestFrontier:
    @pytest.mark.parametrize("size", range(70))
    def test_has_the_root_of_the_tree(self, size: int) -> None:
        """A tree grown leaf by leaf has the root by definition."""
        assert defined_root(DATA[:size]) == Frontier().grown(LEAVES[:size]).root

    @given(st.integers(0, 70), st.integers(0, 70))
    def test_grows_in_any_steps(self, one: int, two: int) -> None:
        """Growing in two steps is growing in one."""
        old, new = sorted((one, two))
        assert Frontier().grown(LEAVES[:new]) == Frontier().grown(LEAVES[:old]).grown(LEAVES[old:new])

    @given(st.integers(0, 70))
    def test_what_is_written_is_read_back(self, size: int) -> None:
        """An edge comes back as it was."""
        edge = Frontier().grown(LEAVES[:size])
        assert edge == Frontier.from_bytes(edge.size, edge.to_bytes())

    @pytest.mark.parametrize(
        ("size", "data"), [(1, b""), (0, bytes(32)), (2, bytes(31)), (3, bytes(32)), (-1, b"")]
    )
    def test_refuses_an_edge_of_another_size(self, size: int, data: bytes) -> None:
        """Hashes that do not fit the size are refused."""
        with pytest.raises(InputError, match="another edge"):
            Frontier.from_bytes(size, data)
