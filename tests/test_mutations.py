"""Mutated files through inspection and check: no exception, no hang, nobody asked over the network.

Two hundred in every run, two thousand in the long one. What was ever found lies under vectors/fuzz and is tried too.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from myself_i2i.image import image_data_digest
from myself_i2i.inspection.files import inspect_bytes
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.verification import Report, check
from myself_i2i.verification.report import Claims
from tests.support.foreign import remote, vendor
from tests.support.marked import Picture, drawing, generated, i2i, marked, person, plain
from tests.support.mutations import mutations
from tests.support.pictures import BUILDERS, comment_exif, png

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "vectors" / "fuzz"
SECONDS = 2.0
"""Most time for one file; a mutated one costs milliseconds, so a busy machine has room."""
SEED = 20261122
INFOTEXT = "a fox\nSteps: 20, Sampler: Euler, Seed: 7, Size: 64x64, Denoising strength: 0.5"
READER = manifest_reader()
Said = set[tuple[str, str | None, Claims]]


def files() -> list[bytes]:
    """Marked pictures, vendors' pictures and pictures with generator metadata, in every format."""
    alice = person("alice")
    made = []
    for form in BUILDERS:
        made += [i2i(alice, form).data, generated(form, drawing()).data, vendor(plain(form))]
        made.append(BUILDERS[form](32, 32, exif=comment_exif(INFOTEXT)))
    made += [png(64, 64, texts={"parameters": INFOTEXT}), png(64, 64, mode="RGBA")]
    again = marked(alice, Picture("again", made[0]), [alice.declare(drawing())])
    return [*made, again.data]


def tried(data: bytes, said: Said | None = None) -> float:
    """Seconds that both readings of one file took; what they say must be printable.

    With `said`, what the files before mutation say: a mark that is still found must say one of these things.
    """
    start = time.perf_counter()
    inspection = inspect_bytes(data, name="x", manifest_reader=READER, strict=True)
    report = check(data, name="x", checked_at=datetime(2026, 1, 1, tzinfo=UTC))
    seconds = time.perf_counter() - start
    for printed in (inspection.to_json(), report.to_json()):
        json.dumps(printed, ensure_ascii=False, allow_nan=False).encode()
    if said is not None and report.marked:
        assert what(data, report) in said
    return seconds


def what(data: bytes, report: Report) -> tuple[str, str | None, Claims]:
    """Of which picture a mark says what, by which key."""
    return image_data_digest(data), report.signer.keyid, report.claims


def said_by(whole: list[bytes]) -> Said:
    """What the marks in these files say."""
    found = [(data, check(data, name="x", checked_at=datetime(2026, 1, 1, tzinfo=UTC))) for data in whole]
    return {what(data, report) for data, report in found if report.marked}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A port of this machine that nobody may ask; asking it is found after the last test."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003 - the standard library's own argument
        yield listening.getsockname()[1]
        with pytest.raises(BlockingIOError):
            listening.accept()


class TestMutations:
    def test_some(self, port: int) -> None:
        """Two hundred broken files give two hundred answers within two seconds each, and no mark says anything new."""
        whole = [*files(), remote(person("alice"), plain(), f"http://127.0.0.1:{port}/mark.c2pa")]
        said = said_by(whole)
        assert said
        slow = [n for n, data in enumerate(mutations(whole, 200, SEED)) if tried(data, said) > SECONDS]
        assert [] == slow

    @pytest.mark.slow
    def test_many(self, port: int) -> None:
        """Two thousand others as well."""
        whole = [*files(), remote(person("alice"), plain(), f"http://127.0.0.1:{port}/mark.c2pa")]
        said = said_by(whole)
        slow = [n for n, data in enumerate(mutations(whole, 2_000, SEED + 1)) if tried(data, said) > SECONDS]
        assert [] == slow

    def test_found(self) -> None:
        """Every file that once broke something is answered, within two seconds."""
        found = [path for path in sorted(FOUND.iterdir()) if path.suffix != ".md"]
        assert found
        assert [] == [path.name for path in found if tried(path.read_bytes()) > SECONDS]

    def test_seed(self) -> None:
        """The same seed makes the same files, so that what is found can be found again."""
        whole = [png(), png(seed=1)]
        assert list(mutations(whole, 50, 1)) == list(mutations(whole, 50, 1))
        assert len({*mutations(whole, 50, 1)}) > 40


CHILD = """
import socket, sys, threading
asked = []
sys.addaudithook(lambda event, args: asked.append(event) if event.startswith(("socket.connect", "socket.getaddrinfo", "urllib")) else None)
from tests.support.foreign import remote
from tests.support.marked import person, plain
from tests.support.mutations import mutations
from tests.test_mutations import SEED, files, tried
with socket.create_server(("127.0.0.1", 0)) as listening:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/mark.c2pa"
    whole = [*files(), *[remote(person("alice"), plain(form), url) for form in ("png", "jpeg", "webp")]]
    for data in [*whole, *mutations(whole, 60, SEED + 2)]:
        tried(data)
    listening.setblocking(False)
    try:
        listening.accept()
        asked.append("connection")
    except BlockingIOError:
        pass
print(asked)
"""


class TestNetwork:
    def test_nobody_asked(self) -> None:
        """Neither Python nor the C2PA library asks anyone, though the files name an address that would answer."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (0, "[]\n") == (done.returncode, done.stdout), done.stderr[-2000:]
