"""picture.js in Chromium: the browser's fingerprint of a file is Python's."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from myself_i2i.fingerprint.pdq64 import read_pdq64
from tests.web.support import scene
from tests.web.visiting import choose, shown

VECTORS = Path(__file__).parents[2] / "vectors" / "fingerprint"
FEW_BITS = 6
"""Of 256: libjpeg's own luma at a smaller size against the browser's colours in full. 4 were the most in 158 JPEGs."""


class TestFingerprint:
    @pytest.mark.parametrize("case", sorted(path.parent.name for path in VECTORS.glob("*/expected.json")))
    def test_vectors(self, page: Page, case: str) -> None:
        """The browser's fingerprint of a picture file is Python's, bit for bit, and so is its quality."""
        expected = json.loads((VECTORS / case / "expected.json").read_text(encoding="utf-8"))
        samples = gzip.decompress((VECTORS / case / "pixels.rgba.gz").read_bytes())
        out = io.BytesIO()
        Image.frombytes("RGBA", (expected["width"], expected["height"]), samples).save(out, "PNG")
        choose(page, out.getvalue())
        wanted = expected["orientations"]["as-is"]
        assert wanted["hex"] == shown(page, "fingerprint")
        assert f"{wanted['quality']}/100" in shown(page, "quality")

    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    @pytest.mark.parametrize("form", ["PNG", "AVIF", "JPEG"])
    def test_turned(self, page: Page, form: str, orientation: int) -> None:
        """A picture that says how it is turned is read upright; a JPEG within a few bits."""
        exif = Image.Exif()
        exif[0x0112] = orientation
        out = io.BytesIO()
        scene(9).save(out, form, exif=exif)
        choose(page, out.getvalue(), mime=f"image/{form.lower()}")
        far = distance(read_pdq64(out.getvalue()).text, shown(page, "fingerprint"))
        assert far <= (FEW_BITS if form == "JPEG" else 0)

    @pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA"])
    def test_colours(self, page: Page, mode: str) -> None:
        """Grey, palettes, alpha and a printer's colours are read as Python reads them."""
        form = "JPEG" if mode == "CMYK" else "PNG"
        image = scene(9).convert(mode)
        if mode == "RGBA":
            image.putalpha(Image.linear_gradient("L").resize(image.size))
        out = io.BytesIO()
        image.save(out, form)
        choose(page, out.getvalue(), mime=f"image/{form.lower()}")
        far = distance(read_pdq64(out.getvalue()).text, shown(page, "fingerprint"))
        assert far <= (FEW_BITS if form == "JPEG" else 0)

    def test_profile(self, page: Page) -> None:
        """A colour profile changes nothing, as spec/fingerprints.md asks."""
        plain, profiled = io.BytesIO(), io.BytesIO()
        scene(9).save(plain, "PNG")
        scene(9).save(profiled, "PNG", icc_profile=swapped_profile())
        choose(page, plain.getvalue())
        before = shown(page, "fingerprint")
        choose(page, profiled.getvalue())
        expect(page.locator("#name")).to_contain_text(f"{len(profiled.getvalue()):,}")
        assert before == shown(page, "fingerprint")

    def test_flat(self, page: Page) -> None:
        """A picture with too little in it cannot be looked up, and the page says why."""
        out = io.BytesIO()
        Image.new("RGB", (300, 200), (200, 30, 90)).save(out, "PNG")
        choose(page, out.getvalue())
        expect(page.locator("#flat")).to_be_visible()
        expect(page.locator("#send")).to_be_disabled()


def distance(a: str, b: str) -> int:
    return (int(a, 16) ^ int(b, 16)).bit_count()


def swapped_profile() -> bytes:
    """A colour profile in which red is blue: who applies it sees another picture."""
    from PIL import ImageCms  # noqa: PLC0415 - only here

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for place in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        other: dict[bytes, bytes] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
        profile[place : place + 4] = other.get(bytes(profile[place : place + 4]), profile[place : place + 4])
    return bytes(profile)
