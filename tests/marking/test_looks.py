import base64
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import iscc_core
import numpy as np
import pytest
from PIL import Image, ImageDraw

from myself_i2i.c2pa import labels, native
from myself_i2i.fingerprint.interface import PDQ64, Fingerprint
from myself_i2i.fingerprint.pdq64 import distance, read_pdq64
from myself_i2i.marking.content_credentials import Signing, mark
from myself_i2i.marking.looks import looks_of
from myself_i2i.marking.manifest import MarkContent
from tests.support.pictures import png

PAGE = Path(__file__).parents[2] / "spec" / "mark.md"


def drawing() -> Image.Image:
    """A picture with something to hold on to."""
    random = np.random.default_rng(5)
    image = Image.fromarray(np.linspace(0, 255, 480 * 320).reshape(320, 480).astype(np.uint8)).convert("RGB")
    image.putpixel((0, 0), (255, 0, 255))  # else a border of its colour would be cut off
    draw = ImageDraw.Draw(image)
    for _ in range(30):
        x, y, wide, high = (int(value) for value in random.integers(10, 300, 4))
        draw.rectangle((x, y, x + wide, y + high // 2), fill=tuple(random.integers(0, 256, 3).tolist()))
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def assertions(data: bytes) -> dict[str, Any]:
    """What a C2PA reader shows of the mark in a file, by label."""
    reading = native.read(data, "image/png")
    assert reading is not None
    return {one["label"]: one["data"] for one in reading.manifest["assertions"]}


class TestLooksOf:
    def test_others_agree(self) -> None:
        """The code is the one that the reference implementation of ISCC makes of the picture at full size."""
        looks, notes = looks_of(saved(drawing()))
        assert looks is not None
        small = drawing().convert("L").resize((32, 32), Image.Resampling.BICUBIC)
        expected = iscc_core.gen_image_code_v0(list(small.tobytes()), bits=256)["iscc"]
        value = looks.soft_binding()["data"]["blocks"][0]["value"]
        assert (expected, ()) == (
            "ISCC:" + base64.b32encode(base64.b64decode(value)).decode().rstrip("="),
            notes,
        )

    def test_same_as_of_the_file(self) -> None:
        """Our own fingerprint is the one that anyone takes of the file, whatever its format."""
        for kind in ("PNG", "JPEG", "WEBP"):
            data = saved(drawing(), kind)
            looks, _ = looks_of(data)
            assert looks is not None
            assert read_pdq64(data) == looks.same

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (saved(Image.new("RGB", (64, 64), (7, 7, 7))), "too little structure"),
            (png()[:40], "could not be decoded"),
        ],
    )
    def test_nothing_to_hold_on_to(self, data: bytes, why: str) -> None:
        """A flat picture, or one that cannot be decoded, has none, and the maker is told."""
        looks, (note,) = looks_of(data)
        assert (None, True) == (looks, why in note.en)


class TestMark:
    def test_carried(self, content: Callable[..., MarkContent], signing: Signing) -> None:
        """The mark carries both, a C2PA reader shows them, and a copy saved again is near."""
        found = assertions(mark(saved(drawing()), content(), signing).data)
        binding = found[labels.SOFT_BINDING]
        assert ("io.iscc.v0", [{}]) == (binding["alg"], [block["scope"] for block in binding["blocks"]])
        same = Fingerprint.from_text(PDQ64, found[labels.MARK]["fingerprints"][PDQ64])
        copy = read_pdq64(saved(drawing().resize((300, 200)), "JPEG", quality=40))
        assert distance(same.value, copy.value) <= 31

    def test_flat(self, content: Callable[..., MarkContent], signing: Signing) -> None:
        """The mark of a flat picture carries none, and the maker is told."""
        marked = mark(saved(Image.new("RGB", (64, 64), (7, 7, 7))), content(), signing)
        found = assertions(marked.data)
        assert (False, False, 1) == (
            labels.SOFT_BINDING in found,
            "fingerprints" in found[labels.MARK],
            len(marked.notes),
        )

    def test_sources(self, content: Callable[..., MarkContent], signing: Signing) -> None:
        """A source carries how it looks; a sealed one says that it is sealed, and carries nothing of it."""
        given = content()
        looking = replace(given.sources[0], fingerprints={PDQ64: "ab" * 32})
        sealed = replace(looking, sealed=True)
        said = [
            assertions(mark(png(), replace(given, sources=(source,)), signing).data)[labels.MARK]["sources"][
                0
            ]
            for source in (looking, sealed)
        ]
        assert ({PDQ64: "ab" * 32}, None, None, True) == (
            said[0]["fingerprints"],
            said[0].get("sealed"),
            said[1].get("fingerprints"),
            said[1]["sealed"],
        )


class TestPage:
    def test_example(self) -> None:
        """The soft binding in the page's example is a unit of 256 bits of the ISCC image code."""
        found = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        assert found is not None
        binding = next(
            one["data"] for one in json.loads(found[1])["assertions"] if one["label"] == labels.SOFT_BINDING
        )
        unit = base64.b64decode(binding["blocks"][0]["value"], validate=True)
        assert (bytes([0x21, 0x07]), 32) == (unit[:2], len(unit[2:]))
