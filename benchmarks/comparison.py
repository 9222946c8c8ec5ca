"""What a comparison costs on one core: `python benchmarks/comparison.py [ROUNDS]`.

Two pictures of 1024² (a JPEG and a PNG) are decoded, compared, and drawn as a page and as a paper, in turns in one process; the
fastest of each counts. Printed beside decoding, so that a busy machine slows both, and with the seconds themselves.
"""

from __future__ import annotations

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core, before numpy is loaded

import io
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
from PIL import Image, ImageDraw

from myself_i2i.comparison import Looks, Side, ask, compare, comparison_document
from myself_i2i.image import decode
from myself_i2i.story import Look, Told, html, pdf
from myself_i2i.verification import LIMIT

SIDE = 1024
GOAL_SECONDS = 2.0


def picture(shift: int) -> Image.Image:
    """Return a picture with forms and grain; another `shift`, the same forms in other colours."""
    smooth = Image.linear_gradient("L").resize((SIDE, SIDE)).rotate(shift)
    bands = [Image.blend(smooth, Image.effect_noise((SIDE, SIDE), 30), 0.2) for _ in range(3)]
    image = Image.merge("RGB", bands)
    draw = ImageDraw.Draw(image)
    for number in range(60):
        x, y = number * 397 % SIDE, number * 613 % SIDE
        size = 30 + number * 37 % 160
        colour = tuple((number * step + shift) % 256 for step in (67, 131, 197))
        draw.ellipse(
            (x - size, y - size / 2, x + size, y + size / 2), fill=colour, outline=(20, 20, 30), width=4
        )
    return image


def saved(image: Image.Image, kind: str) -> bytes:
    """Return the picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, quality=90)
    return out.getvalue()


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    mine, theirs = saved(picture(0), "PNG"), saved(picture(90), "JPEG")
    told = Told(by="", recipient="", made_at=datetime(2026, 11, 3, tzinfo=UTC))

    def compared() -> None:
        compare(Looks.of(mine), Looks.of(theirs))

    def drawn(write: Callable[..., object]) -> None:
        sides = Side("mine", Looks.of(mine)), Side("theirs", Looks.of(theirs))
        found = compare(sides[0].looks, sides[1].looks)
        write(comparison_document(found, *sides, Look(language="en"), told=told, limit=LIMIT))

    looks, kept = Looks.of(mine), Looks.of(theirs).kept
    steps: dict[str, Callable[[], object]] = {
        "decode both": lambda: (decode(mine), decode(theirs)),
        "compare, from files to answers": compared,
        "compare with pictures, as a page": lambda: drawn(html),
        "compare with pictures, as a paper": lambda: drawn(pdf),
        "near: one more reference, kept": lambda: ask(looks, kept),
    }
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(rounds):
        for name, step in steps.items():
            began = time.process_time()
            step()
            best[name] = min(best[name], time.process_time() - began)
    floor = best["decode both"]
    print(f"1024², fastest of {rounds} rounds in turns, one core, processor seconds")
    for name, seconds in best.items():
        print(f"{name:36} {seconds:7.3f} s  {seconds / floor:6.1f} x decoding both")
    page = best["compare with pictures, as a page"]
    print(
        f"compare with pictures: {page:.2f} s  goal <= {GOAL_SECONDS} s  {'met' if page <= GOAL_SECONDS else 'MISSED'}"
    )


if __name__ == "__main__":
    main()
