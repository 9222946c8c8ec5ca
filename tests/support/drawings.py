"""Pictures drawn by code that have something to hold on to: shapes, lines and grain, other ones for each seed."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from myself_i2i.fingerprint.interface import Bytes

__all__ = ["drawing"]


def drawing(seed: int, *, width: int = 400, height: int = 300, shapes: int = 60) -> Bytes:
    """A grey drawing of filled and outlined shapes on a light ground, with a little grain."""
    chance = np.random.default_rng(seed)
    image = Image.new("L", (width, height), int(chance.integers(160, 256)))
    draw = ImageDraw.Draw(image)
    for _ in range(shapes):
        centre = chance.random(2) * (width, height)
        around = chance.integers(6, 60) * (chance.random((int(chance.integers(3, 7)), 2)) - 0.5) * 2
        corners = [(float(x), float(y)) for x, y in centre + around]
        ink = int(chance.integers(0, 256))
        if chance.random() < 0.5:
            draw.polygon(corners, fill=ink)
        else:
            draw.line(corners, fill=ink, width=int(chance.integers(1, 6)), joint="curve")
    grain = chance.normal(0, 2, (height, width))
    return np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)
