"""Pictures with something to hold on to, drawn by code."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw


def drawing(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of blots, lines and a gradient; another seed, another picture."""
    random = np.random.default_rng(seed)
    width, height = size
    left, right = random.integers(0, 256, (2, 3))
    across = np.linspace(left, right, width)
    image = Image.fromarray(np.broadcast_to(across, (height, width, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = random.integers(0, width), random.integers(0, height)
        reach = random.integers(8, 70, 2)
        box = (int(x - reach[0]), int(y - reach[1]), int(x + reach[0]), int(y + reach[1]))
        red, green, blue = random.integers(0, 256, 3).tolist()
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape(box, fill=(red, green, blue))
    for _ in range(12):
        ends = random.integers(0, width, 4).tolist()
        draw.line(ends, fill=tuple(random.integers(0, 256, 3).tolist()), width=3)
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
