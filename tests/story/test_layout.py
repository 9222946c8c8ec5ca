import time
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.story.layout import Edge, Layout, lay_out

EDGES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda e: e[0] != e[1]), max_size=30
)


def crowded(layout: Layout) -> list[tuple[int, float]]:
    """Places where two pictures of one layer stand closer than one picture's width."""
    rows: defaultdict[int, list[float]] = defaultdict(list)
    for one, layer in layout.layers.items():
        rows[layer].append(layout.columns[one])
    return [
        (layer, right - left)
        for layer, row in rows.items()
        for left, right in zip(sorted(row), sorted(row)[1:], strict=False)
        if right - left < 1 - 1e-6
    ]


class TestLayers:
    @given(edges=EDGES)
    def test_time_flows_down(self, edges: list[Edge]) -> None:
        """Whatever the graph, each picture stands above what it was used for, circles left out, and nothing overlaps."""
        layout = lay_out(0, edges)
        assert 0 == layout.layers[0]
        assert [] == [edge for edge in layout.ways if layout.layers[edge[0]] <= layout.layers[edge[1]]]
        assert [] == crowded(layout)
        assert layout == lay_out(0, edges)

    def test_beside_its_use(self) -> None:
        """A source stands right above the step that uses it, not at the far end of the drawing."""
        chain = [(n + 1, n) for n in range(10)]
        layout = lay_out(0, [*chain, (99, 0)])
        assert (1, 10) == (layout.layers[99], layout.depth)

    def test_circle(self) -> None:
        """An edge that closes a circle is left without a way of its own."""
        layout = lay_out(0, [(1, 0), (2, 1), (0, 2)])
        assert {(1, 0), (2, 1)} == set(layout.ways)

    def test_unreachable(self) -> None:
        """A picture that the result does not come from is not placed."""
        assert {0: 0, 1: 1} == lay_out(0, [(1, 0), (0, 5), (6, 5)]).layers


class TestColumns:
    def test_straight(self) -> None:
        """A chain with a source at every step goes straight down, two columns wide."""
        edges = [edge for n in range(50) for edge in ((n + 1, n), (100 + n, n))]
        layout = lay_out(0, edges)
        assert pytest.approx(layout.columns[0], abs=0.1) == layout.columns[49]
        assert layout.width < 1.6

    def test_uncrossed(self) -> None:
        """Two chains that could be drawn without crossing are."""
        layout = lay_out(0, [(1, 0), (2, 0), (4, 2), (3, 1)])
        left, right = sorted((1, 2), key=lambda one: layout.columns[one])
        above = {1: 3, 2: 4}
        assert layout.columns[above[left]] < layout.columns[above[right]]

    def test_passing(self) -> None:
        """A long way passes beside the pictures between its ends, not through them."""
        layout = lay_out(0, [(1, 0), (2, 1), (3, 2), (3, 0)])
        for column, layer in layout.ways[3, 0]:
            beside = [layout.columns[one] for one, at in layout.layers.items() if at == layer]
            assert all(abs(column - other) > 0.6 for other in beside)

    def test_large(self) -> None:
        """A story at the bound is laid out in a few seconds."""
        edges = [(n, (n - 1) // 3) for n in range(1, 2_000)] + [(n, n - 7) for n in range(8, 2_000, 5)]
        begun = time.perf_counter()
        layout = lay_out(0, edges)
        assert time.perf_counter() - begun < 10
        assert 2_000 == len(layout.columns)
