"""Lay one picture over another as well as a similarity transform can: for the drawings, never for the answers.

The search is the same for every pair and nobody can steer it: all shifts, `SCALES`, `TURNS` (degrees), mirrored and not.
Coarse at `COARSE` pixels, then finer around the best place at `FINE` pixels. A good fit is always found somewhere, also
between pictures that have nothing to do with each other; how good by chance is measured (measured/agreement.json).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from myself_i2i.comparison.structure import Field, Float, field, fit_within
from myself_i2i.fingerprint.interface import Bytes

__all__ = ["SCALES", "TURNS", "Alignment", "Pose", "align"]

COARSE: Final = 48
FINE: Final = 96
SCALES: Final = tuple(2 ** (step / 4) for step in range(-4, 5))
TURNS: Final = (-12.0, -6.0, 0.0, 6.0, 12.0)
AS_IT_IS: Final = 1.15
"""By so much another pose must fit better than theirs as it is: most related pictures were not moved."""
LEAST_SHARED: Final = 0.5
"""Of the picture with less structure in sight, how much must lie over the other."""
LEAST_STRUCTURE: Final = 1.0
"""Below this sum of squared edges a picture is flat."""
ROUNDS: Final = (0.5, 0.25)
"""By which part of a coarse step the finer rounds move."""

Matrix = NDArray[np.float64]
"""2 x 3: from places in THEIRS to places in MINE, each in fractions of its own picture's longer side, y down."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One way to lay theirs over mine, the shift aside."""

    scale: float
    """Theirs' longer side in mine's."""
    turn: float
    """Degrees clockwise."""
    mirrored: bool
    """Left to right, before it is turned."""


UNMOVED: Final = Pose(1.0, 0.0, mirrored=False)


@dataclass(frozen=True)
class Alignment:
    """Where THEIRS lies over MINE."""

    matrix: Matrix
    """Theirs to mine, in fractions of each picture's longer side."""
    by_parts: bool = False
    """Found by matching parts; otherwise by the search over the whole picture."""
    score: float = 0.0
    """How well edges agree where the two lie over each other, -1..1; 0 when found by parts."""

    @cached_property
    def mirrored(self) -> bool:
        """Whether theirs is turned over, as in a mirror."""
        return bool(np.linalg.det(self.matrix[:, :2]) < 0)

    @cached_property
    def scale(self) -> float:
        """How large theirs is, its longer side measured in mine's."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))

    @cached_property
    def turn(self) -> float:
        """By how many degrees theirs is turned clockwise, -180..180, after mirroring left to right."""
        a, c = self.matrix[0, 0], self.matrix[1, 0]
        return math.degrees(math.atan2(-c, -a) if self.mirrored else math.atan2(c, a))

    @cached_property
    def inverse(self) -> Matrix:
        """Mine to theirs."""
        return _invert(self.matrix)

    def onto_theirs(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where places in mine, shape (n, 2) of x and y, lie in theirs."""
        moved: NDArray[np.float64] = points @ self.inverse[:, :2].T + self.inverse[:, 2]
        return moved

    def lay(self, theirs: Bytes, shape: tuple[int, int]) -> tuple[Bytes, NDArray[np.bool_]]:
        """Return theirs laid over a picture of `shape` (mine's, height and width), and where it covers it."""
        to_theirs = self.inverse * np.array([[1, 1, max(shape)]]) * (max(theirs.shape[:2]) / max(shape))
        return _warp(theirs, to_theirs, shape)


def align(mine: Bytes, theirs: Bytes, *, around: Pose | None = None) -> Alignment | None:
    """Return the best place for `theirs` over `mine` (both grey, any size), or None when one of them is flat.

    With `around` only poses near it are tried.
    """
    pose = around
    if pose is None:
        found = _Search(mine, theirs, COARSE).best(_poses())
        if found is None:
            return None
        _, pose = found
    search = _Search(mine, theirs, FINE)
    best = None
    for step in ROUNDS:
        finer = search.best(_around(pose, step))
        if finer is None:
            return None
        best, pose = finer
    return best


def _poses() -> Iterator[Pose]:
    for mirrored in (False, True):
        for turn in TURNS:
            for scale in SCALES:
                yield Pose(scale, turn, mirrored)


def _around(pose: Pose, step: float) -> Iterator[Pose]:
    turn, scale = (TURNS[1] - TURNS[0]) * step, (SCALES[1] / SCALES[0]) ** step
    for turns in (0, -1, 1):
        for scales in (0, -1, 1):
            yield Pose(pose.scale * scale**scales, pose.turn + turns * turn, pose.mirrored)


@dataclass(frozen=True, slots=True)
class _Still:
    """Mine in the middle of one room, transformed."""

    edges: NDArray[np.complexfloating]
    energy: NDArray[np.complexfloating]
    cover: NDArray[np.complexfloating]
    total: float


class _Search:
    """All shifts at once, by the Fourier transform, at one size."""

    def __init__(self, mine: Bytes, theirs: Bytes, side: int) -> None:
        self._side = side
        self._mine, self._theirs = fit_within(mine, side), fit_within(theirs, side)
        self._stills: dict[int, _Still] = {}

    def best(self, poses: Iterable[Pose]) -> tuple[Alignment, Pose] | None:
        """Return the best of `poses` with its shift; None when one picture has no structure."""
        found = [one for pose in poses if (one := self._place(pose)) is not None]
        if not found:
            return None
        _, alignment, pose = max(found, key=lambda one: one[0])
        return alignment, pose

    def _still(self, room: int) -> _Still:
        if room not in self._stills:
            edges, cover = _centred(self._mine, room, np.eye(2))
            energy = np.abs(edges) ** 2
            self._stills[room] = _Still(
                np.fft.fft2(edges), np.fft.rfft2(energy), np.fft.rfft2(cover), float(energy.sum())
            )
        return self._stills[room]

    def _place(self, pose: Pose) -> tuple[float, Alignment, Pose] | None:
        """Return the best shift of one pose: what it is ranked by, the alignment, the pose."""
        room = _room(self._side, pose.scale)
        still = self._still(room)
        linear = _linear(pose)
        moved, over = _centred(self._theirs, room, np.linalg.inv(linear))
        energy = np.abs(moved) ** 2
        total = float(energy.sum())
        if min(total, still.total) < LEAST_STRUCTURE:
            return None
        edges = np.fft.ifft2(still.edges * np.conj(np.fft.fft2(moved))).real
        ours = np.fft.irfft2(still.energy * np.conj(np.fft.rfft2(over)), s=over.shape)
        others = np.fft.irfft2(still.cover * np.conj(np.fft.rfft2(energy)), s=over.shape)
        shared = np.clip(ours / still.total if still.total < total else others / total, 0, 1)
        score = edges / np.sqrt(np.maximum(ours, 1) * np.maximum(others, 1))
        ranked = np.where(shared >= LEAST_SHARED, score * np.sqrt(shared), -1)
        y, x = np.unravel_index(int(ranked.argmax()), ranked.shape)
        shift = [(int(at) + room // 2) % room - room // 2 for at in (x, y)]
        matrix = _matrix(linear, self._mine, self._theirs, shift, self._side)
        rank = float(ranked[y, x]) * (AS_IT_IS if pose == UNMOVED else 1)
        return rank, Alignment(matrix, score=float(min(score[y, x], 1))), pose


def _room(side: int, scale: float) -> int:
    """Return the side of a square in which no shift wraps around into another; one that the transform likes."""
    return math.ceil(side * (1 + 1.2 * scale) / 16) * 16


def _linear(pose: Pose) -> Matrix:
    """Return the turn, scale and mirroring as a 2 x 2 matrix, theirs to mine."""
    angle = math.radians(pose.turn)
    turned = pose.scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return turned @ np.diag([-1.0, 1.0]) if pose.mirrored else turned


def _matrix(linear: Matrix, mine: Bytes, theirs: Bytes, shift: list[int], side: int) -> Matrix:
    """Return theirs to mine in fractions: about the middles of both, moved by `shift` pixels."""
    middle = [np.array([one.shape[1], one.shape[0]]) / 2 for one in (mine, theirs)]
    offset = middle[0] + shift - linear @ middle[1]
    return np.hstack([linear, offset[:, None] / side])


def _centred(picture: Bytes, room: int, inverse: NDArray[np.floating]) -> tuple[Field, Float]:
    """Return the edges of `picture` in the middle of a square, and which part of the square it covers."""
    middle = np.array([picture.shape[1], picture.shape[0]]) / 2
    to_picture = np.hstack([inverse, (middle - inverse @ np.array([room, room]) / 2)[:, None]])
    _, over = _warp(picture, to_picture, (room, room))
    # Carried on beyond its border, for the border itself must not count as a line.
    carried = np.pad(picture, room, mode="edge")
    moved, _ = _warp(carried, to_picture + np.array([[0, 0, room], [0, 0, room]]), (room, room))
    return np.where(over, field(moved), 0), over.astype(np.float32)


def _warp(picture: Bytes, to_picture: Matrix, shape: tuple[int, int]) -> tuple[Bytes, NDArray[np.bool_]]:
    size = shape[1], shape[0]
    data = tuple(to_picture.ravel().tolist())
    image = Image.fromarray(picture)
    moved = image.transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    whole = Image.new("L", image.size, 255).transform(
        size, Image.Transform.AFFINE, data, Image.Resampling.NEAREST
    )
    return np.asarray(moved), np.asarray(whole) > 0


def _invert(matrix: Matrix) -> Matrix:
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])
