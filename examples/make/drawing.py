"""Draw the three pictures that stand for "a picture somebody has": no model, no data, only lines and a seed.

    python drawing.py ../pictures/sources

`drawing.png` is the maker's own drawing in this example, `drawing-lines.png` the same by outlines only, and
`undeclared.png` a picture about which nobody has said anything. There is no photograph: a picture made by a
script must not pass for one.
"""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path

from canvas import Canvas, Colour, circle
from PIL import Image
from scenes import cat, flower, hill, house, sky, tree

__all__ = ["draw_harbour", "draw_home"]

SIZE = 512


def draw_home(*, filled: bool) -> Image.Image:
    """A house on a hill at sunset, with its garden and a cat."""
    canvas = Canvas(SIZE, random.Random(7), wobble=0.0012, line=0.0065, filled=filled)  # noqa: S311 - an unsteady hand, no secret
    sky(canvas, "sunset", 0.2, 0.2, 0.09)
    cloud(canvas, 0.5, 0.13, 0.07)
    cloud(canvas, 0.9, 0.36, 0.045)
    hill(canvas, 0.66, 0.17, (188, 170, 98))
    hill(canvas, 0.7, 0.05, (150, 150, 74))
    path = [(0.62, 0.76), (0.68, 0.76), (0.72, 0.86), (0.6, 1.03), (0.42, 1.03), (0.6, 0.86)]
    canvas.shape(path, (226, 200, 150))
    smoke(canvas, 0.745, 0.29)
    chimney = [(0.72, 0.47), (0.72, 0.34), (0.77, 0.34), (0.77, 0.5)]
    canvas.shape(chimney, (170, 96, 80))
    house(canvas, 0.65, 0.77, 0.37, "red", lit=True)
    tree(canvas, 0.24, 0.82, 0.46, (96, 144, 68))
    for x, y in ((0.16, 0.47), (0.25, 0.42), (0.32, 0.52), (0.2, 0.57), (0.28, 0.6)):
        canvas.dot(x, y, 0.014, (214, 62, 56))
    fence(canvas, 0.0, 0.16, 0.86)
    fence(canvas, 0.86, 1.0, 0.84)
    for i in range(4):
        flower(
            canvas, 0.7 + 0.075 * i, 0.95 - 0.012 * (i % 2), 0.11, ((240, 110, 160), (250, 210, 90))[i % 2]
        )
    cat(canvas, 0.37, 0.95, 0.28, (236, 150, 60))
    whiskers(canvas, 0.37, 0.78)
    return canvas.finish()


def draw_harbour() -> Image.Image:
    """A sailing boat before mountains by day: the picture that nobody declared."""
    canvas = Canvas(SIZE, random.Random(11), wobble=0.0012, line=0.0065)  # noqa: S311 - an unsteady hand, no secret
    sky(canvas, "day", 0.82, 0.17, 0.085)
    cloud(canvas, 0.28, 0.16, 0.075)
    canvas.shape([(0.0, 0.6), (0.22, 0.26), (0.38, 0.46), (0.52, 0.33), (0.78, 0.6)], (134, 146, 176))
    canvas.shape([(0.15, 0.37), (0.22, 0.26), (0.29, 0.35), (0.23, 0.39), (0.2, 0.35)], (248, 248, 252))
    hill(canvas, 0.58, 0.0, (64, 140, 200))
    for row in range(4):
        for column in range(5):
            wave(canvas, 0.06 + 0.21 * column + 0.09 * (row % 2), 0.66 + 0.085 * row)
    canvas.shape([(0.47, 0.72), (0.47, 0.3), (0.485, 0.3), (0.485, 0.72)], (122, 84, 56))
    canvas.shape([(0.5, 0.34), (0.5, 0.68), (0.74, 0.68)], (250, 244, 230))
    canvas.shape([(0.455, 0.38), (0.455, 0.68), (0.3, 0.68)], (240, 190, 50))
    canvas.shape([(0.28, 0.72), (0.76, 0.72), (0.68, 0.83), (0.36, 0.83)], (60, 96, 190))
    hill(canvas, 0.95, 0.02, (236, 210, 150))
    return canvas.finish()


def cloud(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw a cloud of one piece: three bows above, a flat foot below."""
    edge = []
    for i in range(25):
        turn = math.pi * (1 - i / 24)
        bow = 1 + 0.22 * abs(math.sin(3 * turn))
        edge.append((x + 1.5 * size * bow * math.cos(turn), y - 0.75 * size * bow * math.sin(turn)))
    canvas.shape(edge, (255, 246, 236))


def smoke(canvas: Canvas, x: float, y: float) -> None:
    """Draw three rings of smoke that grow as they rise."""
    for i in range(3):
        canvas.shape(circle(x + 0.03 * i, y - 0.065 * i, 0.018 + 0.007 * i), (240, 226, 220))


def fence(canvas: Canvas, left: float, right: float, ground: float) -> None:
    """Draw a white fence between two places."""
    wood: Colour = (246, 240, 226)
    for y in (ground - 0.075, ground - 0.04):
        canvas.shape([(left, y), (right, y), (right, y + 0.014), (left, y + 0.014)], wood)
    count = round((right - left) / 0.05)
    for i in range(count):
        x = left + 0.02 + 0.05 * i
        canvas.shape(
            [
                (x, ground),
                (x, ground - 0.1),
                (x + 0.012, ground - 0.115),
                (x + 0.024, ground - 0.1),
                (x + 0.024, ground),
            ],
            wood,
        )


def wave(canvas: Canvas, x: float, y: float) -> None:
    """Draw one small wave."""
    canvas.shape(
        [(x + 0.01 * i, y - 0.008 * math.sin(i * math.pi / 3)) for i in range(7)], None, closed=False
    )


def whiskers(canvas: Canvas, x: float, y: float) -> None:
    """Draw the cat's nose and whiskers."""
    canvas.dot(x, y, 0.007)
    for side in (-1, 1):
        for lift in (-0.008, 0.012):
            canvas.shape([(x + side * 0.02, y + lift / 2), (x + side * 0.085, y + lift)], None, closed=False)


def main() -> None:
    """Write the three pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    draw_home(filled=True).save(folder / "drawing.png", optimize=True)
    draw_home(filled=False).save(folder / "drawing-lines.png", optimize=True)
    draw_harbour().save(folder / "undeclared.png", optimize=True)


if __name__ == "__main__":
    main()
