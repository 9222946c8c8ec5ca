"""What recording costs, and how fast a folder is looked up: `python benchmarks/recording.py [ROUNDS] [PICTURES]`.

Three tables:

1. At save time: what `Run.input` + `Run.output` take of the host's thread for a 1024² PNG, beside saving that PNG; and how
   long until its record is in the ledger.
2. A generation: 2 seconds of work on one core, and on all, with and without a recorder, in turns, so that a busy machine slows
   both; the fastest block of each counts. The worst case is told as well: all cores busy, a new input every time.
3. `myself-i2i lint` over PICTURES recorded pictures, in seconds for 1,000 and the most memory of any of its processes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from myself_i2i.attestation import PrivateKey, Statement, Subject, sign
from myself_i2i.image import image_data_digest
from myself_i2i.ledger import KeyStore, Ledger, ledger_path
from myself_i2i.predicates import Generation, Source, make_statement
from myself_i2i.predicates.generation import Input, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.recording import Facts, Recorder, open_recorder

SIDE = 1024
GENERATION_SECONDS = 2.0
BLOCK = 4
GOAL_RATIO, GOAL_SAVE_MS, GOAL_LINT_SECONDS = 1.02, 30.0, 5.0
NOW = datetime.now(UTC).replace(microsecond=0)


def picture(seed: int, side: int = SIDE) -> Image.Image:
    """Return a picture with enough noise to weigh about 2 MB as a PNG of 1024²."""
    smooth = Image.linear_gradient("L").resize((side, side)).rotate(seed % 360)
    bands = [Image.blend(smooth, Image.effect_noise((side, side), 40 + 10 * i), 0.3) for i in range(3)]
    return Image.merge("RGB", bands)


@contextmanager
def home() -> Iterator[Path]:
    """Give a data folder with a key, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        KeyStore(place).save(PrivateKey.generate(secrets.token_bytes(32)))
        yield place


def recorder(place: Path) -> Recorder:
    """Return a recorder as a plug-in opens it."""
    return open_recorder(tool="Benchmark", tool_version="1", writer="benchmark 1", home=place)


def save_time(rounds: int) -> tuple[float, float, float, float]:
    """Return median milliseconds: saving a PNG, telling the recorder, until its record is written, and the processor's for that."""
    saving, telling, written, worked = [], [], [], []
    with home() as place:
        source = place.parent / "source.png"
        picture(1).save(source)
        recording = recorder(place)
        recording.flush()
        for number in range(rounds):
            image, target = picture(number), place.parent / f"{number}.png"
            started = time.perf_counter()
            image.save(target, compress_level=4)
            saved, busy = time.perf_counter(), time.process_time()
            run = recording.begin()
            run.input("init", path=source)
            run.parameters(Facts(model="model", strength=0.5, prompt="a hill", other={"seed": str(number)}))
            run.output(target)
            run.end()
            told = time.perf_counter()
            recording.flush()
            saving.append(saved - started)
            telling.append(told - saved)
            written.append(time.perf_counter() - saved)
            worked.append(time.process_time() - busy)
        recording.close()
    save, tell, write, work = (
        1000 * statistics.median(times) for times in (saving, telling, written, worked)
    )
    return save, tell, write, work


def calibrate() -> int:
    """Return how many rounds of the stand-in for sampling take `GENERATION_SECONDS`."""
    rounds = 0
    block = bytes(2**20)
    started = time.perf_counter()
    while time.perf_counter() - started < GENERATION_SECONDS:
        hashlib.sha256(block)
        rounds += 1
    return rounds


def generate(rounds: int, threads: int) -> None:
    """Do the work of one generation: native code that holds no lock of Python's, as samplers are."""
    block = bytes(2**20)

    def work() -> None:
        for _ in range(rounds):
            hashlib.sha256(block)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def generations(rounds: int, threads: int, *, new_input: bool = False) -> tuple[float, float, float]:
    """Return the seconds of a generation without and with a recorder, in the fastest block of each, and their ratio.

    Generations come in blocks of `BLOCK`: the record of one is written while the next samples, so that is where its cost
    falls; at the end of a block the recorder is waited for, so nothing is left out.
    """
    work = calibrate()
    pairs = []
    seeds = iter(range(10**6))
    with home() as place:
        recording = recorder(place)
        source = place.parent / "source.png"
        picture(1).save(source)

        def plain(pictures: list[bytes]) -> None:
            for data in pictures:
                (place.parent / f"{next(seeds)}.png").write_bytes(data)
                generate(work, threads)
                (place.parent / f"{next(seeds)}.png").write_bytes(data[::-1])

        def recorded(pictures: list[bytes]) -> None:
            for data, output in zip(pictures[::2], pictures[1::2], strict=True):
                (place.parent / f"{next(seeds)}.png").write_bytes(data)
                run = recording.begin()
                run.input("init", path=place.parent / f"{next(seeds) - 1}.png" if new_input else source)
                run.parameters(Facts(model="model", strength=0.5))
                run.check()
                generate(work, threads)
                target = place.parent / f"{next(seeds)}.png"
                target.write_bytes(output)
                run.output(target)
                run.end()
            recording.flush()

        for number in range(rounds + 1):
            times = {}
            for action in (plain, recorded) if number % 2 else (recorded, plain):
                pictures = [_png(next(seeds)) for _ in range(BLOCK if action is plain else 2 * BLOCK)]
                started = time.perf_counter()
                action(pictures)
                times[action] = (time.perf_counter() - started) / BLOCK
            pairs.append((times[plain], times[recorded]))
        recording.close()
    del pairs[0]  # the first round warms up
    # The fastest block of each: whatever else runs on the machine can only add.
    without, with_recorder = (min(column) for column in zip(*pairs, strict=True))
    return without, with_recorder, with_recorder / without


def _png(seed: int) -> bytes:
    saved = io.BytesIO()
    picture(seed).save(saved, "PNG", compress_level=1)
    return saved.getvalue()


def _variant(data: bytes, number: int) -> bytes:
    """Return the PNG with a text chunk of its own, so that each file has its own digest."""
    body = b"tEXtnumber\0" + str(number).encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]


def lint(pictures: int, side: int) -> tuple[float, float, int]:
    """Return the seconds for 1,000 files, the most MiB of any process, and the bytes of one file."""
    with home() as place:
        key = KeyStore(place).load()
        folder = place.parent / "output"
        folder.mkdir()
        saved = io.BytesIO()
        picture(3, side).save(saved, "PNG")
        data = saved.getvalue()
        with Ledger.open(ledger_path(place)) as ledger:
            source = Subject("rough.png", {"sha256": "ab" * 32})
            declared = make_statement(Source(basis=Basis.OWN_DRAWING, declared_at=NOW), [source])
            records = [
                declared,
                *(_record(folder / f"{number:05}.png", _variant(data, number)) for number in range(pictures)),
            ]
            ledger.append_all(
                [sign(one, key) for one in records], appended_at=NOW, public_keys=[key.public_key]
            )
        command = [sys.executable, "-c", MEASURE, str(folder)]
        started = time.perf_counter()
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "MYSELF_I2I_HOME": str(place)},
        )
        seconds = time.perf_counter() - started
        told = json.loads(done.stdout.splitlines()[-1])
        if told["code"] != 0:
            raise RuntimeError(done.stderr)
        return 1000 * seconds / pictures, max(told["own"], told["workers"]) / 1024, len(data)


MEASURE = """
import json, pathlib, resource, sys
from myself_i2i.cli import main

def peak():
    # A child's ru_maxrss begins with its parent's size at the fork; VmHWM is its own.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

if __name__ == "__main__":
    try:
        main(["lint", sys.argv[1]])
    except SystemExit as end:
        workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(json.dumps({"code": end.code, "own": peak(), "workers": workers}))
"""


def _record(path: Path, data: bytes) -> Statement:
    path.write_bytes(data)
    said = Generation(
        written_by=WrittenBy.RECORDER,
        tool="Benchmark",
        mode="i2i",
        image_input="yes",
        inputs=(Input(role="init", name="rough.png", sha256="ab" * 32),),
        recorded_at=NOW,
    )
    digest = {"sha256": hashlib.sha256(data).hexdigest(), "imageData/v1": image_data_digest(data)}
    return make_statement(said, [Subject(path.name, digest)])


def main() -> int:
    """Print the tables; 0 when every goal is met."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    pictures = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    saving, telling, written, worked = save_time(3 * rounds)
    print(f"a {SIDE}² PNG: saving it {saving:.0f} ms; the host waits {telling:.2f} ms (goal < {GOAL_SAVE_MS:g}); "
          f"record in the ledger after {written:.0f} ms, {worked:.0f} ms of processor time "
          f"({worked / GENERATION_SECONDS / 10:.1f} % of one core in a generation)")  # fmt: skip
    met = telling < GOAL_SAVE_MS
    cores = os.cpu_count() or 1
    for threads, new_input in ((1, False), (cores, False), (cores, True)):
        plain, recorded, ratio = generations(rounds, threads, new_input=new_input)
        what = "an input never seen before" if new_input else "trials with one input"
        print(f"a generation on {threads} of {cores} cores, {what}: {plain:.3f} s, recorded {recorded:.3f} s, "
              f"ratio {ratio:.4f}" + ("" if new_input else f" (goal < {GOAL_RATIO:g})"))  # fmt: skip
        met = met and (new_input or ratio < GOAL_RATIO)
    for count, side in ((pictures // 10, SIDE), (pictures, 192)):
        seconds, memory, size = lint(count, side)
        print(f"lint of {count} files of {size // 1024} KiB: {seconds:.2f} s for 1,000 (goal < {GOAL_LINT_SECONDS:g}), "
              f"at most {memory:.0f} MiB a process")  # fmt: skip
        met = met and seconds < GOAL_LINT_SECONDS
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
