"""Pictures drawn by code: scenes with a layout, the same layout painted otherwise, flat ones."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from myself_i2i.comparison import Looks

SIZE = (480, 400)


def scene(seed: int, size: tuple[int, int] = SIZE, *, paint: int | None = None) -> Image.Image:
    """A picture of a horizon and forms; `paint` gives the same forms other colours and another grain."""
    forms = random.Random(seed)  # noqa: S311 - repeatable on purpose
    paints = random.Random(1000 * seed if paint is None else paint)  # noqa: S311 - repeatable on purpose
    width, height = size

    def colour() -> tuple[int, int, int]:
        return paints.randrange(256), paints.randrange(256), paints.randrange(256)

    image = Image.new("RGB", size, colour())
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, int(height * forms.uniform(0.4, 0.8)), width, height), fill=colour())
    for _ in range(14):
        x, y = forms.uniform(0, width), forms.uniform(0, height)
        large, tall = forms.uniform(20, width / 3), forms.uniform(20, height / 3)
        form = forms.randrange(3)
        if form == 0:
            draw.ellipse((x - large / 2, y - tall / 2, x + large / 2, y + tall / 2), fill=colour())
        elif form == 1:
            corners = [(x + forms.uniform(-large, large), y + forms.uniform(-tall, tall)) for _ in range(4)]
            draw.polygon(corners, fill=colour())
        else:
            draw.line((x, y, x + large, y - tall), fill=colour(), width=6)
    for _ in range(60):
        x, y = forms.uniform(0, width), forms.uniform(0, height)
        draw.text((x, y), chr(forms.randrange(65, 91)), fill=colour())
    grain = np.random.default_rng(paints.randrange(1 << 30)).normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def repainted(seed: int) -> Image.Image:
    """The scene of `seed`, as a model would make it anew: other colours, softer, another grain."""
    return scene(seed, paint=7_000 + seed).filter(ImageFilter.GaussianBlur(1.5))


def saved(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def flat() -> bytes:
    """A file of one colour."""
    return saved(Image.new("RGB", SIZE, (90, 120, 150)))


def looks(image: Image.Image) -> Looks:
    """How a picture looks."""
    return Looks.of(saved(image))
