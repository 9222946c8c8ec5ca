"""Small scenes in words: what the training pictures show, and how each thing is drawn.

A scene is a set of words from `WORDS`. `compose` draws one; `sample` invents one. The model of this folder
learns from nothing but these drawings.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from canvas import Canvas, Colour, circle
from PIL import Image

__all__ = ["WORDS", "Sample", "cat", "compose", "flower", "hill", "house", "sample", "sky", "tree"]

TIMES = ("day", "sunset", "night")
ROOFS = ("red", "blue", "yellow")
THINGS = ("tree", "cat", "flowers", "hills", "sea")
WORDS = (*TIMES, *ROOFS, "house", *THINGS)
"""Every word that the model knows, in the order of its word numbers (0 is kept for "no word")."""

HAS_HOUSE, HAS_THING, HAS_BACKGROUND = 0.85, 0.5, 0.75
"""How often a scene has a house; each of tree, cat and flowers; hills or sea."""

SKIES: dict[str, tuple[Colour, Colour]] = {
    "day": ((118, 190, 240), (222, 242, 252)),
    "sunset": ((226, 106, 92), (255, 216, 140)),
    "night": ((22, 28, 74), (70, 84, 150)),
}
GRASS: dict[str, Colour] = {"day": (126, 196, 92), "sunset": (150, 150, 74), "night": (38, 84, 84)}
WATER: dict[str, Colour] = {"day": (64, 140, 200), "sunset": (196, 120, 120), "night": (30, 56, 110)}
ROOF_COLOURS: dict[str, Colour] = {"red": (206, 62, 54), "blue": (60, 96, 190), "yellow": (240, 190, 50)}
FUR: tuple[Colour, ...] = ((236, 150, 60), (70, 64, 72), (240, 232, 220))


@dataclass(frozen=True)
class Sample:
    """One training picture and the words that it shows."""

    image: Image.Image
    """The drawing."""
    words: tuple[str, ...]
    """What is in it, in the order of `WORDS`."""


def sky(canvas: Canvas, time: str, x: float, y: float, radius: float) -> None:
    """Wash the sky and hang the sun or the moon into it."""
    canvas.wash(*SKIES[time], end=0.75)
    if time == "night":
        for _ in range(7):
            canvas.dot(canvas.rng.uniform(0.03, 0.97), canvas.rng.uniform(0.03, 0.4), 0.008, (250, 244, 200))
        canvas.shape(circle(x, y, radius), (250, 240, 180))
        return
    if time == "day":
        for turn in range(8):
            a = turn * math.pi / 4
            near, far = radius * 1.25, radius * 1.6
            ray = [(x + r * math.cos(a), y + r * math.sin(a)) for r in (near, far)]
            canvas.shape(ray, None, closed=False)
    canvas.shape(circle(x, y, radius), (255, 214, 60) if time == "day" else (250, 120, 70))


def hill(canvas: Canvas, height: float, bend: float, fill: Colour) -> None:
    """Draw the ground: `height` is its edge, `bend` how far it rises in the middle."""
    edge = [(i / 10, height - bend * math.sin(math.pi * i / 10)) for i in range(11)]
    canvas.shape([(-0.05, 1.05), (-0.05, height), *edge, (1.05, height), (1.05, 1.05)], fill)


def house(canvas: Canvas, x: float, ground: float, size: float, roof: str, *, lit: bool) -> None:
    """Draw a house whose floor stands at `ground`, `size` wide."""
    w, top = size / 2, ground - size * 0.62
    canvas.shape([(x - w, ground), (x - w, top), (x + w, top), (x + w, ground)], (248, 234, 208))
    canvas.shape(
        [(x - w * 1.25, top), (x, top - size * 0.55), (x + w * 1.25, top)],
        ROOF_COLOURS[roof],
    )
    d = size * 0.12
    canvas.shape(
        [(x - d, ground), (x - d, ground - d * 3), (x + d, ground - d * 3), (x + d, ground)], (140, 90, 60)
    )
    for side in (-0.3, 0.3):
        cx, cy, r = x + size * side, ground - size * 0.42, size * 0.09
        pane = [(cx - r, cy - r), (cx + r, cy - r), (cx + r, cy + r), (cx - r, cy + r)]
        canvas.shape(pane, (255, 226, 110) if lit else (170, 214, 236))


def tree(canvas: Canvas, x: float, ground: float, size: float, leaves: Colour) -> None:
    """Draw a round tree, `size` high."""
    t = size * 0.09
    canvas.shape(
        [(x - t, ground), (x - t, ground - size * 0.5), (x + t, ground - size * 0.5), (x + t, ground)],
        (122, 84, 56),
    )
    canvas.shape(circle(x, ground - size * 0.66, size * 0.33), leaves)


def cat(canvas: Canvas, x: float, ground: float, size: float, fur: Colour) -> None:
    """Draw a sitting cat from the front, `size` high."""
    head_y, r = ground - size * 0.66, size * 0.26
    tail = [
        (x + size * 0.2, ground - size * 0.06),
        (x + size * 0.46, ground - size * 0.16),
        (x + size * 0.42, ground - size * 0.44),
    ]
    canvas.shape(tail, None, closed=False)
    canvas.shape(circle(x, ground - size * 0.24, size * 0.25, squash=1.05), fur)
    for side in (-1, 1):
        ear = [
            (x + side * r * 0.95, head_y - r * 0.2),
            (x + side * r * 0.8, head_y - r * 1.35),
            (x + side * r * 0.1, head_y - r * 0.8),
        ]
        canvas.shape(ear, fur)
    canvas.shape(circle(x, head_y, r, squash=0.9), fur)
    for side in (-1, 1):
        canvas.dot(x + side * r * 0.42, head_y - r * 0.05, size * 0.045, (30, 120, 60))


def flower(canvas: Canvas, x: float, ground: float, size: float, petals: Colour) -> None:
    """Draw a flower on a stalk, `size` high."""
    canvas.shape([(x, ground), (x, ground - size * 0.6)], None, closed=False)
    canvas.shape(circle(x, ground - size * 0.7, size * 0.32, corners=12), petals)
    canvas.dot(x, ground - size * 0.7, size * 0.12, (255, 240, 120))


def compose(words: tuple[str, ...], size: int, rng: random.Random) -> Image.Image:
    """Draw one scene that shows `words`; where each thing stands is `rng`'s choice."""
    canvas = Canvas(size, rng)
    time = next(word for word in TIMES if word in words)
    side = rng.choice((-1, 1))
    sky(canvas, time, 0.5 - side * rng.uniform(0.22, 0.34), rng.uniform(0.14, 0.2), rng.uniform(0.075, 0.1))
    grass, height = GRASS[time], rng.uniform(0.66, 0.72)
    if "hills" in words:
        hill(canvas, height - 0.02, rng.uniform(0.14, 0.2), _towards(grass, SKIES[time][1]))
    if "sea" in words:
        hill(canvas, height - 0.08, 0.0, WATER[time])
    hill(canvas, height, 0.04, grass)
    roof = next((word for word in ROOFS if word in words), None)
    if roof:
        house(
            canvas,
            0.5 + side * rng.uniform(0.1, 0.2),
            rng.uniform(0.76, 0.8),
            rng.uniform(0.34, 0.4),
            roof,
            lit=time != "day",
        )
    if "tree" in words:
        tree(
            canvas,
            0.5 - side * rng.uniform(0.2, 0.32),
            rng.uniform(0.8, 0.84),
            rng.uniform(0.4, 0.48),
            _towards((56, 140, 66), grass),
        )
    if "flowers" in words:
        for i in range(4):
            flower(
                canvas,
                0.5 + side * (0.08 + 0.1 * i) + rng.uniform(-0.02, 0.02),
                rng.uniform(0.9, 0.96),
                0.11,
                (240, 110, 160),
            )
    if "cat" in words:
        cat(
            canvas,
            0.5 - side * rng.uniform(0.08, 0.2),
            rng.uniform(0.92, 0.96),
            rng.uniform(0.26, 0.3),
            rng.choice(FUR),
        )
    return canvas.finish()


def sample(size: int, rng: random.Random) -> Sample:
    """Invent a scene and draw it."""
    chosen = {rng.choice(TIMES)}
    if rng.random() < HAS_HOUSE:
        chosen |= {"house", rng.choice(ROOFS)}
    chosen |= {word for word in ("tree", "cat", "flowers") if rng.random() < HAS_THING}
    if rng.random() < HAS_BACKGROUND:
        chosen.add(rng.choice(("hills", "sea", "hills")))
    words = tuple(word for word in WORDS if word in chosen)
    return Sample(compose(words, size, rng), words)


def _towards(colour: Colour, other: Colour, share: float = 0.35) -> Colour:
    mixed = [round(a + (b - a) * share) for a, b in zip(colour, other, strict=True)]
    return mixed[0], mixed[1], mixed[2]
