"""Coverage-guided fuzzing of everything that reads strangers' bytes: `run.py TARGET SECONDS`; needs atheris."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["myself_i2i"]):
    from myself_i2i.attestation import Envelope
    from myself_i2i.errors import Error
    from myself_i2i.fingerprint.interface import PARTS, Fingerprint
    from myself_i2i.fingerprint.parts import words
    from myself_i2i.image import read_container, read_xmp
    from myself_i2i.inspection.files import inspect_bytes
    from myself_i2i.inspection.manifests import manifest_reader
    from myself_i2i.journal import Opening
    from myself_i2i.journal.reading import kind_of, picture_in
    from myself_i2i.tlog import Checkpoint, Note, Receipt
    from myself_i2i.verification import check

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SLOW = 2.0


def _container(data: bytes) -> None:
    read_container(data)


def _inspect(data: bytes) -> None:
    inspect_bytes(data, manifest_reader=manifest_reader(), strict=True).to_json()


def _check(data: bytes) -> None:
    check(data, name="fuzz", checked_at=NOW).to_json()


def _envelope(data: bytes) -> None:
    Envelope.from_json(data)


def _xmp(data: bytes) -> None:
    read_xmp(data.decode("utf-8", "surrogateescape"))


def _parts(data: bytes) -> None:
    words(Fingerprint(PARTS, data, quality=100))


def _work(data: bytes) -> None:
    picture_in(data, kind_of(data[:128], "fuzz"))


def _opening(data: bytes) -> None:
    Opening.from_json(data)


def _log(data: bytes) -> None:
    if data[:1] < b"\x80":
        Checkpoint.parse(Note.parse(data).text)
    Receipt.parse(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "container": _container,
    "inspect": _inspect,
    "check": _check,
    "envelope": _envelope,
    "xmp": _xmp,
    "parts": _parts,
    "work": _work,
    "opening": _opening,
    "log": _log,
}


def guarded(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Let our errors pass, nothing else, and nothing slow."""

    def once(data: bytes) -> None:
        start = time.monotonic()
        try:
            target(data)
        except Error:
            pass
        taken = time.monotonic() - start
        if taken > SLOW:
            message = f"took {taken:.1f} s"
            raise TimeoutError(message)

    return once


def main() -> None:
    """Run one target for some seconds, seeded with small pictures of ours."""
    name, seconds = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder)
        seeds = [*(ROOT / "examples" / "pictures").rglob("*.*"), *(ROOT / "vectors").rglob("*.*")]
        for number, seed in enumerate(path for path in seeds if path.is_file()):
            (corpus / f"{number}{seed.suffix}").write_bytes(seed.read_bytes())
        atheris.Setup(
            [
                sys.argv[0],
                folder,
                f"-max_total_time={seconds}",
                "-max_len=200000",
                "-rss_limit_mb=4096",
                "-print_final_stats=1",
            ],
            guarded(TARGETS[name]),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
