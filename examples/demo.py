"""The main job on the example pictures, command by command: pledge, inspect, declare, mark, check, tamper, check again.

Usage: demo.py [FOLDER]. Everything is written into FOLDER (demo-out), the data folder of this demo included, so your own
key and ledger are not touched. Every command shown can be typed as it stands. Fails when a command ends otherwise than
it should.
"""

from __future__ import annotations

import os
import shlex
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
TOOL = Path(sys.executable).with_name("myself-i2i")
BLUE, PLAIN = ("\033[1;34m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")


def run(command: str, *, wanted: int = 0, lines: int | None = None) -> None:
    """Run one command as a person would, show it and (the first `lines` of) what it says, and hold it to its exit code."""
    print(f"\n{BLUE}$ myself-i2i {command}{PLAIN}", flush=True)
    done = subprocess.run(  # noqa: S603  # the tool itself, with the arguments written below
        [TOOL, *shlex.split(command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = done.stdout.splitlines()
    print("\n".join(said if lines is None else said[:lines]))
    if lines is not None and len(said) > lines:
        print("…")
    if done.returncode != wanted:
        sys.exit(f"the command ended with {done.returncode}, wanted {wanted}")
    if wanted:
        print(f"(exit {wanted})")


def tamper(source: Path, target: Path) -> None:
    """Copy a PNG with one bit of one pixel changed and everything else, the mark included, left as it was."""
    data = source.read_bytes()
    out, pixels, at, written = [data[:8]], b"", 8, False
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IDAT":
            pixels += body
            continue
        if pixels and not written:
            raw = bytearray(zlib.decompress(pixels))
            raw[len(raw) // 2] ^= 1
            out.append(_chunk(b"IDAT", zlib.compress(bytes(raw), 9)))
            written = True
        out.append(_chunk(kind, body))
    target.write_bytes(b"".join(out))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def main() -> None:
    """Run the demo in the folder named on the command line."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["MYSELF_I2I_HOME"] = str((folder / "home").resolve())
    made, own = PICTURES / "generated", PICTURES / "sources"
    marked = folder / "marked"

    print("1. Read the pledge and sign it")
    run("pledge --name demo --yes", lines=8)
    print("\n2. How was each picture made?")
    run(f"inspect {made}/comfyui-i2i.png")
    run(f"inspect {made} --sources {own} --html {folder}/inspect.html", lines=0)
    print("\n3. Mark one: an image went in, and nothing is declared about it yet")
    run(f"mark {made}/comfyui-i2i.png --out {marked}", wanted=1)
    print("\n4. Say where the sources came from")
    run(f"sources add {own}/drawing.png {own}/drawing-lines.png --basis own-drawing")
    run(f"sources add {made}/a1111-t2i.png --basis own-generation")
    print("\n5. Mark them all; what is still undeclared or not recorded is named and left alone")
    run(f"mark {made} --out {marked}", wanted=1)
    print("\n6. What the file does not record, the maker may say")
    run(f"mark {made}/plain-t2i.png --as t2i --out {marked}")
    run(f'mark {made}/stripped-i2i.avif --as "i2i {own}/drawing.png" --out {marked}')
    print("\n7. Check")
    run(f"check {marked}/comfyui-i2i.png")
    run(f"check {marked} --html {folder}/check.html")
    print("\n8. Change one bit of one pixel, and check again")
    tamper(marked / "comfyui-i2i.png", folder / "one-pixel-changed.png")
    run(f"check {folder}/one-pixel-changed.png", wanted=1)
    print("\n9. Everything that was signed is in the ledger")
    run("ledger verify")
    print(f"\nLook at {folder}/inspect.html and {folder}/check.html, and at the pictures in {marked}.")


if __name__ == "__main__":
    main()
