"""Is a marked picture found again after a site re-saved it? `python benchmarks/found_again.py [EVERY]`.

As people do it: pledge, mark and publish on the command line, a registry that runs, then each marked picture as X shows
it (1,200 pixels on the longer side, JPEG of quality 80, nothing else in the file) to `POST /matches/byContent`. Published
are the sources and three of four distractors; the others are asked about too, and nothing may be found for them, pictures
that show the same (`same_scenes.py`) apart. EVERY takes every so many-th picture.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import pairs
import reposting
from same_scenes import joined

GOAL = 0.99
LONGER = 1200
COMMAND = str(Path(sys.executable).with_name("myself-i2i"))


def main() -> int:
    """Print what was found; 0 when the goal is met."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    pictures = pairs.load(pairs.found())
    published = [*pictures.sources, *(p for i, p in enumerate(pictures.distractors) if i % 4)][::every]
    others = pictures.distractors[:: 4 * every]
    if not published:
        print("no pictures here: see MYSELF_I2I_CORPUS")
        return 2
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url:
        names = publish(Path(folder), url, [one.path for one in published])
        same = joined(pictures)
        by_name = {name: one.path for name, one in zip(names, published, strict=True) if name}
        found = refused = false = 0
        for name, one in zip(names, published, strict=True):
            status, hits = ask(url, reposted(one.path))
            found += name in hits
            refused += status != httpx.codes.OK
            false += len({by_name[hit] for hit in hits} - same(one.path) - {one.path})
        for one in others:
            _, hits = ask(url, reposted(one.path))
            false += len({by_name[hit] for hit in hits} - same(one.path))
    print(f"{found} of {len(published)} published pictures found again ({found / len(published):.1%})")
    print(f"too flat or not readable for the look-up: {refused}; not published: {names.count('')}")
    print(f"false matches: {false}, {len(others)} unpublished pictures asked about")
    met = found >= GOAL * len(published) and not false
    print(f"goal: {GOAL:.0%}, no false match: {'met' if met else 'MISSED'}")
    return 0 if met else 1


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Run a registry in the folder and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = os.environ | {"MYSELF_I2I_REGISTRY_PER_ADDRESS_PER_MINUTE": "1000000"}
    arguments = [COMMAND, "serve", "--data", str(folder / "registry"), "--port", str(port)]
    process = subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def publish(folder: Path, url: str, paths: Sequence[Path]) -> list[str]:
    """Mark and publish the pictures; return the manifest id of each, "" where it was not published."""
    home = os.environ | {"MYSELF_I2I_HOME": str(folder / "home"), "MYSELF_I2I_REGISTRY": url}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [COMMAND, *arguments], env=home, cwd=folder, stdout=subprocess.PIPE, text=True, check=False
        )
        return done.stdout

    (folder / "own").mkdir()
    copies = [Path("own") / f"{number}{path.suffix}" for number, path in enumerate(paths)]
    for path, copy in zip(paths, copies, strict=True):
        shutil.copyfile(path, folder / copy)
    run("pledge", "--name", "hanako", "--yes")
    run("mark", *map(str, copies), "--as", "t2i", "--insist", "--out", "marked")
    marked = [Path("marked") / copy.name for copy in copies]
    lines = run("publish", *(str(one) for one in marked if (folder / one).exists()), "--json").splitlines()
    digests = {one["what"]: one.get("digest") for one in map(json.loads, lines)}
    return [_manifest(url, digests.get(str(one))) for one in marked]


def _manifest(url: str, digest: str | None) -> str:
    """Return the id of a published manifest, "" for what was not published."""
    return "" if digest is None else str(httpx.get(f"{url}/s/{digest}").json()["manifestId"])


def reposted(path: Path) -> bytes:
    """Return the picture as X shows it."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    scale = LONGER / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return reposting.saved(picture.resize((width, height), Image.Resampling.LANCZOS), quality=80)


def ask(url: str, data: bytes) -> tuple[int, list[str]]:
    """Return the status and the manifest ids of what the registry found."""
    headers = {"content-type": "image/jpeg"}
    answer = httpx.post(f"{url}/matches/byContent", content=data, headers=headers, timeout=120)
    return answer.status_code, [one["manifestId"] for one in answer.json().get("matches", [])]


if __name__ == "__main__":
    sys.exit(main())
