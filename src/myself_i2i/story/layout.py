"""Where the pictures of a story stand when it is drawn: layers from the result back, few crossings, straight ways.

The steps of Sugiyama, Tagawa and Toda (1981): leave out what leads in a circle, put each picture as many layers above
the result as its longest way there has steps, run long ways through places of their own, order each layer by the mean
place of its neighbours, and then move everything as near to its neighbours as the distances allow. A picture that was
itself made of others holds its place, and a plain source stands beside it: otherwise a source at every step would push a
long chain sideways. Why it is our own: docs/adr/0008-graph-layout.md. Pure, and the same for the same story.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Edge", "Layout", "lay_out"]

Edge = tuple[int, int]
"""From an earlier picture to the one made of it."""

SWEEPS = 8
SETTLING = 12
LONGEST = 24
"""A way over more layers is drawn straight: its places would cost more than they clear up."""
PLACE = 0.35
"""How much of a picture's width a passing way takes."""
LEAF = 0.001
"""How much a plain source counts against a picture that was made of others, when both want one place."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns and layers, in units of one picture."""

    columns: Mapping[int, float]
    """The middle of each picture, the leftmost at 0."""
    layers: Mapping[int, int]
    """Its layer; the result is in layer 0, sources above it."""
    ways: Mapping[Edge, Sequence[tuple[float, int]]]
    """For each edge the places (column, layer) that it passes between its ends, from the earlier picture on."""

    @property
    def width(self) -> float:
        """From the middle of the leftmost to that of the rightmost."""
        return max(self.columns.values(), default=0.0)

    @property
    def depth(self) -> int:
        """The highest layer."""
        return max(self.layers.values(), default=0)


def lay_out(root: int, edges: Iterable[Edge]) -> Layout:
    """Return the layout of the graph below `root`, the result, whose ways back are `edges`.

    Pictures that `root` does not come from are not placed. An edge that closes a circle keeps its straight way.
    """
    edges = list(dict.fromkeys(edges))
    back: defaultdict[int, list[int]] = defaultdict(list)
    for earlier, later in edges:
        back[later].append(earlier)
    order, circular = _depth_first(root, back)
    layers = _layers(root, order, back, circular)
    grid = _Grid(layers)
    ways: dict[Edge, list[int]] = {}
    for earlier, later in edges:
        if earlier in layers and later in layers and (earlier, later) not in circular:
            ways[earlier, later] = grid.connect(earlier, later)
    columns = grid.settle()
    left = min((columns[picture] for picture in layers), default=0.0)
    return Layout(
        columns={picture: columns[picture] - left for picture in layers},
        layers=layers,
        ways={
            edge: [(columns[place] - left, grid.layer[place]) for place in places]
            for edge, places in ways.items()
        },
    )


def _depth_first(root: int, back: Mapping[int, Sequence[int]]) -> tuple[list[int], set[Edge]]:
    """Return the pictures, each before everything it was made of, and the edges that close a circle."""
    done: list[int] = []
    state = {root: 1}
    circular: set[Edge] = set()
    stack = [(root, iter(back.get(root, ())))]
    while stack:
        later, waiting = stack[-1]
        earlier = next(waiting, None)
        if earlier is None:
            stack.pop()
            state[later] = 2
            done.append(later)
        elif state.get(earlier) == 1:
            circular.add((earlier, later))
        elif earlier not in state:
            state[earlier] = 1
            stack.append((earlier, iter(back.get(earlier, ()))))
    return done[::-1], circular


def _layers(
    root: int, order: Sequence[int], back: Mapping[int, Sequence[int]], circular: set[Edge]
) -> dict[int, int]:
    layers = {root: 0}
    for later in order:
        for earlier in back.get(later, ()):
            if (earlier, later) not in circular:
                layers[earlier] = max(layers.get(earlier, 0), layers[later] + 1)
    return layers


class _Grid:
    """Pictures and passing places in layers, while their order is found. A passing place has a negative number."""

    def __init__(self, layers: Mapping[int, int]) -> None:
        self.layer = dict(layers)
        self._up: defaultdict[int, list[int]] = defaultdict(list)
        self._down: defaultdict[int, list[int]] = defaultdict(list)
        self._rows: list[list[int]] = [[] for _ in range(max(layers.values(), default=0) + 1)]
        for picture, layer in layers.items():
            self._rows[layer].append(picture)

    def connect(self, earlier: int, later: int) -> list[int]:
        """Join the two through a place in every layer between, and return these places."""
        between = range(self.layer[earlier] - 1, self.layer[later], -1)
        places = []
        if len(between) <= LONGEST:
            for layer in between:
                place = -1 - (len(self.layer))
                self.layer[place] = layer
                self._rows[layer].append(place)
                places.append(place)
        chain = [earlier, *places, later]
        for above, below in itertools.pairwise(chain):
            if self.layer[above] - self.layer[below] == 1:
                self._down[above].append(below)
                self._up[below].append(above)
        return places

    def settle(self) -> dict[int, float]:
        """Order each layer, then place it; return the column of everything."""
        place = {one: float(index) for row in self._rows for index, one in enumerate(row)}
        for sweep in range(SWEEPS):
            self._sweep(place, self._down if sweep % 2 == 0 else self._up, upward=sweep % 2 == 0)
        columns = {one: column for row in self._rows for one, column in zip(row, _spaced(row), strict=True)}
        for turn in range(SETTLING):
            rows = self._rows if turn % 2 == 0 else self._rows[::-1]
            for row in rows:
                wanted = [self._wanted(one, columns) for one in row]
                weights = [LEAF if self._leaf(one) else 1.0 for one in row]
                columns.update(zip(row, _nearest(wanted, weights, _spaced(row)), strict=True))
        return columns

    def _leaf(self, one: int) -> bool:
        return not self._up[one]

    def _wanted(self, one: int, columns: Mapping[int, float]) -> float:
        """Return the mean place of what `one` is joined with, plain sources only when there is nothing else."""
        joined = [*self._up[one], *self._down[one]]
        holding = [other for other in joined if not self._leaf(other)] or joined
        return _mean([columns[other] for other in holding], columns[one])

    def _sweep(
        self, place: dict[int, float], neighbours: Mapping[int, Sequence[int]], *, upward: bool
    ) -> None:
        for row in self._rows if upward else self._rows[::-1]:
            row.sort(key=lambda one: _mean([place[n] for n in neighbours.get(one, ())], place[one]))
            place.update((one, float(index)) for index, one in enumerate(row))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _spaced(row: Sequence[int]) -> list[float]:
    """Return columns that keep the members of a layer as close as they may stand."""
    columns, column = [], 0.0
    for index, one in enumerate(row):
        if index:
            column += (_width(row[index - 1]) + _width(one)) / 2
        columns.append(column)
    return columns


def _width(one: int) -> float:
    return 1.0 if one >= 0 else PLACE


def _nearest(wanted: Sequence[float], weights: Sequence[float], spaced: Sequence[float]) -> list[float]:
    """Return the columns nearest to `wanted` (weighted least squares) that keep order and distances of `spaced`.

    With the distances taken off, this is isotonic regression: pool neighbours that would overtake each other.
    """
    pools: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, spaced, strict=True):
        mean, total, count = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            before, weighed, size = pools.pop()
            mean = (before * weighed + mean * total) / (weighed + total)
            total += weighed
            count += size
        pools.append((mean, total, count))
    bases = [mean for mean, _, count in pools for _ in range(count)]
    return [base + offset for base, offset in zip(bases, spaced, strict=True)]
