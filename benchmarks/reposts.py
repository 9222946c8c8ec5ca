"""Is a picture found again after it was posted again? `python benchmarks/reposts.py [EVERY] [OTHERS]`.

Gallery: all sources and three of four distractors. Asked: every change of `reposting.py` of every source (found or
not?) and of the distractors left out of the gallery (nothing may be found). EVERY takes every so many-th picture to ask.

The cascade: the canonical fingerprint in 8 orientations at most 31 bits apart, else parts that agree. Bits are compared
with the whole gallery, parts with the right picture and OTHERS drawn by lot (0: all of the gallery). Beside it pHash,
PDQ and ISCC as their libraries make them, one orientation, each at the largest threshold without a false match here,
and PDQ at its usual 31. Pictures that show the same (`same_scenes.py`) are never false.
"""

from __future__ import annotations

import io
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core, before numpy is loaded

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import pairs
import reposting
from same_scenes import joined

from myself_i2i.fingerprint.iscc import iscc
from myself_i2i.fingerprint.parts import LEAST_SCORE, QUERY_SIDE, Query, match, parts
from myself_i2i.fingerprint.pdq import pdq
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, read_orientations, read_pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey

GOAL = 0.97
RADIUS = 31
SEED = 4
FULL = 4096
Codes = NDArray[np.uint8]
PEERS: dict[str, Callable[[bytes], bytes]] = {
    "pHash 64": lambda data: _phash(data, 8),
    "pHash 256": lambda data: _phash(data, 16),
    "PDQ": lambda data: pdq(read_colour(data, side=FULL)).value,
    "ISCC 256": lambda data: iscc(read_colour(data, side=FULL)).value,
}


@dataclass
class Asked:
    """One re-post that was looked for."""

    change: str
    right: int | None
    """Its place in the gallery; None for a picture that is not there."""
    peers: dict[str, Codes]
    """Distance to each picture of the gallery, by peer."""
    bits: Codes
    """Least distance of the 8 orientations to each picture of the gallery."""
    flat: bool
    """Too flat for bits."""
    scores: dict[int, float] = field(default_factory=dict)
    """What parts say of some pictures of the gallery."""


class Gallery:
    """The pictures that are looked for, by all methods."""

    def __init__(self, pictures: Sequence[pairs.Picture]) -> None:
        data = [p.read() for p in pictures]
        self.pictures = pictures
        self.kept = [parts(read_grey(one, side=QUERY_SIDE)) for one in data]
        canonical = [read_pdq64(one) for one in data]
        self.bits = _stack([one.value for one in canonical])
        self.flat = np.array([one.quality < LEAST_QUALITY for one in canonical])
        self.peers = {name: _stack([make(one) for one in data]) for name, make in PEERS.items()}


def main() -> int:
    """Print the table; 0 when the goal is met."""
    cv2.setNumThreads(1)
    every, others = ([int(word) for word in sys.argv[1:]] + [1, 30][len(sys.argv) - 1 :])[:2]
    pictures = pairs.load(pairs.found())
    if not pictures.sources:
        print("no pictures here: see MYSELF_I2I_CORPUS")
        return 2
    same = joined(pictures)
    inside = (*pictures.sources, *(p for i, p in enumerate(pictures.distractors) if i % 4))
    outside = pictures.distractors[::4]
    gallery = Gallery(inside)
    times: tuple[list[float], list[float]] = ([], [])
    asked = []
    allowed: list[NDArray[np.bool_]] = []
    for number, picture in enumerate((*pictures.sources[::every], *outside[:: 4 * every])):
        right = inside.index(picture) if picture in inside else None
        alien = np.array([p.path not in same(picture.path) for p in inside])
        for name, data in reposting.reposts(_rgb(picture), number):
            one = _ask(gallery, data, name, right)
            _by_parts(one, gallery, data, alien=alien, others=others, times=times)
            asked.append(one)
            allowed.append(alien)
    print(
        f"gallery {len(inside)}, {len(pictures.sources[::every])} of them and {len(outside[:: 4 * every])} others asked"
    )
    return _report(asked, allowed, gallery, times)


def _ask(gallery: Gallery, data: bytes, change: str, right: int | None) -> Asked:
    peers = {name: _distances(make(data), gallery.peers[name]) for name, make in PEERS.items()}
    turned = read_orientations(data)
    flat = turned[0].quality < LEAST_QUALITY
    bits = np.min([_distances(one.value, gallery.bits) for one in turned], axis=0)
    bits[gallery.flat | flat] = 255
    return Asked(change, right, peers, bits, flat)


def _by_parts(
    one: Asked,
    gallery: Gallery,
    data: bytes,
    *,
    alien: NDArray[np.bool_],
    others: int,
    times: tuple[list[float], list[float]],
) -> None:
    """Match parts where bits did not find the picture: with it, and with others drawn by lot."""
    if one.right is not None and one.bits[one.right] <= RADIUS:
        return
    started = time.process_time()
    query = Query.of(read_grey(data, side=QUERY_SIDE))
    times[0].append(time.process_time() - started)
    strangers = np.flatnonzero(alien).tolist()
    if others:
        strangers = random.Random(f"{SEED} {len(times[0])}").sample(strangers, others)  # noqa: S311 - repeatable
    for place in ([] if one.right is None else [one.right]) + strangers:
        started = time.process_time()
        found = match(gallery.kept[place], query)
        times[1].append(time.process_time() - started)
        one.scores[place] = found.score if found else 0.0


def _report(
    asked: list[Asked],
    allowed: list[NDArray[np.bool_]],
    gallery: Gallery,
    times: tuple[list[float], list[float]],
) -> int:
    thresholds = {
        name: min(int(one.peers[name][alien].min()) for one, alien in zip(asked, allowed, strict=True)) - 1
        for name in PEERS
    }
    methods: dict[str, Callable[[Asked], bool]] = {"cascade": _cascade, "bits alone": _bits}
    for name, threshold in thresholds.items():
        methods[f"{name} ≤{threshold}"] = _within(name, threshold)
    methods["PDQ ≤31"] = _within("PDQ", RADIUS)
    positive = [one for one in asked if one.right is not None]
    print("recall".ljust(18), *(name.rjust(13) for name in methods))
    for change in (*reposting.CHANGES, "all"):
        some = [one for one in positive if change in {one.change, "all"}]
        shares = (sum(map(bool, map(found, some))) / len(some) for found in methods.values())
        print(change.ljust(18), *(f"{share:13.3f}" for share in shares))
    false = _falses(asked, allowed, gallery)
    print(
        f"query taken in {statistics.median(times[0]) * 1000:.0f} ms, matched in {statistics.median(times[1]) * 1000:.1f} ms of one core"
    )
    recall = sum(map(_cascade, positive)) / len(positive)
    met = recall >= GOAL and not false
    print(
        f"goal: recall {GOAL} without a false match: {recall:.4f}, {false} false: {'met' if met else 'MISSED'}"
    )
    return 0 if met else 1


def _falses(asked: list[Asked], allowed: list[NDArray[np.bool_]], gallery: Gallery) -> int:
    """Print and count what was found and is another picture."""
    by_bits = by_parts = pairs_bits = pairs_parts = pdq_false = 0
    highest = 0.0
    for one, alien in zip(asked, allowed, strict=True):
        pairs_bits += int(alien.sum())
        by_bits += int((one.bits[alien] <= RADIUS).sum())
        pdq_false += int((one.peers["PDQ"][alien] <= RADIUS).sum())
        for place, score in one.scores.items():
            if place == one.right:
                continue
            pairs_parts += 1
            highest = max(highest, score)
            if score >= LEAST_SCORE:
                by_parts += 1
                print(
                    f"false by parts: {one.change} {one.right} {gallery.pictures[place].path.name} {score:.1f}"
                )
    print(
        f"false matches: bits {by_bits} of {pairs_bits} pairs (PDQ ≤31: {pdq_false}), parts {by_parts} of {pairs_parts}"
    )
    return by_bits + by_parts


def _within(peer: str, threshold: int) -> Callable[[Asked], bool]:
    return lambda one: one.right is not None and bool(one.peers[peer][one.right] <= threshold)


def _bits(one: Asked) -> bool:
    return one.right is not None and bool(one.bits[one.right] <= RADIUS)


def _cascade(one: Asked) -> bool:
    return _bits(one) or (one.right is not None and one.scores.get(one.right, 0.0) >= LEAST_SCORE)


def _distances(code: bytes, codes: Codes) -> Codes:
    differing = np.bitwise_count(codes ^ np.frombuffer(code, np.uint8)).sum(axis=1)
    distances: Codes = np.minimum(differing, 255).astype(np.uint8)
    return distances


def _stack(codes: Sequence[bytes]) -> Codes:
    return np.array([np.frombuffer(code, np.uint8) for code in codes])


def _phash(data: bytes, side: int) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return np.packbits(imagehash.phash(image.convert("RGB"), hash_size=side).hash).tobytes()


def _rgb(picture: pairs.Picture) -> Image.Image:
    with Image.open(picture.path) as image:
        return image.convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
