"""Procedural scenes: a map of labels at 256 x 256, where each label knows its parent and how much of a detail it is.

No picture that a person made takes part: everything is drawn from a random generator. A scene is layout only; how it
looks is decided by `styles.py`, several times per scene.
"""

# ruff: noqa: PLR2004 - chances and sizes of a random generator mean something only where they stand

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["SIZE", "Scene", "background", "noise", "scene"]

SIZE = 256
Rng = np.random.Generator
Labels = NDArray[np.int16]
Float = NDArray[np.float32]


@dataclass(slots=True)
class Scene:
    """What lies where."""

    labels: Labels = field(default_factory=lambda: np.zeros((SIZE, SIZE), np.int16))
    """Which label each pixel has; 0 is the ground."""
    parents: list[int] = field(default_factory=lambda: [0])
    """The label that appears where this one is left out."""
    levels: list[int] = field(default_factory=lambda: [0])
    """0 background, 1 object, 2 part or detail."""
    blank: bool = False
    """Nothing behind the objects: a drawing on empty paper."""

    def add(self, parent: int, level: int) -> int:
        """Return a new label."""
        self.parents.append(parent)
        self.levels.append(level)
        return len(self.parents) - 1

    def paint(self, mask: NDArray[np.uint8], level: int, inside: int | None = None) -> int:
        """Give the pixels of `mask` a new label, only within label `inside` if given; return the label."""
        where = mask > 0
        if inside is not None:
            where &= self.labels == inside
        under = self.labels[where]
        parent = inside if inside is not None else int(under[under.size // 2]) if under.size else 0
        label = self.add(parent, level)
        self.labels[where] = label
        return label


def scene(rng: Rng) -> Scene:
    """Return a new scene: a background or none, objects on it, details in them."""
    made = Scene()
    kind = rng.choice(["blank", "scenery", "crowded"], p=[0.25, 0.5, 0.25])
    made.blank = bool(kind == "blank")
    if not made.blank:
        background(made, rng)
    if kind == "crowded":
        _leaves(made, rng)
        return made
    objects = int(rng.choice([1, 2, 3, 4, 6], p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    for _ in range(objects):
        _object(made, rng, alone=objects == 1)
    return made


def noise(rng: Rng, cells: float, octaves: int = 3, size: int = SIZE) -> Float:
    """Return smooth fractal noise of about `cells` bumps per side, mean 0, deviation about 1."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        side = max(2, min(size, round(cells * 2**octave)))
        rough = rng.standard_normal((side + 2, side + 2)).astype(np.float32)
        total += cv2.resize(rough, (size, size), interpolation=cv2.INTER_CUBIC) * 0.55**octave
    return (total - total.mean()) / (total.std() + 1e-6)


def background(made: Scene, rng: Rng) -> None:
    """Paint what lies behind the objects."""
    kind = rng.integers(0, 6)
    if kind == 0:
        _hills(made, rng)
    elif kind == 1:
        _room(made, rng)
    elif kind == 2:
        _cells(made, rng)
    elif kind == 3:
        _islands(made, rng)
    elif kind == 4:
        _bands(made, rng)
    else:
        _houses(made, rng)


def _empty() -> NDArray[np.uint8]:
    return np.zeros((SIZE, SIZE), np.uint8)


def _polygon(points: Float) -> NDArray[np.uint8]:
    return cv2.fillPoly(_empty(), [np.round(points * SIZE).astype(np.int32)], 255)


def _hills(made: Scene, rng: Rng) -> None:
    x = np.linspace(0, 1, 33)
    height = rng.uniform(0.2, 0.6)
    if rng.random() < 0.4:
        centre = (rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.3))
        made.paint(_polygon(_ring(rng, centre, rng.uniform(0.03, 0.12), 0.05)), 2)
    for _ in range(rng.integers(1, 5)):
        rough = _walk(rng, 33)
        y = height + rng.uniform(0.01, 0.12) * rough
        made.paint(
            _polygon(np.concatenate([np.stack([x, y], 1), [[1, 1.1], [0, 1.1]]]).astype(np.float32)), 0
        )
        height += rng.uniform(0.06, 0.25)


def _walk(rng: Rng, points: int) -> Float:
    knots = rng.standard_normal(int(rng.integers(3, 14)))
    smooth = np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(knots)), knots)
    return smooth.astype(np.float32)


def _room(made: Scene, rng: Rng) -> None:
    left, right = np.sort(rng.uniform(0.05, 0.95, 2))
    top, bottom = np.sort(rng.uniform(0.05, 0.9, 2))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    outer = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    for i in range(4):
        j = (i + 1) % 4
        wall = np.array([corners[i], corners[j], outer[j], outer[i]])
        label = made.paint(_polygon(wall), 0)
        for _ in range(rng.integers(0, 3)):
            u, v = np.sort(rng.uniform(0.1, 0.9, (2, 2)), axis=0)
            quad = [(u[0], u[1]), (v[0], u[1]), (v[0], v[1]), (u[0], v[1])]
            points = [
                (wall[0] * (1 - a) + wall[1] * a) * (1 - b) + (wall[3] * (1 - a) + wall[2] * a) * b
                for a, b in quad
            ]
            made.paint(_polygon(np.array(points)), int(rng.integers(1, 3)), label)


def _cells(made: Scene, rng: Rng) -> None:
    count = int(rng.integers(4, 26))
    sites = rng.uniform(0, SIZE, (count, 2))
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    bend = rng.uniform(0, 20)
    x, y = x + bend * noise(rng, 3, 2), y + bend * noise(rng, 3, 2)
    far = (x[..., None] - sites[:, 0]) ** 2 + (y[..., None] - sites[:, 1]) ** 2
    nearest = far.argmin(axis=-1).astype(np.int16)
    for site in range(count):
        made.paint((nearest == site).astype(np.uint8), 0 if site % 3 else 2)


def _islands(made: Scene, rng: Rng) -> None:
    field_ = noise(rng, rng.uniform(1, 4), int(rng.integers(1, 5)))
    for level in np.sort(rng.uniform(-1.5, 1.5, int(rng.integers(1, 5)))):
        made.paint((field_ > level).astype(np.uint8), 0)


def _bands(made: Scene, rng: Rng) -> None:
    angle = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    along = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, 0.05) * noise(rng, 3, 2)
    for cut in np.sort(rng.uniform(-0.2, 1.2, int(rng.integers(1, 8)))):
        made.paint((along > cut).astype(np.uint8), 0)


def _houses(made: Scene, rng: Rng) -> None:
    for _ in range(rng.integers(2, 7)):
        x, y = rng.uniform(-0.1, 0.9), rng.uniform(0.1, 0.7)
        w, h = rng.uniform(0.1, 0.45), rng.uniform(0.2, 0.8)
        label = made.paint(_polygon(np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])), 0)
        nx, ny = rng.integers(1, 5, 2)
        if rng.random() < 0.6:
            for i in range(nx):
                for j in range(ny):
                    u, v = x + w * (i + 0.25) / nx, y + h * (j + 0.25) / ny
                    du, dv = w * 0.5 / nx, h * 0.5 / ny
                    pane = np.array([[u, v], [u + du, v], [u + du, v + dv], [u, v + dv]])
                    made.paint(_polygon(pane), 2, label)


def _ring(
    rng: Rng, centre: tuple[float, float], radius: float, rough: float, *, mirror: bool = False
) -> Float:
    """A closed outline around a centre: a circle bent by a few random harmonics."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    r = np.ones_like(angle)
    for k in range(1, 7):
        wave = rng.standard_normal(2) * rough / k**0.7
        r += wave[0] * np.cos(k * angle) + (0 if mirror else wave[1] * np.sin(k * angle))
    r = np.maximum(r, 0.15) * radius
    stretch = np.exp(rng.uniform(-0.5, 0.5))
    # the mirror axis is upright: cosines stand on the y axis
    x = np.sin(angle) * r * stretch
    y = np.cos(angle) * r / stretch
    turn = 0.0 if mirror else rng.uniform(0, np.pi)
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([centre[0] + c * x - s * y, centre[1] + s * x + c * y], axis=1).astype(np.float32)


def _blocky(rng: Rng, centre: tuple[float, float], radius: float) -> Float:
    corners = int(rng.integers(3, 7))
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    r = radius * rng.uniform(0.7, 1.3, corners)
    return np.stack([centre[0] + r * np.cos(angle), centre[1] + r * np.sin(angle)], 1).astype(np.float32)


def _limb(rng: Rng, start: Float, radius: float) -> NDArray[np.uint8]:
    points = [start]
    way = rng.uniform(0, 2 * np.pi)
    for _ in range(int(rng.integers(2, 5))):
        way += rng.normal(0, 0.6)
        points.append(
            points[-1] + radius * rng.uniform(0.4, 0.9) * np.array([np.cos(way), np.sin(way)], np.float32)
        )
    knots = np.round(np.array(points) * SIZE).astype(np.int32)
    return cv2.polylines(
        _empty(),
        [knots],
        isClosed=False,
        color=255,
        thickness=max(2, round(radius * SIZE * rng.uniform(0.1, 0.5))),
    )


def _object(made: Scene, rng: Rng, *, alone: bool) -> None:
    radius = rng.uniform(0.2, 0.42) if alone else np.exp(rng.uniform(np.log(0.07), np.log(0.3)))
    spread = 0.08 if alone else 0.3
    centre = tuple(np.clip(rng.normal(0.5, spread, 2), 0.05, 0.95))
    mirror = bool(rng.random() < 0.35)
    for _ in range(rng.integers(0, 5) if rng.random() < 0.5 else 0):
        made.paint(_limb(rng, np.array(centre, np.float32), radius), 1)
    outline = (
        _blocky(rng, centre, radius)
        if rng.random() < 0.25
        else _ring(rng, centre, radius, 0.18, mirror=mirror)
    )
    body = made.paint(_polygon(outline), 1)
    if rng.random() < 0.4:
        head = (centre[0] + rng.normal(0, 0.2) * radius, centre[1] - radius * rng.uniform(0.8, 1.4))
        _face(made, rng, head, radius * rng.uniform(0.3, 0.7))
    _details(made, rng, centre, radius, body, mirror=mirror)


def _face(made: Scene, rng: Rng, centre: tuple[float, float], radius: float) -> None:
    hair = made.paint(_polygon(_ring(rng, centre, radius * rng.uniform(1.1, 1.5), 0.12)), 1)
    head = made.paint(_polygon(_ring(rng, centre, radius, 0.06, mirror=True)), 1)
    made.parents[head] = hair
    for side in (-1, 1):
        eye = (centre[0] + side * 0.38 * radius, centre[1] + rng.normal(0, 0.05) * radius)
        made.paint(_polygon(_ring(rng, eye, 0.16 * radius, 0.1)), 2)
    mouth = (centre[0], centre[1] + 0.45 * radius)
    made.paint(_polygon(_ring(rng, mouth, 0.15 * radius, 0.2, mirror=True)), 2)


def _details(
    made: Scene, rng: Rng, centre: tuple[float, float], radius: float, body: int, *, mirror: bool
) -> None:
    for _ in range(rng.integers(0, 9)):
        dx, dy = rng.normal(0, 0.5, 2) * radius
        size = radius * np.exp(rng.uniform(np.log(0.05), np.log(0.5)))
        if rng.random() < 0.35:
            mask = _limb(rng, np.array([centre[0] + dx, centre[1] + dy], np.float32), size * 2)
            made.paint(mask, 2, body)
            continue
        shape = _ring(rng, (centre[0] + dx, centre[1] + dy), size, 0.15)
        made.paint(_polygon(shape), 2, body)
        if mirror:
            shape[:, 0] = 2 * centre[0] - shape[:, 0]
            made.paint(_polygon(shape), 2, body)


def _leaves(made: Scene, rng: Rng) -> None:
    count = int(rng.integers(15, 90))
    for i in range(count):
        radius = np.exp(rng.uniform(np.log(0.02), np.log(0.25))) * (1.5 - i / count)
        centre = tuple(rng.uniform(0, 1, 2))
        outline = _blocky(rng, centre, radius) if rng.random() < 0.4 else _ring(rng, centre, radius, 0.12)
        made.paint(_polygon(outline), 1 if radius > 0.06 else 2)
