"""A region of a work pasted into another picture, saved at JPEG q70: is it found? `python benchmarks/collage.py [EVERY]`.

Works are the sources and every fourth distractor, hosts are other distractors. A region has the share of the work's
area that is asked for, any place, and sides between 7:10 and 10:7 of the work's. "pixel for pixel" pastes it as large as
it was; "same canvas" first brings the host to the work's longer side; then a region larger than 0.8 of the host is
made smaller. Every collage is held against its own work and against OTHERS pictures drawn by lot; a match with one of
these, host and pictures known to show the same apart, is false. EVERY takes every so many-th work.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core, before numpy is loaded

import cv2
import numpy as np
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
import pairs
import reposting
from same_scenes import joined

from myself_i2i.fingerprint.interface import Bytes, Fingerprint
from myself_i2i.fingerprint.parts import LEAST_SCORE, Query, match, parts
from myself_i2i.fingerprint.reading import read_grey

GOAL = 0.90
OTHERS = 40
SEED = 4
SIDE = 1024


@dataclass(frozen=True)
class Kind:
    """One way to paste."""

    name: str
    share: float
    fitted: bool = False
    scaled: tuple[float, float] = (1, 1)
    turned: float = 0
    mirrored: bool = False


KINDS = (
    Kind("20 %, same canvas", 0.2, fitted=True),
    Kind("20 %, pixel for pixel", 0.2),
    Kind("20 %, scaled 0.5-1.5", 0.2, fitted=True, scaled=(0.5, 1.5)),
    Kind("20 %, turned to 45°", 0.2, fitted=True, turned=45),
    Kind("20 %, mirrored", 0.2, fitted=True, mirrored=True),
    Kind("10 %, same canvas", 0.1, fitted=True),
    Kind("10 %, pixel for pixel", 0.1),
)


def paste(work: Image.Image, host: Image.Image, kind: Kind, chance: random.Random) -> bytes:
    """Return the collage as a JPEG of quality 70."""
    region = _cut(work, kind.share, chance)
    if kind.fitted:
        host = _scaled(host, max(work.size) / max(host.size))
    if kind.mirrored:
        region = ImageOps.mirror(region)
    region = _scaled(region, chance.uniform(*kind.scaled))
    fits = min(1, 0.8 * host.width / region.width, 0.8 * host.height / region.height)
    region = _scaled(region, fits).convert("RGBA")
    if kind.turned:
        turn = chance.uniform(-kind.turned, kind.turned)
        region = region.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    left, top = (
        chance.randint(min(0, whole - part), max(0, whole - part))
        for whole, part in zip(host.size, region.size, strict=True)
    )
    collage = host.copy()
    collage.paste(region, (left, top), region)
    return reposting.saved(collage, quality=70)


def _cut(work: Image.Image, share: float, chance: random.Random) -> Image.Image:
    shape = chance.uniform(0.7, 1 / 0.7) ** 0.5
    width, height = (
        round(side * share**0.5 * k) for side, k in zip(work.size, (shape, 1 / shape), strict=True)
    )
    left, top = chance.randint(0, work.width - width), chance.randint(0, work.height - height)
    return work.crop((left, top, left + width, top + height))


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    if scale == 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


@dataclass
class Tally:
    """What was counted for one kind."""

    found: int = 0
    asked: int = 0
    false: int = 0
    held: int = 0


def main() -> int:
    """Print the table; 0 when the goal is met."""
    cv2.setNumThreads(1)
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    pictures = pairs.load(pairs.found())
    works = (*pictures.sources, *pictures.distractors[::4])[::every]
    hosts = [p for i, p in enumerate(pictures.distractors) if i % 4]
    if not works:
        print("no pictures here: see MYSELF_I2I_CORPUS")
        return 2
    started = time.process_time()
    kept = {p.path: parts(_grey(p.read())) for p in (*works, *hosts)}
    keeping = (time.process_time() - started) / len(kept)
    print(f"{len(works)} works, {len(hosts)} hosts, {len(kept)} pictures kept, {OTHERS} others a collage")
    print(
        f"largest {max(len(k.value) for k in kept.values())} bytes; kept in {keeping * 1000:.0f} ms of one core"
    )
    same = joined(pictures)
    times: tuple[list[float], list[float]] = ([], [])
    falses: list[tuple[object, ...]] = []
    tallies = {kind.name: Tally() for kind in KINDS}
    for number, work in enumerate(works):
        for kind in KINDS:
            chance = random.Random(f"{SEED} {number} {kind.name}")  # noqa: S311 - repeatable on purpose
            host = chance.choice(hosts)
            data = paste(_rgb(work), _rgb(host), kind, chance)
            query = _timed(times[0], _grey(data))
            tally = tallies[kind.name]
            tally.asked += 1
            tally.found += _score(kept[work.path], query, times[1]) >= LEAST_SCORE
            for other in chance.sample(sorted(kept), OTHERS):
                if {work.path, host.path} & same(other):
                    continue
                score = _score(kept[other], query, times[1])
                tally.held += 1
                if score >= LEAST_SCORE:
                    tally.false += 1
                    falses.append((score, kind.name, work.path.name, host.path.name, other.name))
    return _report(tallies, times, falses)


def _timed(times: list[float], grey: Bytes) -> Query:
    started = time.process_time()
    query = Query.of(grey)
    times.append(time.process_time() - started)
    return query


def _score(kept: Fingerprint, query: Query, times: list[float]) -> float:
    started = time.process_time()
    found = match(kept, query)
    times.append(time.process_time() - started)
    return found.score if found else 0.0


def _report(
    tallies: dict[str, Tally], times: tuple[list[float], list[float]], falses: list[tuple[object, ...]]
) -> int:
    print(f"{'region':24} {'found':>6} {'of':>5} {'':>6}  {'false':>5} {'of pairs':>8}")
    for name, tally in tallies.items():
        print(
            f"{name:24} {tally.found:6} {tally.asked:5} {tally.found / tally.asked:6.1%}  {tally.false:5} {tally.held:8}"
        )
    print(
        f"query taken in {statistics.median(times[0]) * 1000:.0f} ms, matched in {statistics.median(times[1]) * 1000:.1f} ms of one core"
    )
    for line in falses:
        print("false:", *line)
    first = next(iter(tallies.values()))
    met = first.found >= GOAL * first.asked and not falses
    print(f"goal: {GOAL:.0%} of the first row, no false match: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _rgb(picture: pairs.Picture) -> Image.Image:
    with Image.open(picture.path) as image:
        return image.convert("RGB")


def _grey(data: bytes) -> Bytes:
    return np.ascontiguousarray(read_grey(data, side=SIDE))


if __name__ == "__main__":
    sys.exit(main())
