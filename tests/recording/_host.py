"""A host process that records pictures: `_host.py HOME FOLDER COUNT [FIRST]`.

It prints each file's name once the file is whole on disk, then tells the recorder: who kills it strikes between the two.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

from myself_i2i.attestation import PrivateKey
from myself_i2i.ledger import KeyStore
from myself_i2i.recording import open_recorder
from myself_i2i.wording import Text
from tests.support.pictures import png

AS_USER = "RECORD_AS_USER"
"""Environment variable: the user id to become, for hosts that may not write everywhere as root may."""


def tell(text: Text) -> None:
    """Show the person a sentence."""
    sys.stderr.write(f"{text.en}\n")


def rehearse() -> None:
    """Record once elsewhere: all is imported before Python's own folder may be out of reach."""
    with tempfile.TemporaryDirectory() as folder:
        KeyStore(Path(folder)).save(PrivateKey.generate(bytes(32)))
        path = Path(folder, "x.png")
        path.write_bytes(png())
        recorder = open_recorder(tool="Host", tool_version="1", writer="host 1", home=Path(folder))
        for _ in range(2):
            run = recorder.begin()
            run.input("init", path=path)
            run.output(path)
        recorder.close()
        KeyStore(Path(folder)).path().unlink()
        recorder.begin().output(path)
        recorder.close()


def main(home: Path, folder: Path, count: int, first: int) -> None:
    """Record `count` pictures; what the person is told goes to stderr."""
    if user := os.environ.get(AS_USER):
        rehearse()
        os.setuid(int(user))
    recorder = open_recorder(
        tool="Host",
        tool_version="1",
        writer="host 1",
        home=home,
        tell=tell,
    )
    for number in range(first, first + count):
        path = folder / f"{number:06}.png"
        part = path.with_suffix(".part")
        pixels = hashlib.shake_256(str(number).encode()).digest(12 * 8 * 3)  # no two pictures are alike
        part.write_bytes(png(image=Image.frombytes("RGB", (12, 8), pixels)))
        part.replace(path)
        sys.stdout.write(f"{path.name}\n")
        sys.stdout.flush()
        run = recorder.begin()
        run.output(path)
        run.end()
    recorder.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
