"""Write the folders beside this file anew: `python -m vectors.fingerprint.make`, from the root of the repository.

Pictures are drawn with whole numbers; the answers come from plain.py, which turns the samples themselves for each
orientation, so that neither numpy nor JavaScript is its own judge.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vectors.fingerprint.plain import TURNS, fingerprint, grey

HERE = Path(__file__).parent
SUN, POST, GROUND = 20, 3, 40
README = """# {name}

**What:** {width} x {height} pixels, RGBA.

**Why:** {why}

**Made by:** `vectors/fingerprint/make.py`, case `{name}`.
"""

Pixel = tuple[int, int, int, int]
Paint = Callable[[int, int], Pixel]
"""From x and y to red, green, blue, alpha."""


@dataclass(frozen=True)
class Case:
    """One folder."""

    name: str
    width: int
    height: int
    paint: Paint
    why: str


def scene(x: int, y: int) -> Pixel:
    """Return a pixel of hills, a sun and a fence: large shapes and fine ones."""
    hill = (x * 3 + (x * x // 97) % 61 + 40) // 4 % 120
    if (x - 70) ** 2 + (y - 30) ** 2 < SUN**2:
        return 250, 220 - y % 32, 80, 255
    if x % 11 < POST and y % 64 > GROUND:
        return 90, 60, 30 + x % 16, 255
    return (40 + y * 2) % 256, (200 - hill) % 256, (x * 5 // 7 + y) % 256, 255


def evenly(value: int) -> Pixel:
    """Return a grey pixel."""
    return value, value, value, 255


def noise(seed: str) -> Paint:
    """Return pixels without any order, alpha included."""
    chance = random.Random(seed)  # noqa: S311 - the same picture on every run
    return lambda _x, _y: (
        chance.randrange(256),
        chance.randrange(256),
        chance.randrange(256),
        chance.randrange(256),
    )


def checks(x: int, y: int) -> Pixel:
    """Return a pixel of black and white squares."""
    return evenly(255 * ((x // 12 + y // 12) % 2))


def faint(x: int, y: int) -> Pixel:
    """Return 127 or 128."""
    return evenly(127 + x * y // 50 % 2)


def fading(x: int, y: int) -> Pixel:
    """Return the scene, transparent at the left."""
    return *scene(x, y)[:3], x * 255 // 119


def invisible(x: int, y: int) -> Pixel:
    """Return the scene with nothing to be seen of it."""
    return *scene(x, y)[:3], 0


def red(_x: int, _y: int) -> Pixel:
    """Return one colour."""
    return 200, 30, 90, 255


CASES = (
    Case("cells", 64, 64, scene, "Each pixel is one cell: no averaging hides a mistake in the transform."),
    Case("halved", 128, 128, scene, "Four pixels a cell: means end in quarters, which 1/256 holds exactly."),
    Case("odd", 201, 97, scene, "Cells cut pixels, in both directions."),
    Case("upright", 97, 201, scene, "The same for a picture taller than wide."),
    Case("small", 17, 5, noise("small"), "A pixel is larger than a cell; alpha is noise too."),
    Case("noise", 130, 70, noise("noise"), "Many kinds of luma and alpha take part in the rounding."),
    Case("one_pixel", 1, 1, scene, "Flat: all coefficients are 0, none is above the median, the quality is 0."),
    Case("one_row", 150, 1, scene, "Stripes: the constant coefficients are left out, so all 256 are 0, and so must the quality be."),
    Case("one_column", 1, 150, scene, "The same, the other way."),
    Case("wide", 4000, 3, scene, "62.5 pixels a cell across, 21.3 cells a pixel down."),
    Case("one_colour", 100, 80, red, "Every row of cosines sums to exactly 0: a flat picture has no bit set."),
    Case("invisible", 80, 60, invisible, "What cannot be seen is white, whatever colour stands behind it."),
    Case("transparent", 120, 90, fading, "Over white, rounded before luma is taken."),
    Case("checks", 96, 96, checks, "Many coefficients are equal: what is equal to the median is not above it."),
    Case("faint", 64, 64, faint, "One grey level: the bits are as well defined, the quality says not to trust them."),
)  # fmt: skip
"""Every picture, and the mistake it would show."""


def answers(pixels: bytes, width: int) -> dict[str, object]:
    """Return what every implementation must answer."""
    samples = grey(pixels, width)
    turned = {name: fingerprint(turn(samples)) for name, turn in TURNS.items()}
    return {
        "algorithm": "pdq64_v1",
        "orientations": {
            name: {"hex": digits, "quality": quality} for name, (digits, quality) in turned.items()
        },
    }


def write(case: Case) -> None:
    """Write one folder."""
    folder = HERE / case.name
    folder.mkdir(exist_ok=True)
    pixels = bytes(value for y in range(case.height) for x in range(case.width) for value in case.paint(x, y))
    (folder / "pixels.rgba.gz").write_bytes(gzip.compress(pixels, mtime=0))
    told = {"width": case.width, "height": case.height, **answers(pixels, case.width)}
    (folder / "expected.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    readme = README.format(name=case.name, width=case.width, height=case.height, why=case.why)
    (folder / "README.md").write_text(readme, encoding="utf-8")


if __name__ == "__main__":
    for each in CASES:
        write(each)
