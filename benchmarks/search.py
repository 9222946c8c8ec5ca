"""How fast near fingerprints are found: `python benchmarks/search.py [COUNT ...] [--folder FOLDER]`.

For each COUNT (1,000,000 and 10,000,000 when none is given), on one thread, with the same random 256-bit codes:

1. Adding: records a second, durable, in batches of 1, 100, 1,000 and 10,000, into an index of COUNT records.
2. Searching at radius 31 for codes planted 0 to 31 bits away and for codes that are nowhere near: milliseconds by the clock
   and by the processor, p50 and p95, of the whole call `EmbeddedIndex.search` with one query, in turns with faiss's
   IndexBinaryFlat and IndexBinaryMultiHash (40 queries each; 16 words of 16 bits, one flip: exact to 31). Every answer is compared with the
   flat index's. Also before compacting, with the segments as adding left them, and at radius 48 and without a radius.
3. What it takes: seconds to build, bytes on disk for each record, memory.

Needs the `bench` group (faiss-cpu). Ten million need about 12 GB of disk and 8 GB of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from myself_i2i.search.embedded import EmbeddedIndex
from myself_i2i.search.interface import Answer, Kind, Query, Record

KIND = Kind("bench_v1")
RADIUS, LIMIT = 31, 100
QUERIES = 400
TURN = 40  # queries of one engine before the next has its turn: each has the processor's cache to itself, as in use
LOAD = 2_000_000
CACHE = 2**32
GOALS = {1_000_000: 1.0, 10_000_000: 3.0}
GOAL_ADDED = 5_000
Codes = NDArray[np.uint8]


def identity(number: int) -> str:
    """Return an id that says nothing of the order in which it came, as digests do."""
    return f"{(number * 0x9E3779B97F4A7C15) & (2**64 - 1):016x}"


def records(codes: Codes, first: int) -> list[Record]:
    """Return records for these codes, numbered from `first`."""
    return [Record(identity(at), KIND.name, code.tobytes()) for at, code in enumerate(codes, first)]


def questions(codes: Codes, chance: np.random.Generator, farthest: int) -> list[bytes]:
    """Return stored codes with 0 to `farthest` bits turned over, and as many codes that are near nothing."""
    asked = []
    for at in range(QUERIES):
        if at % 4 == 0:
            asked.append(chance.bytes(32))
            continue
        bits = np.unpackbits(codes[chance.integers(len(codes))])
        bits[chance.choice(256, at % (farthest + 1), replace=False)] ^= 1
        asked.append(np.packbits(bits).tobytes())
    return asked


def blocks(codes: Codes, size: int) -> Iterator[tuple[int, Codes]]:
    """Yield slices with where they begin."""
    for start in range(0, len(codes), size):
        yield start, codes[start : start + size]


def as_row(code: bytes) -> Codes:
    """Return a code as faiss takes it."""
    return np.frombuffer(code, np.uint8).reshape(1, 32)


class Clocks:
    """Milliseconds by the clock and by the processor, of many calls."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.work: list[float] = []

    def time(self, call: Callable[[bytes], object], code: bytes) -> object:
        """Call with a query's code, and keep how long it took."""
        wall, work = time.perf_counter(), time.thread_time()
        result = call(code)
        self.work.append((time.thread_time() - work) * 1e3)
        self.wall.append((time.perf_counter() - wall) * 1e3)
        return result

    def __str__(self) -> str:
        return "   ".join(
            f"{name} p50 {np.percentile(times, 50):8.3f} p95 {np.percentile(times, 95):8.3f}"
            for name, times in (("clock", self.wall), ("processor", self.work))
        )


def found_by(answers: object) -> set[int]:
    """Return the distances and numbers of what our index found."""
    assert isinstance(answers, list)  # noqa: S101  # it is what search returns
    answer = answers[0]
    assert isinstance(answer, Answer)  # noqa: S101  # the same
    return {hash((hit.id, hit.distance)) for hit in answer.hits}


def true_hits(result: object) -> set[int]:
    """Return the same of what faiss found."""
    assert isinstance(result, tuple)  # noqa: S101  # it is what range_search returns
    _, distances, numbers = result
    return {hash((identity(int(n)), int(d))) for d, n in zip(distances, numbers, strict=True)}


def search(
    name: str, index: EmbeddedIndex, asked: list[bytes], radius: int | None, limit: int = LIMIT
) -> Clocks:
    """Time our index alone, and print."""
    clocks = Clocks()
    for code in asked:
        clocks.time(lambda code: index.search(KIND.name, [Query(code)], radius=radius, limit=limit), code)
    print(f"  {name:44} {clocks}")
    return clocks


def beside_faiss(index: EmbeddedIndex, codes: Codes, asked: list[bytes]) -> None:
    """Time our index and faiss's two in turns on the same queries; every answer is checked."""
    flat = faiss.IndexBinaryFlat(256)
    flat.add(codes)
    started = time.perf_counter()
    multi = faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.nflip = 1
    multi.add(codes)
    print(
        f"  faiss MultiHash built in {time.perf_counter() - started:.1f} s, process now {memory():.2f} GB at most"
    )
    engines: dict[str, tuple[Clocks, Callable[[bytes], object], Callable[[object], set[int]]]] = {
        "ours, compacted, radius 31": (
            Clocks(),
            lambda code: index.search(KIND.name, [Query(code)], radius=RADIUS, limit=LIMIT),
            found_by,
        ),
        "faiss IndexBinaryFlat": (
            Clocks(),
            lambda code: flat.range_search(as_row(code), RADIUS + 1),
            true_hits,
        ),
        "faiss IndexBinaryMultiHash 16x16": (
            Clocks(),
            lambda code: multi.range_search(as_row(code), RADIUS + 1),
            true_hits,
        ),
    }
    found: dict[str, list[set[int]]] = {name: [] for name in engines}
    for start in range(0, len(asked), TURN):
        for name, (clocks, call, hits) in engines.items():
            found[name] += [hits(clocks.time(call, code)) for code in asked[start : start + TURN]]
    truth = found["faiss IndexBinaryFlat"]
    for name, (clocks, _, _) in engines.items():
        right = sum(one == true for one, true in zip(found[name], truth, strict=True))
        print(f"  {name:44} {clocks}   right {right}/{len(asked)}")
    ours, flats, multis = (clocks for clocks, _, _ in engines.values())
    p50 = float(np.percentile(ours.wall, 50))
    goal = GOALS.get(len(codes))
    print(
        f"  faster than flat {np.percentile(flats.wall, 50) / p50:.1f} times, than MultiHash "
        f"{np.percentile(multis.wall, 50) / p50:.1f} times; p50 {p50:.3f} ms"
        + (f", goal {goal} ms: {'reached' if p50 <= goal else 'missed'}" if goal else "")
    )


def add_speed(index: EmbeddedIndex, chance: np.random.Generator) -> None:
    """Print how many records a second are added, each batch durable when its call returns, and take them out again."""
    first = 1 << 40
    for batch, rounds in ((1, 300), (100, 60), (1_000, 20), (10_000, 4)):
        made = [
            records(np.frombuffer(chance.bytes(32 * batch), np.uint8).reshape(-1, 32), first + at * batch)
            for at in range(rounds)
        ]
        started = time.perf_counter()
        for part in made:
            index.add(part)
        speed = batch * rounds / (time.perf_counter() - started)
        verdict = (" (goal reached)" if speed >= GOAL_ADDED else " (goal missed)") if batch >= 1_000 else ""
        print(f"  adding in batches of {batch:6,}: {speed:9,.0f} records/s, durable{verdict}")
        index.delete([record.id for part in made for record in part])
        first += batch * rounds


def memory() -> float:
    """Return the most memory this process had so far, mapped files included, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def measure(count: int, folder: Path) -> None:
    """Measure an index of `count` records, and print."""
    chance = np.random.default_rng(20261122)
    codes = np.frombuffer(chance.bytes(32 * count), np.uint8).reshape(-1, 32)
    print(f"\n{count:,} random codes of 256 bits")
    with EmbeddedIndex.open(folder, [KIND], cache=CACHE) as index:
        started, worked = time.perf_counter(), time.process_time()
        for start, part in blocks(codes, LOAD):
            index.add(records(part, start))
        taken, work = time.perf_counter() - started, time.process_time() - worked
        print(
            f"  loaded by add in batches of up to {LOAD:,}: {taken:.1f} s ({work:.1f} of the processor), {count / taken:,.0f} records/s"
        )
    with EmbeddedIndex.open(folder) as index:  # with the settings that anybody has
        near, wide = questions(codes, chance, RADIUS), questions(codes, chance, 48)
        segments = len(list((folder / "segments").iterdir()))
        search("warming", index, near[:50], RADIUS)
        search(f"ours as added ({segments} segments), radius 31", index, near, RADIUS)
        add_speed(index, chance)
        started, worked = time.perf_counter(), time.process_time()
        index.compact()
        print(
            f"  compacted in {time.perf_counter() - started:.1f} s ({time.process_time() - worked:.1f} of the processor)"
        )
        sizes = {
            name: sum(path.stat().st_size for path in folder.glob(pattern)) / count
            for name, pattern in (("SQLite", "index.sqlite*"), ("segments", "segments/*"))
        }
        print(
            "  disk, bytes a record: "
            + ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
            + f"; process {memory():.2f} GB at most, mapped files and the {codes.nbytes / 1e9:.2f} GB of test codes included"
        )
        started = time.perf_counter()
        with EmbeddedIndex.open(folder) as again:
            again.search(KIND.name, [Query(near[0])], radius=RADIUS, limit=LIMIT)
        print(f"  opened, checked and first answered in {time.perf_counter() - started:.2f} s")
        search("warming", index, near, RADIUS)
        search("ours, compacted, radius 40", index, wide, 40)
        search("ours, compacted, radius 48", index, wide, 48)
        search("ours, compacted, no radius, limit 10", index, wide[:20], None, 10)
        beside_faiss(index, codes, near)


def main() -> None:
    """Measure every count asked for."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream, unless somebody replaced it
    parser = argparse.ArgumentParser(description="search, measured")
    parser.add_argument("counts", nargs="*", type=int, default=[1_000_000, 10_000_000])
    parser.add_argument(
        "--folder", type=Path, help="where to make the indexes (a temporary folder otherwise)"
    )
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(1)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; all on one thread")
    for count in arguments.counts:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            measure(count, Path(folder))


if __name__ == "__main__":
    main()
