"""What happens to a picture when it is posted again: `reposts(picture, seed)` makes each change, always the same way.

A change gives the bytes of a file as a site would hold them: after it the picture is saved as JPEG of quality 80,
unless the change itself is a way of saving. Crops say what is cut from each side's length ("crop-30" leaves 49 % of
the area), sizes are of the longer side, and a blur's sigma counts pixels of a longer side of 512.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

__all__ = ["CHANGES", "changed", "reposts", "saved"]

Change = Callable[[Image.Image, random.Random], bytes]
WORDS = (
    "reposted",
    "look",
    "at",
    "this",
    "today",
    "so",
    "pretty",
    "follow",
    "for more",
    "daily",
    "link below",
)
WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (150, 150, 155)


def reposts(picture: Image.Image, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield (name of the change, file) for every change."""
    for name in CHANGES:
        yield name, changed(picture, name, seed)


def changed(picture: Image.Image, name: str, seed: int) -> bytes:
    """Return the file that one change makes of an RGB picture; the same for the same seed."""
    return CHANGES[name](picture, random.Random(f"{name} {seed}"))  # noqa: S311 - repeatable on purpose


def saved(picture: Image.Image, form: str = "JPEG", quality: int = 80) -> bytes:
    """Return the picture as a file."""
    output = io.BytesIO()
    picture.save(output, form, quality=quality)
    return output.getvalue()


def _saving(form: str, quality: int) -> Change:
    return lambda picture, _: saved(picture, form, quality)


def _resizing(longer: int) -> Change:
    def change(picture: Image.Image, _: random.Random) -> bytes:
        scale = longer / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        return saved(picture.resize((width, height), Image.Resampling.LANCZOS))

    return change


def _cropping(percent: int) -> Change:
    def change(picture: Image.Image, chance: random.Random) -> bytes:
        width, height = (max(1, round(side * (100 - percent) / 100)) for side in picture.size)
        left, top = (
            chance.randint(0, whole - part) for whole, part in zip(picture.size, (width, height), strict=True)
        )
        return saved(picture.crop((left, top, left + width, top + height)))

    return change


def _mirroring(picture: Image.Image, _: random.Random) -> bytes:
    return saved(ImageOps.mirror(picture))


def _framing(*, dark: bool) -> Change:
    """A screenshot of a telephone: a bar of icons, a name, the picture across the whole width, lines of text."""
    paper, ink = ((21, 24, 28), (230, 230, 235)) if dark else (WHITE, (20, 20, 25))

    def change(picture: Image.Image, chance: random.Random) -> bytes:
        width, height = 720, 1280
        shot = Image.new("RGB", (width, height), paper)
        draw = ImageDraw.Draw(shot)
        draw.text((24, 12), f"{chance.randint(0, 23)}:{chance.randint(10, 59)}", ink, _font(28))
        draw.rounded_rectangle((640, 16, 690, 38), 6, outline=ink, width=3)
        draw.ellipse((24, 76, 104, 156), fill=tuple(chance.randint(40, 220) for _ in range(3)))
        draw.text((124, 84), _sentence(chance, 2), ink, _font(30))
        draw.text((124, 122), "@" + chance.choice(WORDS), GREY, _font(24))
        inner = ImageOps.contain(picture, (width, 860), Image.Resampling.LANCZOS)
        shot.paste(inner, ((width - inner.width) // 2, 180))
        for line in range(2):
            draw.text((24, 190 + inner.height + 44 * line), _sentence(chance, 6), ink, _font(28))
        for icon in range(4):
            left = 40 + 180 * icon
            draw.ellipse((left, 1200, left + 40, 1240), outline=GREY, width=4)
        return saved(shot)

    return change


def _blurring(sigma: float) -> Change:
    return lambda picture, _: saved(picture.filter(ImageFilter.GaussianBlur(sigma * max(picture.size) / 512)))


def _warming(picture: Image.Image, _: random.Random) -> bytes:
    red, green, blue = picture.split()
    warm = Image.merge(
        "RGB", (red.point(lambda v: min(255, v * 1.15 + 8)), green, blue.point(lambda v: v * 0.8))
    )
    return saved(ImageEnhance.Contrast(warm).enhance(1.2))


def _turning_hues(picture: Image.Image, _: random.Random) -> bytes:
    hue, saturation, value = picture.convert("HSV").split()
    turned = Image.merge(
        "HSV", (hue.point(lambda v: (v + 40) % 256), saturation, value.point(lambda v: v * 0.85))
    )
    return saved(turned.convert("RGB"))


def _greying(picture: Image.Image, _: random.Random) -> bytes:
    return saved(ImageEnhance.Brightness(ImageOps.grayscale(picture).convert("RGB")).enhance(1.15))


def _writing(picture: Image.Image, chance: random.Random) -> bytes:
    """A band of words above, big outlined words across the middle, a small name in a corner."""
    written = picture.copy()
    draw = ImageDraw.Draw(written)
    width, height = picture.size
    large, small = max(10, width // 10), max(8, width // 24)
    draw.rectangle((0, 0, width, large * 1.3), fill=WHITE)
    draw.text((width * 0.03, large * 0.1), _sentence(chance, 3), BLACK, _font(large * 0.8))
    place = (width * 0.05, height * chance.uniform(0.4, 0.7))
    draw.text(
        place, _sentence(chance, 3), WHITE, _font(large), stroke_width=max(1, large // 12), stroke_fill=BLACK
    )
    draw.text((width * 0.6, height - small * 1.5), "@" + chance.choice(WORDS), WHITE, _font(small))
    return saved(written)


def _rotating(degrees: float) -> Change:
    """Turned either way about the middle, the size kept, what becomes free is white."""

    def change(picture: Image.Image, chance: random.Random) -> bytes:
        turn = degrees * chance.choice((-1, 1))
        return saved(picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=WHITE))

    return change


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


CHANGES: dict[str, Change] = {
    **{f"jpeg-{quality}": _saving("JPEG", quality) for quality in (30, 50, 75)},
    **{f"webp-{quality}": _saving("WEBP", quality) for quality in (40, 75)},
    **{f"resize-{longer}": _resizing(longer) for longer in (300, 600, 1200)},
    **{f"crop-{percent}": _cropping(percent) for percent in (5, 15, 30)},
    "mirror": _mirroring,
    "screenshot-light": _framing(dark=False),
    "screenshot-dark": _framing(dark=True),
    "blur-1": _blurring(1.0),
    "blur-2": _blurring(2.0),
    "colour-warm": _warming,
    "colour-hue": _turning_hues,
    "colour-grey": _greying,
    "text": _writing,
    **{f"rotate-{degrees}": _rotating(degrees) for degrees in (2, 5, 10)},
}
"""Every change by name, in the order of a report."""
