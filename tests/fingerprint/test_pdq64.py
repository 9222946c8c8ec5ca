from __future__ import annotations

import gzip
import io
import json
import re
from itertools import chain
from pathlib import Path

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from vectors.fingerprint.plain import TURNS, fingerprint

from myself_i2i.errors import InputError
from myself_i2i.fingerprint import pdq64 as module
from myself_i2i.fingerprint.interface import PDQ64, Bytes, Fingerprint
from myself_i2i.fingerprint.pdq64 import (
    LEAST_QUALITY,
    ORIENTATIONS,
    distance,
    orientations,
    pdq64,
    read_orientations,
    read_pdq64,
)
from myself_i2i.fingerprint.reading import FULL, read_grey
from tests.support.mutations import mutations
from tests.support.pictures import BUILDERS, jpeg, png, tiff

VECTORS = Path(__file__).parents[2] / "vectors" / "fingerprint"
CASES = sorted(path.parent for path in VECTORS.glob("*/expected.json"))
SEED = 64


def hills(width: int, height: int, seed: int) -> Bytes:
    """A picture with structure at every size, as photographs have."""
    chance = np.random.default_rng(seed)
    total = np.zeros((height, width))
    for cells in (3, 6, 12, 24, 48):
        noise = Image.fromarray(chance.normal(size=(cells, cells)).astype(np.float32))
        total += np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC)) * 100 / cells**0.7
    return np.clip(total + 128, 0, 255).astype(np.uint8)


def photo(width: int, height: int, seed: int, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(hills(width, height, seed)).convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@st.composite
def pictures(draw: st.DrawFn, longest: int = 90) -> Bytes:
    height, width = draw(st.tuples(st.integers(1, longest), st.integers(1, longest)))
    levels = draw(st.sampled_from([2, 3, 256]))
    chance = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    return (chance.integers(0, levels, (height, width)) * (255 // (levels - 1))).astype(np.uint8)


def turn(grey: Bytes, name: str) -> Bytes:
    return np.array(TURNS[name](grey.tolist()), dtype=np.uint8)


class TestVectors:
    def test_there_are_some(self) -> None:
        """A folder that went missing would test nothing."""
        assert len(CASES) >= 15

    @pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
    def test_every_case_is_answered_bit_for_bit(self, folder: Path) -> None:
        """From the files alone, in all orientations."""
        told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        pixels = gzip.decompress((folder / "pixels.rgba.gz").read_bytes())
        image = Image.frombytes("RGBA", (told["width"], told["height"]), pixels)
        found = read_orientations(png(image=image))
        answers = {
            name: {"hex": one.text, "quality": one.quality}
            for name, one in zip(ORIENTATIONS, found, strict=True)
        }
        assert told["orientations"] == answers
        assert told["algorithm"] == found[0].algorithm


class TestSpecification:
    PAGE = (Path(__file__).parents[2] / "spec" / "fingerprints.md").read_text(encoding="utf-8")

    def test_its_example_is_true(self) -> None:
        """The picture of the page has the fingerprints and the quality that the page says."""
        lines = re.findall(r"^(\(.*\))$", self.PAGE, re.MULTILINE)
        pixels = [map(int, re.findall(r"\d+", line)) for line in lines]
        image = Image.frombytes("RGBA", (4, 2), bytes(chain.from_iterable(pixels)))
        found = read_orientations(png(image=image))
        assert f"```\n{found[0].text}\n{found[0].quality}\n```" in self.PAGE
        assert f"```\n{found[ORIENTATIONS.index('mirrored')].text}\n```" in self.PAGE

    def test_its_table_is_the_one_in_use(self) -> None:
        """Sixty-five cosines, number for number."""
        table = self.PAGE.split("### The table")[1].split("```")[1].split()
        assert [module._COSINES[0, 0], module._COSINES[1, 0], module._COSINES[0, 31]] == [
            int(table[1]),
            int(table[2]),
            int(table[63]),
        ]
        assert [f"{round(8192 * np.cos(np.pi * step / 128))}" for step in range(65)] == table


class TestDefinition:
    @settings(deadline=None, max_examples=40)
    @given(grey=pictures(longest=40))
    def test_whole_numbers_give_the_same(self, grey: Bytes) -> None:
        """Doubles and matrix products answer as plain integers do, for any shape."""
        found = pdq64(grey)
        assert fingerprint(grey.tolist()) == (found.text, found.quality)

    @pytest.mark.parametrize(
        "shape", [(2_500, 3), (3, 2_500), (1, 70_000), (1_300, 150), (256, 256), (257, 256), (192, 320)]
    )
    def test_blocks_leave_no_seam(self, shape: tuple[int, int]) -> None:
        """A picture that is summed in several blocks is the same picture."""
        grey = hills(shape[1], shape[0], SEED)
        found = pdq64(grey)
        assert fingerprint(grey.tolist()) == (found.text, found.quality)

    @settings(deadline=None)
    @given(grey=pictures())
    def test_turning_the_picture_or_its_coefficients_is_the_same(self, grey: Bytes) -> None:
        """Each of the eight is exactly the fingerprint of the turned picture."""
        assert tuple(pdq64(turn(grey, name)) for name in ORIENTATIONS) == orientations(grey)

    def test_sums_stay_exact(self) -> None:
        """No picture can make a sum of 2^53, and every row of cosines sums to 0."""
        largest = np.abs(module._COSINES).sum(axis=1).max()
        assert module.STEEP * largest**2 < 2**53
        assert not module._COSINES.sum(axis=1).any()
        assert 255 * max(module.BLOCK, module.CELLS * module.BLOCK_ROWS, module.LONGEST) < 2**24

    @settings(deadline=None)
    @given(grey=pictures(), step=st.integers(1, 3))
    def test_a_picture_enlarged_in_whole_steps_is_the_same_picture(self, grey: Bytes, step: int) -> None:
        """Repeating every pixel changes no mean."""
        assert pdq64(grey) == pdq64(grey.repeat(step, axis=0).repeat(step, axis=1))


class TestAgainstPdq:
    def test_on_64_by_64_it_is_pdq(self) -> None:
        """At most 4 of 256 bits differ from the reference in single precision, and the quality never."""
        for seed in range(40):
            grey = hills(64, 64, seed)
            bits, quality = pdqhash.compute(np.dstack([grey] * 3))
            found = pdq64(grey)
            assert distance(np.packbits(bits.astype(bool)).tobytes(), found.value) <= 4
            assert int(quality) == found.quality

    def test_hexadecimal_is_written_as_threatexchange_does(self) -> None:
        """The first digit holds the highest frequencies: a single low wave sets the last bit."""
        wave = np.cos(np.pi / 128 * (2 * np.arange(64) + 1))
        grey = (127.5 + 60 * np.outer(wave, wave)).round().astype(np.uint8)
        assert int(pdq64(grey).text, 16) & 1


class TestQuality:
    @pytest.mark.parametrize("value", [0, 1, 128, 255])
    def test_one_colour_has_none(self, value: int) -> None:
        """A flat picture has no bit set and is never looked up."""
        assert Fingerprint(PDQ64, bytes(32), 0) == pdq64(np.full((50, 70), value, dtype=np.uint8))

    def test_stripes_have_none(self) -> None:
        """However steep: all striped pictures have the same bits, and would be found for one another."""
        stripes = np.tile(np.random.default_rng(SEED).integers(0, 256, (1, 64), dtype=np.uint8), (64, 1))
        assert pdq64(stripes).quality < LEAST_QUALITY

    def test_a_photograph_has_enough(self) -> None:
        """What has structure passes."""
        assert pdq64(hills(300, 200, SEED)).quality >= LEAST_QUALITY


class TestFiles:
    @pytest.mark.parametrize(
        "size", [(1024, 1024), (1031, 1025), (1279, 709), (700, 521), (403, 399), (130, 260)]
    )
    def test_a_small_decode_is_placed_by_the_true_size(self, size: tuple[int, int]) -> None:
        """Read at 1/8, 1/4 or 1/2, of any size, at most 8 of 256 bits differ from the full picture's."""
        for seed in range(4):
            data = photo(*size, seed)
            assert distance(pdq64(read_grey(data, side=FULL)).value, read_pdq64(data).value) <= 8

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_exif_orientation_is_applied(self, orientation: int) -> None:
        """A turned camera does not turn the fingerprint, also at sizes that no scale divides."""
        image = Image.fromarray(hills(523, 411, SEED)).convert("RGB")
        kind = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
        stored = image if kind is None else image.transpose(Image.Transpose(kind))
        turned = jpeg(image=stored, exif=tiff({0x0112: orientation}), quality=95)
        assert distance(read_pdq64(jpeg(image=image, quality=95)).value, read_pdq64(turned).value) <= 4

    def test_first_orientation_is_the_picture(self) -> None:
        """`read_orientations` begins with what `read_pdq64` gives."""
        data = photo(403, 399, SEED)
        assert read_pdq64(data) == read_orientations(data)[0]

    def test_saved_smaller_it_is_still_near(self) -> None:
        """At 300 pixels and quality 75, at most 16 bits away."""
        image = Image.fromarray(hills(1024, 768, SEED)).convert("RGB")
        buffer = io.BytesIO()
        image.resize((300, 225), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=75)
        assert distance(read_pdq64(photo(1024, 768, SEED)).value, read_pdq64(buffer.getvalue()).value) <= 16

    def test_broken_files_raise_only_our_errors(self) -> None:
        """A broken file has a fingerprint of 32 bytes or none."""
        for data in mutations([build(40, 30) for build in BUILDERS.values()], 200, SEED):
            try:
                assert 32 == len(read_pdq64(data).value)
            except InputError:
                continue


class TestDistance:
    @given(one=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32))
    def test_counts_differing_bits(self, one: bytes, other: bytes) -> None:
        """As many as an exclusive or leaves."""
        assert sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True)) == distance(one, other)
